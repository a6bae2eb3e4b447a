"""docs/guides/ci.md: each snippet's shell part, run with kubectl and the program, and the story of one pull request."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml

from ci_guide import JENKINS, MARKED_BLOCKS, Checkout, snippet
from control_plane.api import Api
from control_plane.plane import ControlPlane
from helm_stand_in import substituted
from objects import docker_config_secret, registry_entry
from pipeline_reports import junit_suites, sarif_place, sarif_run
from shown_output import assert_shown

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from control_plane.api import Object
    from program import Result

pytestmark = pytest.mark.source

BASH = "bash -e"
"""GitHub's shell, where a step names none."""
JENKINS_SHELL = "sh -xe"


@pytest.fixture(scope="module")
def plane_of_guide() -> Iterator[ControlPlane]:
    """A cluster for this module alone, whose namespace has the name of the guide."""
    with ControlPlane() as plane, Api(plane.access) as api:
        api.create({"kind": "Namespace", "metadata": {"name": "shop"}})
        api.wait_for("ServiceAccount", "default", "shop")
        for name, host in (("icr", "us.icr.io"), ("ghcr", "ghcr.io")):
            api.create(
                docker_config_secret(name, {host: registry_entry("iamapikey" if name == "icr" else "bot")}), "shop"
            )
        yield plane


@pytest.fixture
def checkout(plane_of_guide: ControlPlane, tmp_path: Path) -> Checkout:
    """The pull request's checkout; the kubeconfig's context has the namespace `default`."""
    checkout = Checkout(plane_of_guide, tmp_path)
    checkout.apply("change")
    return checkout


def test_one_pull_request(checkout: Checkout) -> None:
    rendering = "helm template shop charts/shop > rendered.yaml"
    look, ask = (
        "kubectl pullsecret check --from-file rendered.yaml",
        "kubectl pullsecret can-pull -f rendered.yaml -n shop",
    )

    found = checkout.shell(f"{rendering}; {look}")
    sarif = sarif_run(checkout.shell(f"{look} -o sarif").stdout)
    refused = checkout.shell(ask)
    checkout.apply("fix")
    good = checkout.shell(f"{rendering}; {look}")
    answered = checkout.shell(ask)

    (warning,) = (one for one in sarif["results"] if one["level"] == "warning")
    shown = json.dumps(warning, indent=2)
    assert_shown("ci_found", f"$ {rendering}\n$ {look}\n{written(found)}", {})
    query = "jq '.runs[0].results[] | select(.level == \"warning\")'"
    assert_shown("ci_sarif", f"$ {look} -o sarif | {query}\n{shown}\n", {})
    assert_shown("ci_no", f"$ {ask}\n{written(refused)}", {})
    assert_shown("ci_yes", f"$ {rendering}\n$ {look}\n{written(good)}$ {ask}\n{written(answered)}", {})
    assert [found.status, refused.status, good.status, answered.status] == [1, 1, 0, 0]


def test_the_change_breaks_what_was_pulled_before_it(plane_of_guide: ControlPlane, tmp_path: Path) -> None:
    checkout = Checkout(plane_of_guide, tmp_path)

    result = checkout.shell(
        "helm template shop charts/shop > rendered.yaml; kubectl pullsecret can-pull -f rendered.yaml -n shop"
    )

    assert result.status == 0


def test_the_installation(checkout: Checkout) -> None:
    checkout.without_program()

    result = checkout.run(MARKED_BLOCKS["script", "install"], env=checkout.release())

    assert result.status == 0, result.stderr
    assert (checkout.directory / "bin" / "kubectl-pullsecret").exists()


def test_an_altered_release_is_not_installed(checkout: Checkout) -> None:
    result = checkout.run(MARKED_BLOCKS["script", "install"], env=checkout.release() | {"SHA256": "0" * 64})

    assert result.status
    assert not (checkout.directory / "bin").exists()


def test_github(checkout: Checkout) -> None:
    checkout.without_program()
    steps = snippet("github")["jobs"]["manifests"]["steps"]
    paths = checkout.directory / "paths"
    environment = checkout.release() | {"GITHUB_PATH": str(paths)}
    *before, check = [step["run"] for step in steps if "run" in step]

    for script in before:
        result = checkout.run(script, BASH, environment)
        assert result.status == 0, result.stderr
        checkout.shell.programs += tuple(paths.read_text().split())
    found = checkout.run(check, BASH, environment)
    uploaded = sarif_run((checkout.directory / steps[-1]["with"]["sarif_file"]).read_text())
    checkout.apply("fix")
    good = checkout.run("\n".join((before[-1], check)), BASH, environment)

    assert (found.status, good.status) == (1, 0)
    assert "rendered.yaml" in found.stdout
    assert {sarif_place(result)[0] for result in uploaded["results"]} == {
        f"charts/shop/templates/{name}.yaml" for name in ("account", "deployment")
    }


