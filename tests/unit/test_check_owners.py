"""What check says of secrets and service accounts that other parties write."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import docker_config_secret, registry_entry
from pullsecret.model.check.observed import CheckedNamespace, Inventory
from pullsecret.model.check.owner_rules import OWNER_RULES, left_to_owner
from pullsecret.model.check.rule import Finding, Severity, findings_of
from pullsecret.model.objects.objects import merged
from pullsecret.model.owners.owner import FIELD_MANAGER, Field
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.request.suggested_command import pullsecret

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

HELM = {
    "labels": {"app.kubernetes.io/managed-by": "Helm"},
    "annotations": {"meta.helm.sh/release-name": "app", "meta.helm.sh/release-namespace": "team"},
}
ESO = {"ownerReferences": [{"kind": "ExternalSecret", "name": "icr", "controller": True}]}
COPY = {"annotations": {"kubectl-pullsecret/copied-from": "default/x"}}
KYVERNO = {"labels": {"generate.kyverno.io/policy-name": "sync"}, **COPY}
OPENSHIFT = {"annotations": {"openshift.io/internal-registry-auth-token.service-account": "default"}}
ARGO = {"annotations": {"argocd.argoproj.io/tracking-id": "shop:/ServiceAccount:team/app"}}


def secret(**metadata: object) -> Object:
    found = docker_config_secret("x", {"us.icr.io": registry_entry()}, namespace="team")
    return merged(found, {"metadata": metadata})


def account(*managers: str, **metadata: object) -> Object:
    entries = [
        {"manager": name, "operation": kind or "Update", "fieldsV1": {"f:imagePullSecrets": {}}}
        for name, _, kind in (manager.partition("//") for manager in managers)
    ]
    return {
        "metadata": {"name": "app", "namespace": "team", "managedFields": entries, **metadata},
        "imagePullSecrets": [{"name": "x"}],
    }


ROWS: dict[str, tuple[Object, str]] = {
    "nobodys-secret": (secret(), ""),
    "our-copy": (secret(**COPY), ""),
    "openshifts-own-token": (secret(**OPENSHIFT), ""),
    "secret-applied-by-a-person": (secret(annotations={"kubectl.kubernetes.io/last-applied-configuration": "{}"}), ""),
    "secret-of-helm": (secret(**HELM), "PS702"),
    "secret-of-an-external-secret": (secret(**ESO), "PS702"),
    "copy-that-an-external-secret-adopted": (secret(**ESO, **COPY), "PS701"),
    "clone-of-our-copy": (secret(**KYVERNO), "PS701"),
    "nobodys-account": (account(), ""),
    "account-that-a-person-edited": (account("kubectl-edit"), ""),
    "account-that-we-wrote": (account(FIELD_MANAGER), ""),
    "account-that-openshift-extends": (account("openshift.io/image-registry-pull-secrets_default"), ""),
    "account-of-helm": (account("helm//Apply", **HELM), "PS703"),
    "account-of-an-unknown-manager": (account("somebody//Apply"), "PS703"),
    "account-that-two-apply": (account("helm//Apply", "argocd-controller", **HELM), "PS704"),
    "account-that-we-and-argo-write": (account(FIELD_MANAGER, "argocd-controller", **ARGO), "PS704"),
}


@pytest.mark.parametrize("row", ROWS)
def test_owner_of_a_secret_or_an_account_is_found(row: str) -> None:
    target, code = ROWS[row]
    is_account = "imagePullSecrets" in target
    accounts = {("team", "app"): target} if is_account else {}
    secrets = {} if is_account else {("team", "x"): target}
    observed = ObservedNamespaces(secrets=Observed(present=secrets), accounts=Observed(present=accounts))
    subject = CheckedNamespace(namespace="team", inventory=Inventory(observed=observed))

    found = list(findings_of(OWNER_RULES, subject))

    assert [finding.code for finding in found] == ([code] if code else [])
    if found:
        assert_golden(f"check/owner-{row}", f"{found[0].sentence}\n{found[0].advice}")
        assert found[0].fix is None


def test_command_that_an_owner_takes_back_becomes_advice() -> None:
    finding = Finding(
        code="PS401",
        severity=Severity.ERROR,
        namespace="team",
        subject="secret/x",
        secret_name="x",  # noqa: S106  a name
        message="expired",
        fix=pullsecret("create", "x"),
    )

    assert left_to_owner(finding, secret(), Field.DATA) == finding
    left = left_to_owner(finding, secret(**ESO), Field.DATA)
    assert left.fix is None
    assert left.advice.startswith("ExternalSecret icr writes it: change the value in the store")
