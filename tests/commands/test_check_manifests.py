"""`check --from-file` of manifests: with a real cluster, real kubectl, and what the API server itself says of them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
import yaml
from test_check_fixes import typing

from objects import deployment, docker_config_secret, made_up_password, pod, registry_entry, rule, service_account
from planted_passwords import Planted
from rights import Grant

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from control_plane.api import Api, Object
    from program import Program
    from rights import Rights

__all__ = ["typing"]

REG = "registry.example.com"


def web(*secrets: str, image: str = f"{REG}/team/app:1", **metadata: str) -> Object:
    template = pod("web", image, "", pull_secrets=secrets)
    template["spec"].pop("nodeName", None)
    made = deployment("web", template)
    return {"apiVersion": "apps/v1", **made, "metadata": {**made["metadata"], **metadata}}


def written(path: Path, *objects: Object) -> Path:
    file = path / "all.yaml"
    file.write_text(yaml.safe_dump_all([{"apiVersion": "v1", **item} for item in objects]))
    return file


def items(result: str) -> list[Object]:
    found: list[Object] = json.loads(result)["items"]
    return found


def test_missing_secret_is_known_with_a_cluster_only(
    api: Api, pullsecret: Program, offline: Program, namespace: str, tmp_path: Path
) -> None:
    api.create(docker_config_secret("there", {REG: registry_entry()}), namespace)
    file = written(tmp_path, web("there", "gone"))

    without = offline("check", "--from-file", file, "-o", "json")
    with_one = pullsecret("check", "--from-file", file, "-n", namespace, "-o", "json", expect=1)

    assert [(one["code"], one["secret"]) for one in items(without.stdout)] == [("PS002", "there"), ("PS002", "gone")]
    (found,) = items(with_one.stdout)
    assert (found["code"], found["secret"], found["namespace"]) == ("PS001", "gone", namespace)
    assert file.read_text().splitlines()[found["line"] - 1].strip() == "- name: gone"


def test_printed_command_copies_the_secret_that_is_missing(
    api: Api,
    pullsecret: Program,
    typing: Program,
    namespace: str,
    tmp_path: Path,
    in_default: Callable[[Object], None],
) -> None:
    name = f"shared-{namespace}"
    in_default(docker_config_secret(name, {REG: registry_entry()}))
    file = written(tmp_path, web(name, namespace=namespace))

    (found,) = items(pullsecret("check", "--from-file", file, "-A", "-o", "json", expect=1).stdout)
    typing(found["command"])

    assert pullsecret("check", "--from-file", file, "-A").stdout == ""
    assert api.read("Secret", name, namespace)["type"] == "kubernetes.io/dockerconfigjson"


def test_namespace_that_does_not_exist_yet_is_empty(pullsecret: Program, tmp_path: Path) -> None:
    file = written(tmp_path, web("regcred"), service_account("default", ["other"]))

    result = pullsecret("check", "--from-file", file, "-n", "not-there-yet", "-o", "json", expect=1)

    found = items(result.stdout)
    assert [(one["code"], one["secret"]) for one in found] == [
        ("PS001", "regcred"),
        ("PS005", ""),
        ("PS502", "other"),
    ]
    assert not any(one["command"] for one in found)


def test_list_of_the_cluster_that_a_template_hides(
    api: Api, pullsecret: Program, namespace: str, tmp_path: Path
) -> None:
    api.create(docker_config_secret("of-the-account", {REG: registry_entry()}), namespace)
    api.create(docker_config_secret("own", {"other.example.net": registry_entry()}), namespace)
    api.create(service_account("puller", ["of-the-account"]), namespace)
    item = web("own")
    item["spec"]["template"]["spec"]["serviceAccountName"] = "puller"

    result = pullsecret("check", "--from-file", written(tmp_path, item), "-n", namespace, "-o", "name", expect=1)

    assert result.stdout == "deployment/web\n"


def test_cluster_that_may_not_be_read_gives_no_findings_and_ends_with_2(
    pullsecret: Program, restricted: Rights, namespace: str, tmp_path: Path
) -> None:
    file = written(tmp_path, web("gone"))
    nothing = restricted(Grant(rule("get", "configmaps"), namespace=namespace), namespace=namespace)

    result = pullsecret("check", "--from-file", file, "-n", namespace, kubeconfig=nothing, expect=2)

    assert result.stdout == ""
    assert "Error from server (Forbidden): secrets is forbidden" in result.stderr


def test_permissions_that_generate_rbac_prints_suffice(
    pullsecret: Program, restricted: Rights, namespace: str, tmp_path: Path
) -> None:
    words = ("check", "--from-file", str(written(tmp_path, web("gone"))), "-n", namespace)

    result = pullsecret(*words, kubeconfig=restricted.printed(pullsecret, words), expect=1)

    assert "PS001" in result.stdout
    refused = pullsecret("generate", "rbac", "--", *words[:3], expect=1)
    assert "needs no permissions: it does not contact a cluster" in refused.stderr


def test_output_of_kustomize_has_hashes_in_its_names(offline: Program, kubectl: Program, tmp_path: Path) -> None:
    config = json.dumps({"auths": {REG: registry_entry()}})
    generator = {"name": "regcred", "type": "kubernetes.io/dockerconfigjson", "files": [".dockerconfigjson"]}
    (tmp_path / ".dockerconfigjson").write_text(config)
    rollout = {**web("regcred"), "apiVersion": "argoproj.io/v1alpha1", "kind": "Rollout"}
    for name, content in {
        "deployment.yaml": web("regcred"),
        "rollout.yaml": {**rollout, "metadata": {"name": "gradual"}},
        "kustomization.yaml": {"resources": ["deployment.yaml", "rollout.yaml"], "secretGenerator": [generator]},
    }.items():
        (tmp_path / name).write_text(yaml.safe_dump(content))

    built = kubectl("kustomize", tmp_path).stdout
    of_output = offline("check", "--from-file", "-", input=built, expect=1)
    of_files = offline("check", "--from-file", tmp_path)

    line, advice = of_output.stdout.splitlines()
    assert 'rollout/gradual lists pull secret "regcred", which the manifests have as "regcred-' in line
    assert "nameReference" in advice
    assert of_files.stdout == ""
    assert of_files.stderr.startswith(f"note: not built: {tmp_path}/kustomization.yaml; what is applied is the output")


NOT_ACCEPTED = {
    "PS007": {"kind": "Secret", "metadata": {"name": "x"}, "type": "kubernetes.io/dockerconfigjson"},
    "PS008": {**service_account("x"), "imagePullSecrets": ["regcred"]},
    "PS009": {**web(), "spec": {**web()["spec"], "imagePullSecrets": [{"name": "regcred"}]}},
}


@pytest.mark.parametrize("code", NOT_ACCEPTED)
def test_what_check_calls_wrong_is_refused_by_the_api_server(
    offline: Program, kubectl: Program, namespace: str, tmp_path: Path, code: str
) -> None:
    file = written(tmp_path, NOT_ACCEPTED[code])

    refused = kubectl("create", "-f", file, "-n", namespace, expect=1)
    result = offline("check", "--from-file", file, "-o", "json", expect=1)

    assert refused.stderr
    assert [one["code"] for one in items(result.stdout)] == [code]


def test_several_files_are_checked_together(offline: Program, tmp_path: Path) -> None:
    secret, workload, values = (tmp_path / name for name in ("secret.yaml", "web.yaml", "values.yaml"))
    secret.write_text(yaml.safe_dump({"apiVersion": "v1", **docker_config_secret("regcred", {REG: registry_entry()})}))
    workload.write_text(yaml.safe_dump(web("regcred")))
    values.write_text("image: app\n")
    deeper = tmp_path / "more" / "web.yaml"
    deeper.parent.mkdir()
    deeper.write_text(yaml.safe_dump({**web("gone"), "metadata": {"name": "deep"}}))

    appended = offline("check", "--from-file", secret, workload, values)
    repeated = offline("check", "--from-file", secret, "--from-file", workload)
    alone = offline("check", "--from-file", workload)
    deep = offline("check", "-R", "--from-file", tmp_path)

    assert (appended.stdout, repeated.stdout) == ("", "")
    assert appended.stderr == f"note: {values} has no Kubernetes objects\nno findings in 2 objects in 2 files\n"
    assert alone.stdout.startswith("info PS002 ")
    assert "deployment/deep" in deep.stdout


def test_chart_that_renders_to_comments_has_no_findings(offline: Program) -> None:
    result = offline("check", "--from-file", "-", input="---\n# Source: app/templates/web.yaml\n---\n# none\n")

    assert result.stderr == "note: standard input has no Kubernetes objects\nno findings in standard input\n"


FORMS = ("", "json", "yaml", "name", "sarif", "junit")


@pytest.mark.parametrize("form", FORMS)
def test_no_output_has_a_credential_of_a_manifest(offline: Program, tmp_path: Path, form: str) -> None:
    planted = Planted(password=f"{made_up_password()}\n")
    good, bad = docker_config_secret("regcred", {}), docker_config_secret("bad", {})
    good = {**good, "stringData": {".dockerconfigjson": planted.config}}
    bad = {**bad, "data": {".dockerconfigjson": planted.data[:-3] + "!"}}
    file = written(tmp_path, good, bad, web("regcred", "bad"))
    file.write_text(file.read_text() + f"---\nkind: Secret\nx: [{planted.password.strip()}\n")

    result = offline("check", "--from-file", file, "-v=9", *(("-o", form) if form else ()), expect=2)

    planted.assert_not_printed(result)
    assert "cannot be parsed" in result.stderr
