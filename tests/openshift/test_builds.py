"""`attach` and `detach` with --buildconfig, and who else knows that build configs use secrets."""

from __future__ import annotations

import json
import re
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from completion.kubectl_oracle import tab
from control_plane.waiting import until
from documents import document_in
from golden_files import assert_golden
from objects import docker_config_secret, made_up_password, named, registry_entry, service_account
from shown_output import assert_shown

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from openshift.cluster import OpenShift
    from program import Program
    from rights import Rights

VERSION = "build.openshift.io/v1"
PUSHED = {"kind": "DockerImage", "name": "registry.example.com/acme/app:1"}
FROM = {"kind": "DockerImage", "name": "registry.example.com/acme/base:1"}
DOCKER = {"type": "Docker", "dockerStrategy": {}}
SOURCE = {"type": "Source", "sourceStrategy": {"from": FROM, "env": [{"name": "TOKEN", "value": "planted-in-env"}]}}
CUSTOM = {"type": "Custom", "customStrategy": {"from": FROM}}
PIPELINE = {"type": "JenkinsPipeline", "jenkinsPipelineStrategy": {"jenkinsfilePath": "Jenkinsfile"}}
MARK = {"openshift.io/internal-registry-pull-secret-ref": "builder-dockercfg-x"}


def build_config(name: str, strategy: Object = DOCKER, to: Object | None = PUSHED, push: str = "") -> Object:
    """A build config as people write it."""
    output = {**({"to": to} if to else {}), **({"pushSecret": {"name": push}} if push else {})}
    source = {"type": "Git", "git": {"uri": "https://git.example.com/acme/app"}}
    return {**named("BuildConfig", name), "spec": {"source": source, "strategy": strategy, "output": output}}


def create_secret(pullsecret: Program, name: str, namespace: str) -> None:
    words = ("--registry=registry.example.com", "--username=puller", "--password-stdin", "-n", namespace)
    pullsecret("create", name, *words, input=made_up_password())


class Project:
    """A project with the service account that OpenShift creates for builds, and two pull secrets."""

    def __init__(self, openshift: OpenShift, namespace: str, pullsecret: Program) -> None:
        self.openshift, self.namespace = openshift, namespace
        builder = service_account("builder")
        builder["metadata"]["annotations"] = MARK
        openshift.api.create(builder, namespace)
        for name in ("registry-push", "other"):
            create_secret(pullsecret, name, namespace)

    def create(self, body: Object) -> None:
        self.openshift.apply(VERSION, "buildconfigs", body, namespace=self.namespace)

    def spec(self, name: str) -> Object:
        """The build config's spec, without what every one has here."""
        found = self.openshift.find(VERSION, "buildconfigs", name, namespace=self.namespace)
        assert found is not None
        return {key: found["spec"][key] for key in ("strategy", "output")}


@pytest.fixture
def project(openshift: OpenShift, projects: Namespaces, os_pullsecret: Program) -> Project:
    return Project(openshift, projects(1)[0], os_pullsecret)


@pytest.mark.parametrize("strategy", [DOCKER, SOURCE, CUSTOM], ids=lambda strategy: strategy["type"])
def test_push_and_pull_secret_of_a_build_config(project: Project, os_pullsecret: Program, strategy: Object) -> None:
    project.create(build_config("app", strategy))
    words = ("--buildconfig=app", "--for=push,pull", "-n", project.namespace)

    first = os_pullsecret("attach", "registry-push", *words)
    second = os_pullsecret("attach", "registry-push", *words)

    kind = next(key for key in strategy if key != "type")
    named_pull = {**strategy[kind], "pullSecret": {"name": "registry-push"}}
    assert project.spec("app") == {
        "strategy": {**strategy, kind: named_pull},
        "output": {"to": PUSHED, "pushSecret": {"name": "registry-push"}},
    }
    assert first.stdout == f"buildconfig/app patched in namespace {project.namespace}\n"
    assert_golden("attach/build-config", first.stderr, namespace=project.namespace)
    assert (second.stdout, second.stderr) == (f"buildconfig/app unchanged in namespace {project.namespace}\n", "")

    removed = os_pullsecret("detach", "registry-push", *words)

    assert project.spec("app") == {"strategy": strategy, "output": {"to": PUSHED}}
    assert_golden("detach/build-config", removed.stderr, namespace=project.namespace)


