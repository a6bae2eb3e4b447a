"""`attach` and `detach` with --workload: the list in the pod template of built-in and custom kinds, and the prompt."""

from __future__ import annotations

import json
import secrets
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

from control_plane.waiting import until
from documents import document_in
from golden_files import assert_golden
from objects import deployment, docker_config_secret, named, pod, registry_entry, service_account
from rights import grants_of
from terminal_user import session

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api, Object
    from namespaces import Namespaces
    from program import Program
    from rights import Rights

DEFINITIONS = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions"
GROUP = f"attach-{secrets.token_hex(3)}.example"
"""Of this process alone: others may run tests of this module in the same cluster."""

ANY = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
NARROW = {"type": "object", "properties": {"containers": {"type": "array", "items": ANY}}}
"""The schema of a pod's spec that has no list of pull secrets: the server would drop it without a word."""


def definition(plural: str, kind: str, pod_schema: Object) -> Object:
    """A kind of workloads whose template is at spec.template."""
    template = {"type": "object", "properties": {"spec": pod_schema}}
    spec = {"type": "object", "properties": {"template": template, "replicas": {"type": "integer"}}}
    schema = {"openAPIV3Schema": {"type": "object", "properties": {"spec": spec}}}
    names = {"plural": plural, "singular": kind.lower(), "kind": kind, "shortNames": [f"{plural[:3]}x"]}
    versions = [{"name": "v1alpha1", "served": True, "storage": True, "schema": schema}]
    body = named("CustomResourceDefinition", f"{plural}.{GROUP}", apiVersion="apiextensions.k8s.io/v1")
    return {**body, "spec": {"group": GROUP, "scope": "Namespaced", "names": names, "versions": versions}}


@pytest.fixture(scope="module")
def custom(api: Api) -> Iterator[None]:
    """Two kinds of custom workloads, for as long as the module's tests last."""
    kinds = {"rollings": definition("rollings", "Rolling", ANY), "narrows": definition("narrows", "Narrow", NARROW)}
    for body in kinds.values():
        api.request("POST", DEFINITIONS, body)
    for plural in kinds:
        path = f"{DEFINITIONS}/{plural}.{GROUP}"
        until(lambda: is_established(api.request("GET", path)), path)  # noqa: B023
    until(lambda: GROUP in json.dumps(api.request("GET", "/apis")), GROUP)
    yield
    for plural in kinds:
        api.request("DELETE", f"{DEFINITIONS}/{plural}.{GROUP}")


def is_established(body: Object) -> bool:
    conditions = body.get("status", {}).get("conditions") or []
    return any(one["type"] == "Established" and one["status"] == "True" for one in conditions)


def template(*pull_secrets: str, account: str = "") -> Object:
    rest: dict[str, Any] = {"serviceAccountName": account} if account else {}
    made = pod("x", "reg.example/x", "nowhere", pull_secrets=pull_secrets, **rest)
    made["spec"]["containers"][0]["env"] = [{"name": "TOKEN", "value": "planted-in-env"}]
    return made


def workloads(api: Api, namespace: str) -> None:
    """A secret, an account with a list, and workloads of each kind; none of them has pods."""
    for name in ("regcred", "shared"):
        api.create(docker_config_secret(name, {"reg.example": registry_entry()}), namespace)
    api.create(service_account("puller", ["shared"]), namespace)
    api.create(deployment("web", template("theirs"), replicas=0), namespace)
    api.create(deployment("bare", template(account="puller"), replicas=0), namespace)
    spec = {**template()["spec"], "restartPolicy": "Never"}
    job = {"template": {"spec": spec}}
    api.create(named("Job", "once", spec={**job, "suspend": True}), namespace)
    nightly = {"schedule": "0 3 * * *", "suspend": True, "jobTemplate": {"spec": job}}
    api.create(named("CronJob", "nightly", spec=nightly), namespace)


def custom_object(api: Api, plural: str, kind: str, namespace: str, *pull_secrets: str) -> None:
    spec = {"containers": [{"name": "main"}]}
    listed = {"imagePullSecrets": [{"name": name} for name in pull_secrets]} if pull_secrets else {}
    body = named(kind, "app", apiVersion=f"{GROUP}/v1alpha1", spec={"template": {"spec": {**spec, **listed}}})
    api.request("POST", f"/apis/{GROUP}/v1alpha1/namespaces/{namespace}/{plural}", body)