def test_gitlab(checkout: Checkout) -> None:
    jobs = snippet("gitlab")
    report = checkout.directory / jobs["pull secrets"]["artifacts"]["reports"]["junit"]
    scripts = {name: "\n".join(job["script"]) for name, job in jobs.items()}

    found = {name: checkout.run(script) for name, script in scripts.items()}
    failures = failed_tests(report)
    checkout.apply("fix")
    good = {name: checkout.run(script) for name, script in scripts.items()}

    assert {name: result.status for name, result in found.items()} == {"pull secrets": 1, "can pull": 1}
    assert failures
    assert {name: result.status for name, result in good.items()} == {"pull secrets": 0, "can pull": 0}
    assert not failed_tests(report)


def test_jenkins(checkout: Checkout) -> None:
    check, ask = JENKINS.findall(MARKED_BLOCKS["snippet", "jenkins"])
    report = checkout.directory / "pullsecret.xml"

    found = [checkout.run(script, JENKINS_SHELL).status for script in (check, ask)]
    failures = failed_tests(report)
    checkout.apply("fix")
    good = [checkout.run(script, JENKINS_SHELL).status for script in (check, ask)]

    assert (found, good) == ([1, 1], [0, 0])
    assert failures
    assert not failed_tests(report)


@pytest.fixture(scope="module")
def deployed(plane_of_guide: ControlPlane, tmp_path_factory: pytest.TempPathFactory) -> Checkout:
    """The fixed chart, applied, and a kubeconfig of the service account in the environment of later runs."""
    checkout = Checkout(plane_of_guide, tmp_path_factory.mktemp("deployed"))
    for patch in ("change", "fix"):
        checkout.apply(patch)
    done = checkout.shell(
        "helm template shop charts/shop > rendered.yaml; kubectl apply -n shop -f rendered.yaml;"
        f"{MARKED_BLOCKS['script', 'rights']}"
        'cp "$KUBECONFIG" of-account; token=$(kubectl create token can-pull -n shop);'
        "export KUBECONFIG=of-account; user=$(kubectl config view -o jsonpath='{.users[0].name}');"
        'kubectl config unset users; kubectl config set-credentials "$user" --token "$token";'
        "kubectl config set-context --current --namespace shop"
    )
    assert done.status == 0, done.stderr
    return checkout


def test_tekton(deployed: Checkout) -> None:
    steps = snippet("tekton")["spec"]["steps"]

    results = [run_in_pod(deployed, [*step["command"], *step["args"]]) for step in steps]

    assert [result.status for result in results] == [0, 0], results


def test_argo_cd(deployed: Checkout) -> None:
    job = snippet("argocd")

    result = run_in_pod(deployed, ["kubectl-pullsecret", *container_of(job["spec"]["template"])["args"]])

    assert result.status == 0, result
    assert_accepted(deployed, job)


def test_helm(deployed: Checkout) -> None:
    pod = yaml.safe_load(substituted(MARKED_BLOCKS["snippet", "helm"], {"Release": {"Name": "shop"}}))

    result = run_in_pod(deployed, ["kubectl-pullsecret", *container_of(pod)["args"]])

    assert result.status == 0, result
    assert_accepted(deployed, pod)


def run_in_pod(deployed: Checkout, words: Sequence[str]) -> Result:
    """Run the words of a container as its service account in its namespace."""
    filled = [word.replace("$(params.namespace)", "shop") for word in words]
    return deployed.shell.run(filled, {"KUBECONFIG": str(deployed.directory / "of-account")})


def assert_accepted(deployed: Checkout, manifest: Object) -> None:
    """The API server takes each field of the manifest."""
    (deployed.directory / "manifest.json").write_text(json.dumps(manifest).replace('"REF"', '"registry.example/x:1"'))
    done = deployed.shell("kubectl create --dry-run=server --validate=strict -n shop -f manifest.json")
    assert done.status == 0, done.stderr


def written(result: Result) -> str:
    """What a terminal shows of a run."""
    return result.stdout + result.stderr


def failed_tests(report: Path) -> list[str]:
    """The names of the failed tests of a JUnit file."""
    suites = junit_suites(report.read_text())
    return [name for cases in suites.values() for name, ending in cases.items() if ending == "failure"]


def container_of(pod: Object) -> Object:
    """The only container of a pod or of a pod template."""
    (container,) = pod["spec"]["containers"]
    return dict(container)