def test_output_shown_of_a_build_config(project: Project, os_pullsecret: Program) -> None:
    project.create(build_config("app", SOURCE))
    words = ("attach", "registry-push", "--buildconfig", "app", "--for", "push,pull", "-n", project.namespace)
    result = os_pullsecret(*words)
    text = f"$ kubectl pullsecret {' '.join(words)}\n{result.stderr.partition('note: the next')[0]}{result.stdout}"
    shown = f"{text}{''.join(result.stderr.partition('note: the next')[1:])}"
    assert_shown("build_secret", shown, {project.namespace: "team-a"})


def test_another_secret_is_replaced_only_with_overwrite(project: Project, os_pullsecret: Program) -> None:
    project.create(build_config("app", push="other"))
    words = ("--buildconfig", "bc/app", "--for=push", "-n", project.namespace)

    refused = os_pullsecret("attach", "registry-push", *words, expect=1)

    assert_golden("attach/build-config-with-another-secret", refused.stderr, namespace=project.namespace)
    assert project.spec("app")["output"]["pushSecret"] == {"name": "other"}
    kept = os_pullsecret("detach", "registry-push", *words)
    assert "buildconfig/app unchanged" in kept.stdout
    os_pullsecret("attach", "registry-push", *words, "--overwrite")
    assert project.spec("app")["output"]["pushSecret"] == {"name": "registry-push"}
    os_pullsecret("detach", "registry-*", *words)
    assert "pushSecret" not in project.spec("app")["output"]


@pytest.mark.parametrize(
    ("row", "body"),
    [
        ("pipeline", build_config("app", PIPELINE)),
        ("image-stream", build_config("app", to={"kind": "ImageStreamTag", "name": "app:latest"})),
        ("other-registry", build_config("app", to={"kind": "DockerImage", "name": "quay.io/acme/app"})),
        ("no-output", build_config("app", to=None)),
    ],
)
def test_what_is_said_of_an_output_that_does_not_fit(
    project: Project, os_pullsecret: Program, row: str, body: Object
) -> None:
    project.create(body)
    result = os_pullsecret(
        "attach",
        "registry-push",
        "--buildconfig=app",
        "--for=push",
        "-n",
        project.namespace,
        expect=int(row == "pipeline"),
    )
    assert_golden(f"attach/build-config-{row}", result.stderr, namespace=project.namespace)


def test_a_secret_that_is_missing_or_of_another_type(project: Project, os_pullsecret: Program) -> None:
    project.create(build_config("app"))
    words = ("--buildconfig=app", "--for=push", "-n", project.namespace)
    opaque = {**named("Secret", "opaque"), "type": "Opaque", "stringData": {"a": "b"}}
    project.openshift.api.create(opaque, project.namespace)

    missing = os_pullsecret("attach", "gone", *words, expect=1)
    other = os_pullsecret("attach", "opaque", *words, expect=1)

    assert 'secrets "gone" not found' in missing.stderr
    assert "has type Opaque, which is not that of a pull secret" in other.stderr
    assert "pushSecret" not in project.spec("app")["output"]
    os_pullsecret("attach", "gone", *words, "--allow-missing")
    assert project.spec("app")["output"]["pushSecret"] == {"name": "gone"}