def listed(api: Api, kind: str, name: str, namespace: str) -> list[str]:
    """The names in the list of a workload's template; custom kinds are given by their plural."""
    if kind.islower():
        found = api.request("GET", f"/apis/{GROUP}/v1alpha1/namespaces/{namespace}/{kind}/{name}")
    else:
        found = api.read(kind, name, namespace)
    spec = found["spec"].get("jobTemplate", found)["spec"] if kind == "CronJob" else found["spec"]
    return [entry["name"] for entry in spec["template"]["spec"].get("imagePullSecrets", [])]


@pytest.mark.usefixtures("custom")
def test_attach_and_detach_edit_the_lists_of_all_kinds_and_say_what_that_does(
    api: Api, pullsecret: Program, namespace: str
) -> None:
    workloads(api, namespace)
    custom_object(api, "rollings", "Rolling", namespace, "theirs")
    names = ["deploy/web", "deployments.apps/bare", "cronjob/nightly", f"rollings.{GROUP}/app", "job/once"]
    line = ("regcred", "--workload", ",".join(names), "-n", namespace)

    refused = pullsecret("attach", *line, expect=1)
    before = listed(api, "Deployment", "web", namespace)
    attached = pullsecret("attach", *line, "--yes", expect=1)

    assert "changing more than one workload asks for confirmation" in refused.stderr
    assert before == ["theirs"]
    assert_golden("attach/workloads", attached.stdout + attached.stderr, namespace=namespace, group=GROUP)
    assert listed(api, "Deployment", "web", namespace) == ["theirs", "regcred"]
    assert listed(api, "Deployment", "bare", namespace) == ["regcred"]
    assert listed(api, "CronJob", "nightly", namespace) == ["regcred"]
    assert listed(api, "rollings", "app", namespace) == ["theirs", "regcred"]
    assert listed(api, "Job", "once", namespace) == []

    carried = pullsecret(
        "attach", "regcred", "--workload", "deploy/bare", "--keep-account-secrets", "-n", namespace, "-o", "json"
    )
    again = pullsecret("attach", *line, expect=1)

    assert [(item["kind"], item["result"]) for item in document_in(carried.stdout)["items"]] == [
        ("Deployment", "patched")
    ]
    assert listed(api, "Deployment", "bare", namespace) == ["regcred", "shared"]
    assert again.stdout.count(" unchanged in namespace ") == 4

    detached = pullsecret("detach", "reg*", *line[1:], "--yes")

    assert_golden("detach/workloads", detached.stdout + detached.stderr, namespace=namespace, group=GROUP)
    assert listed(api, "Deployment", "web", namespace) == ["theirs"]
    assert listed(api, "rollings", "app", namespace) == ["theirs"]
    assert "imagePullSecrets" not in json.dumps(api.read("CronJob", "nightly", namespace)["spec"])


@pytest.mark.usefixtures("custom")
def test_workload_that_cannot_have_the_list_is_refused(api: Api, pullsecret: Program, namespace: str) -> None:
    workloads(api, namespace)
    custom_object(api, "narrows", "Narrow", namespace)

    dropped = pullsecret("attach", "regcred", "--workload", f"narrows.{GROUP}/app", "-n", namespace, expect=1)
    absent = pullsecret("attach", "regcred", "--workload", f"deploy/nope,nopes.{GROUP}/app", "-n", namespace, expect=1)
    gone = pullsecret("attach", "regcred", "--workload", "deploy/nope", "-n", namespace, expect=1)
    typed = pullsecret("attach", "regcred", "--workload", "pod/x", "-n", namespace, expect=1)
    missing = pullsecret("attach", "absent", "--workload", "deploy/web", "-n", namespace, expect=1)

    assert 'unknown field "spec.template.spec.imagePullSecrets"' in dropped.stderr
    assert listed(api, "narrows", "app", namespace) == []
    assert absent.stderr.splitlines()[0] == f'error: the server doesn\'t have a resource type "nopes.{GROUP}"'
    assert gone.stderr.splitlines()[0].startswith('Error from server (NotFound): deployments.apps "nope" not found')
    assert typed.stderr.startswith("error: the imagePullSecrets of a pod cannot be changed\n")
    assert missing.stderr.startswith('Error from server (NotFound): secrets "absent" not found')
    assert listed(api, "Deployment", "web", namespace) == ["theirs"]


