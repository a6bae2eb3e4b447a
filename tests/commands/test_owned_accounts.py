"""Service accounts whose lists others write: where attach and detach refuse, warn, or say nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from golden_files import assert_golden
from objects import docker_config_secret, registry_entry, service_account

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from program import Program

HELM = {
    "labels": {"app.kubernetes.io/managed-by": "Helm"},
    "annotations": {"meta.helm.sh/release-name": "app", "meta.helm.sh/release-namespace": "team"},
}
OPENSHIFT = "openshift.io/image-registry-pull-secrets_service-account-controller"
REFUSED = ("argo", "helm", "olm")
WRITTEN = ("bare-chart", "manifest", "openshift", "person", "script")


def account(name: str, **metadata: object) -> Object:
    found = service_account(name, ["theirs"])
    return {"apiVersion": "v1", **found, "metadata": {**found["metadata"], **metadata}}


def create_accounts(api: Api, kubectl: Program, namespace: str) -> None:
    applied = {"helm": ("helm", account("helm", **HELM)), "openshift": (OPENSHIFT, account("openshift"))}
    for manager, manifest in applied.values():
        applying = ("apply", "--server-side", f"--field-manager={manager}", "-n", namespace, "-f", "-")
        kubectl(*applying, input=json.dumps(manifest))
    kubectl("apply", "-n", namespace, "-f", "-", input=json.dumps(account("manifest")))
    api.create(account("argo"), namespace, manager="argocd-controller")
    api.create(account("script"), namespace, manager="script")
    api.create(account("person"), namespace, manager="kubectl-edit")
    api.create(account("olm", labels={"olm.owner": "etcd"}), namespace, manager="kubectl-create")
    bare = {**account("bare-chart", **HELM)}
    del bare["imagePullSecrets"]
    api.create(bare, namespace, manager="helm")


def lists(api: Api, namespace: str) -> dict[str, list[str]]:
    found = {item["metadata"]["name"]: item for item in api.list("ServiceAccount", namespace)}
    return {name: [entry["name"] for entry in found[name].get("imagePullSecrets", [])] for name in (*REFUSED, *WRITTEN)}


def test_account_is_left_alone_where_its_owner_undoes_the_write(
    api: Api, kubectl: Program, pullsecret: Program, namespace: str
) -> None:
    create_accounts(api, kubectl, namespace)
    api.create(docker_config_secret("regcred", {"reg.example": registry_entry()}), namespace)
    before = lists(api, namespace)
    accounts = ("--serviceaccount", ",".join((*REFUSED, *WRITTEN)), "-n", namespace)

    attached = pullsecret("attach", "regcred", *accounts, expect=1)

    assert_golden("attach/owned-accounts", attached.stderr, namespace=namespace)
    after = lists(api, namespace)
    assert {name: after[name] for name in REFUSED} == {name: before[name] for name in REFUSED}
    assert {name: after[name] for name in WRITTEN} == {name: [*before[name], "regcred"] for name in WRITTEN}

    forced = pullsecret("attach", "regcred", *accounts, "--force-conflicts")

    assert_golden("attach/owned-accounts-forced", forced.stderr, namespace=namespace)
    assert lists(api, namespace) == {name: [*before[name], "regcred"] for name in before}


def test_detach_from_a_list_that_a_chart_applies_is_refused(
    api: Api, kubectl: Program, pullsecret: Program, namespace: str
) -> None:
    create_accounts(api, kubectl, namespace)

    result = pullsecret("detach", "theirs", "--serviceaccount", "helm,person", "-n", namespace, expect=1)

    assert_golden("detach/owned-account", result.stderr, namespace=namespace)
    assert result.stdout == f"serviceaccount/person patched in namespace {namespace}\n"
    assert lists(api, namespace)["helm"] == ["theirs"]