def test_a_broad_selection_changes_the_projects_that_have_it(
    openshift: OpenShift, projects: Namespaces, os_pullsecret: Program
) -> None:
    names = projects(3)
    made = [Project(openshift, name, os_pullsecret) for name in names]
    for one in made[:2]:
        one.create(build_config("app"))
    pattern = names[0].rstrip("0123456789") + "*"

    result = os_pullsecret("attach", "registry-push", "--buildconfig=app", "--for=pull", "-n", pattern)

    assert result.stdout.splitlines() == [f"buildconfig/app patched in namespace {name}" for name in names[:2]]
    absent = os_pullsecret("attach", "registry-push", "--buildconfig=nope", "--for=pull", "-n", pattern, expect=1)
    assert 'buildconfigs.build.openshift.io "nope" not found' in absent.stderr


def test_build_configs_of_many_projects_are_read_together(
    openshift: OpenShift, projects: Namespaces, os_pullsecret: Program
) -> None:
    names = projects(10)
    for name in names:
        openshift.api.create(docker_config_secret("shared", {"registry.example.com": registry_entry()}), name)
        openshift.apply(VERSION, "buildconfigs", build_config("app"), namespace=name)
    pattern = names[0].rstrip("0123456789") + "*"

    result = os_pullsecret("attach", "shared", "--buildconfig=app", "--for=pull", "-n", pattern, "-v=6")

    assert sorted(result.stdout.splitlines()) == sorted(f"buildconfig/app patched in namespace {one}" for one in names)
    reads = [line for line in result.stderr.splitlines() if "GET" in line and "buildconfigs" in line]
    assert len(reads) == 1


def test_two_at_a_time_lose_nothing(project: Project, os_pullsecret: Program) -> None:
    project.create(build_config("app"))

    def attach(use: str) -> None:
        os_pullsecret("attach", "registry-push", "--buildconfig=app", f"--for={use}", "-n", project.namespace)

    with ThreadPoolExecutor(2) as pool:
        list(pool.map(attach, ("push", "pull")))

    found = project.spec("app")
    assert (
        found["output"]["pushSecret"] == found["strategy"]["dockerStrategy"]["pullSecret"] == {"name": "registry-push"}
    )


def test_dry_runs_and_documents(project: Project, os_pullsecret: Program, os_kubectl: Program, tmp_path: Path) -> None:
    project.create(build_config("app"))
    words = ("attach", "registry-push", "--buildconfig=app", "--for=push", "-n", project.namespace)

    manifest = os_pullsecret(*words, "--dry-run=client", "-o", "yaml").stdout
    server = os_pullsecret(*words, "--dry-run=server")
    diff = os_pullsecret(*words, "--diff", expect=1)

    assert "start-build" not in server.stderr
    assert "+      name: registry-push" in diff.stdout
    assert "pushSecret" not in project.spec("app")["output"]
    document = document_in(os_pullsecret(*words, "-o", "json").stdout)
    assert [(item["kind"], item["result"]) for item in document["items"]] == [("BuildConfig", "patched")]
    (tmp_path / "made.yaml").write_text(manifest)
    os_kubectl("replace", "--dry-run=client", "-f", str(tmp_path / "made.yaml"))
    assert "kind: BuildConfig" in manifest


def test_delete_describe_and_list_know_build_configs(project: Project, os_pullsecret: Program) -> None:
    project.create(build_config("app", push="registry-push"))
    place = ("-n", project.namespace)

    described = os_pullsecret("describe", "registry-push", *place)
    refused = os_pullsecret("delete", "registry-push", *place, "--ignore-not-found", expect=1)
    unused = os_pullsecret("list", "--unused", *place)

    assert "buildconfig/app" in described.stdout
    assert "is used by buildconfig/app; use delete --in-use" in refused.stderr
    assert "other" in unused.stdout
    assert "registry-push" not in unused.stdout


def test_delete_keeps_a_secret_where_build_configs_may_not_be_listed(
    project: Project, os_pullsecret: Program, os_restricted: Rights
) -> None:
    words = ("delete", "registry-push", "-n", project.namespace)
    kubeconfig = os_restricted.printed(os_pullsecret, words)

    refused = os_pullsecret(*words, kubeconfig=kubeconfig, expect=1)
    allowed = os_pullsecret(*words, "--in-use", kubeconfig=kubeconfig)

    assert_golden("delete/build-configs-unknown", first_line(refused.stderr), namespace=project.namespace)
    assert "warning: not all users of secrets" in allowed.stderr
    assert allowed.stdout == f"secret/registry-push deleted in namespace {project.namespace}\n"