def test_template_that_a_chart_applies_is_refused_unless_forced(
    api: Api, kubectl: Program, pullsecret: Program, namespace: str
) -> None:
    api.create(docker_config_secret("regcred", {"reg.example": registry_entry()}), namespace)
    marks = {
        "labels": {"app.kubernetes.io/managed-by": "Helm"},
        "annotations": {"meta.helm.sh/release-name": "app", "meta.helm.sh/release-namespace": namespace},
    }
    chart = {"apiVersion": "apps/v1", **deployment("chart", template("theirs"), replicas=0)}
    chart["metadata"] |= marks
    applying = ("apply", "--server-side", "--field-manager=helm", "-n", namespace, "-f", "-")
    kubectl(*applying, input=json.dumps(chart))

    removed = pullsecret("detach", "theirs", "--workload", "deploy/chart", "-n", namespace, expect=1)
    added = pullsecret("attach", "regcred", "--workload", "deploy/chart", "-n", namespace)
    kubectl(*applying, input=json.dumps(chart))
    forced = pullsecret("detach", "theirs", "--workload", "deploy/chart", "-n", namespace, "--force-conflicts")

    assert "is owned by Helm release app" in removed.stderr
    assert "use --force-conflicts to write it anyway" in removed.stderr
    assert added.stdout == f"deployment/chart patched in namespace {namespace}\n"
    assert "warning: deployment/chart" in forced.stderr
    assert listed(api, "Deployment", "chart", namespace) == ["regcred"]


def test_diff_of_a_workload_shows_its_list_and_no_variable(api: Api, pullsecret: Program, namespace: str) -> None:
    workloads(api, namespace)
    line = ("attach", "regcred", "--workload", "deploy/web,deploy/bare", "-n", namespace, "--diff")

    shown = pullsecret(*line, expect=1)
    whole = pullsecret(*line, env={"KUBECTL_EXTERNAL_DIFF": "cat"}, expect=None)

    assert f"apps.v1.Deployment.{namespace}.web" in shown.stdout
    assert "+      - name: regcred" in shown.stdout
    assert "planted-in-env" not in shown.stdout + whole.stdout
    assert listed(api, "Deployment", "web", namespace) == ["theirs"]


def test_several_namespaces_are_asked_about_and_those_without_the_workload_left_out(
    api: Api, pullsecret: Program, namespaces: Namespaces
) -> None:
    label = {"attach": "workload"}
    first, second, bare = namespaces(3, labels=label)
    for place in (first, second):
        workloads(api, place)
    line = ("attach", "regcred", "--workload", "deploy/web", "-l", "attach=workload")

    declined = session(pullsecret, *line, question="Continue? [y/N] ", typed="n\n")
    unchanged = listed(api, "Deployment", "web", first)
    agreed = session(pullsecret, *line, question="Continue? [y/N] ", typed="y\n")

    assert declined.status == 1
    assert f"deployment/web in namespace {second} is rolled out: its pods are replaced" in declined.screen
    assert unchanged == ["theirs"]
    assert agreed.status == 0
    assert [listed(api, "Deployment", "web", place) for place in (first, second)] == [["theirs", "regcred"]] * 2
    assert bare not in agreed.screen + agreed.stdout


def test_no_entry_is_lost_when_several_attach_at_once(api: Api, pullsecret: Program, namespace: str) -> None:
    workloads(api, namespace)
    names = [f"s{number}" for number in range(6)]
    for name in names:
        api.create(docker_config_secret(name, {"reg.example": registry_entry()}), namespace)

    with ThreadPoolExecutor(len(names)) as pool:
        runs = [pool.submit(pullsecret, "attach", name, "--workload", "deploy/web", "-n", namespace) for name in names]
        assert [run.result().status for run in runs] == [0] * len(names)

    assert sorted(listed(api, "Deployment", "web", namespace)) == [*names, "theirs"]


def test_permissions_of_the_table_suffice_for_a_workload(
    api: Api, pullsecret: Program, namespace: str, restricted: Rights
) -> None:
    workloads(api, namespace)
    line = ("attach", "regcred", "--workload", "deploy/bare", "-n", namespace, "--keep-account-secrets")
    few, more = (restricted(*grants_of(*words)) for words in (line[:-1], line))

    refused = pullsecret(*line, kubeconfig=few, expect=1)
    warned = pullsecret(*line[:-1], "--dry-run=server", kubeconfig=few)
    pullsecret(*line, kubeconfig=more)

    assert 'cannot get resource "serviceaccounts"' in refused.stderr
    assert "which hides that of serviceaccount/puller, which cannot be read" in warned.stderr
    assert listed(api, "Deployment", "bare", namespace) == ["shared", "regcred"]