def first_line(text: str) -> str:
    """Without the user, whose name is made up."""
    return re.sub(r'User "[^"]*"', 'User "puller"', text.splitlines()[0])


def test_the_printed_roles_are_enough(project: Project, os_pullsecret: Program, os_restricted: Rights) -> None:
    project.create(build_config("app"))
    attach = ("attach", "registry-push", "--buildconfig=app", "--for=push,pull", "-n", project.namespace)
    detach = ("detach", "registry-push", "--buildconfig=app", "--for=pull", "-n", project.namespace)
    kubeconfig = os_restricted.printed(os_pullsecret, attach, detach)

    os_pullsecret(*attach, kubeconfig=kubeconfig)
    os_pullsecret(*detach, kubeconfig=kubeconfig)

    assert project.spec("app")["output"]["pushSecret"] == {"name": "registry-push"}
    assert project.spec("app")["strategy"] == DOCKER
    refused = os_pullsecret("attach", "registry-push", "--buildconfig=x", "--for=push", *attach[-2:], expect=1)
    assert "not found" in refused.stderr


def test_both_lists_of_builder(project: Project, os_pullsecret: Program) -> None:
    place = ("-n", project.namespace, "--serviceaccount=builder")

    half = os_pullsecret("attach", "registry-push", "--for=mount", *place)
    whole = os_pullsecret("attach", "registry-push", "--for=pull,mount", *place)

    assert_golden("attach/one-list-of-builder", half.stderr, namespace=project.namespace)
    assert "builds" not in whole.stderr
    account = project.openshift.api.request("GET", f"/api/v1/namespaces/{project.namespace}/serviceaccounts/builder")
    assert account["imagePullSecrets"] == account["secrets"] == [{"name": "registry-push"}]


def test_a_user_of_a_cluster_without_build_configs(
    api: Api, namespace: str, pullsecret: Program, restricted: Rights
) -> None:
    """The server refuses to list what it does not have, too."""
    create_secret(pullsecret, "regcred", namespace)
    api.create(service_account("builder"), namespace)
    words = ("delete", "regcred", "-n", namespace)

    result = pullsecret(*words, kubeconfig=restricted.printed(pullsecret, words))

    assert (result.stdout, result.stderr) == (f"secret/regcred deleted in namespace {namespace}\n", "")


def test_a_cluster_without_build_configs(api: Api, namespace: str, pullsecret: Program) -> None:
    """What looks like OpenShift is asked once, and nothing else is."""
    create_secret(pullsecret, "regcred", namespace)

    refused = pullsecret("attach", "regcred", "--buildconfig=app", "--for=push", "-n", namespace, expect=1)
    plain = pullsecret("describe", "regcred", "-n", namespace, "-o", "json", "-v=6")
    api.create(service_account("builder"), namespace)
    alike = pullsecret("describe", "regcred", "-n", namespace, "-o", "json", "-v=6")

    assert_golden("attach/no-build-configs", refused.stderr, namespace=namespace)
    assert "build.openshift.io" not in plain.stderr
    assert alike.stderr.count("build.openshift.io") == 1
    assert alike.stdout == plain.stdout
    assert json.loads(pullsecret("delete", "regcred", "-n", namespace, "-o", "json").stdout)["items"]


def test_completion_of_build_configs(project: Project, os_pullsecret: Program) -> None:
    for name in ("app", "api", "web"):
        project.create(build_config(name))
    words = ("attach", "registry-push", "-n", project.namespace, "--buildconfig")

    until(lambda: tab(os_pullsecret, *words, "").values == ["api", "app", "web"], "the names of build configs")
    until(lambda: tab(os_pullsecret, *words, "ap").values == ["api", "app"], "those that begin so")
