"""Who owns a secret's data or a list of pull secrets, and what its next run does to a write: one table."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import LAST_APPLIED, Kind, mappings_at
from pullsecret.model.owners.field_managers import with_few_managed_fields
from pullsecret.model.owners.find_owner import field_owner, field_owners, is_controlled, maker_of
from pullsecret.model.owners.owner import FIELD_MANAGER, Fate, Field
from pullsecret.model.plan.owned_lists import unless_made_by_another

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

DATA, PULL, MOUNT, TEMPLATE = Field.DATA, Field.PULL_LIST, Field.MOUNT_LIST, Field.TEMPLATE_LIST
FIELDS = {
    DATA: {"f:data": {".": {}, "f:.dockerconfigjson": {}}, "f:type": {}},
    PULL: {"f:imagePullSecrets": {}},
    MOUNT: {"f:secrets": {".": {}, 'k:{"name":"chart"}': {".": {}, "f:name": {}}}},
    TEMPLATE: {"f:spec": {"f:template": {"f:spec": {"f:imagePullSecrets": {".": {}, 'k:{"name":"chart"}': {}}}}}},
}


def managed(field: Field, *managers: str, **metadata: object) -> Object:
    """An object whose field these managers own; `helm//Apply` for one that applies it server-side."""
    entries = [
        {"manager": name, "operation": operation or "Update", "fieldsV1": FIELDS[field]}
        for name, _, operation in (manager.partition("//") for manager in managers)
    ]
    return {"metadata": {"name": "x", "namespace": "team", "managedFields": entries, **metadata}}


def controlled_by(kind: str, name: str) -> dict[str, object]:
    return {"ownerReferences": [{"kind": kind, "name": name, "controller": True}]}


HELM = {
    "labels": {"app.kubernetes.io/managed-by": "Helm"},
    "annotations": {"meta.helm.sh/release-name": "app", "meta.helm.sh/release-namespace": "team"},
}
FLUX = {"labels": {"kustomize.toolkit.fluxcd.io/name": "apps", "kustomize.toolkit.fluxcd.io/namespace": "flux-system"}}
ARGO = {"annotations": {"argocd.argoproj.io/tracking-id": "shop:/Secret:team/x"}}
ESO = controlled_by("ExternalSecret", "icr-pull")
APPLIED = {"annotations": {LAST_APPLIED: json.dumps({"imagePullSecrets": [{"name": "a"}]})}}
APPLIED_WITHOUT = {"annotations": {LAST_APPLIED: json.dumps({"kind": "ServiceAccount"})}}


def flux(**annotations: str) -> dict[str, object]:
    return {**FLUX, "annotations": {f"kustomize.toolkit.fluxcd.io/{key}": value for key, value in annotations.items()}}


OWNED = {
    "helm-4": (managed(DATA, "helm//Apply", **HELM), DATA, "Helm release app", Fate.FAILS),
    "helm-3": (managed(DATA, "helm", **HELM), DATA, "Helm release app", Fate.REVERTS),
    "helm-by-marks": (managed(DATA, **HELM), DATA, "Helm release app", Fate.REVERTS),
    "helm-whose-data-we-wrote": (managed(DATA, FIELD_MANAGER, **HELM), DATA, "Helm release app", Fate.REVERTS),
    "helm-4-list": (managed(PULL, "helm//Apply", **HELM), PULL, "Helm release app", Fate.FAILS),
    "helm-3-list": (managed(PULL, "helm", **HELM), PULL, "Helm release app", Fate.REVERTS),
    "helm-list-that-we-wrote": (managed(PULL, FIELD_MANAGER, **HELM), PULL, "Helm release app", Fate.UNKNOWN),
    "flux-list-that-a-person-wrote": (
        managed(PULL, "kubectl-patch", **FLUX),
        PULL,
        "Flux Kustomization apps",
        Fate.UNKNOWN,
    ),
    "flux": (managed(DATA, "kustomize-controller//Apply", **FLUX), DATA, "Flux Kustomization apps", Fate.REVERTS),
    "flux-list": (managed(PULL, "kustomize-controller//Apply", **FLUX), PULL, "Flux Kustomization apps", Fate.REVERTS),
    "flux-merges": (
        managed(PULL, "kustomize-controller//Apply", **flux(ssa="Merge")),
        PULL,
        "Flux Kustomization apps",
        Fate.REVERTS,
    ),
    "flux-ignores": (
        managed(PULL, "kustomize-controller//Apply", **flux(ssa="Ignore")),
        PULL,
        "Flux Kustomization apps",
        Fate.KEEPS,
    ),
    "flux-is-paused": (managed(DATA, **flux(reconcile="disabled")), DATA, "Flux Kustomization apps", Fate.KEEPS),
    "helm-release": (
        managed(DATA, "helm-controller", labels={"helm.toolkit.fluxcd.io/name": "web"}),
        DATA,
        "HelmRelease web",
        Fate.REVERTS,
    ),
    "argo-cd": (managed(DATA, "argocd-controller", **ARGO), DATA, "Argo CD application shop", Fate.REVERTS),
    "argo-cd-list": (managed(PULL, "argocd-controller//Apply"), PULL, "Argo CD application", Fate.REVERTS),
    "kubectl-apply": (managed(DATA, "kubectl-client-side-apply"), DATA, "kubectl apply", Fate.REVERTS),
    "kubectl-apply-list": (managed(PULL, "kubectl-client-side-apply"), PULL, "kubectl apply", Fate.REVERTS),
    "kubectl-apply-list-that-we-wrote": (managed(PULL, FIELD_MANAGER, **APPLIED), PULL, "kubectl apply", Fate.REVERTS),
    "kubectl-server-side": (managed(PULL, "kubectl//Apply"), PULL, "kubectl apply --server-side", Fate.FAILS),
    "external-secret": (managed(DATA, **ESO), DATA, "ExternalSecret icr-pull", Fate.REVERTS),
    "external-secret-by-manager": (
        managed(DATA, "externalsecrets.external-secrets.io/icr"),
        DATA,
        "ExternalSecret",
        Fate.REVERTS,
    ),
    "sealed-secret": (managed(DATA, **controlled_by("SealedSecret", "s")), DATA, "SealedSecret s", Fate.REVERTS),
    "sealed-secret-patches": (
        managed(DATA, annotations={f"sealedsecrets.bitnami.com/{word}": "true" for word in ("managed", "patch")}),
        DATA,
        "SealedSecret",
        Fate.KEEPS,
    ),
    "kyverno-clone-of-ours": (
        managed(DATA, labels={"generate.kyverno.io/policy-name": "pull", "kubectl-pullsecret/managed": "true"}),
        DATA,
        "Kyverno policy pull",
        Fate.REVERTS,
    ),
    "reflector": (
        managed(DATA, annotations={"reflector.v1.k8s.emberstack.com/reflects": "default/icr"}),
        DATA,
        "reflector from default/icr",
        Fate.REVERTS,
    ),
    "replicator": (
        managed(DATA, annotations={"replicator.v1.mittwald.de/replicated-from-version": "7"}),
        DATA,
        "kubernetes-replicator",
        Fate.REVERTS,
    ),
    "kubed": (managed(DATA, labels={"kubed.appscode.com/origin.name": "icr"}), DATA, "kubed from icr", Fate.REVERTS),
    "secretgen": (
        managed(DATA, annotations={"secretgen.carvel.dev/image-pull-secret": ""}),
        DATA,
        "secretgen-controller",
        Fate.REVERTS,
    ),
    "vault": (
        managed(DATA, labels={"app.kubernetes.io/managed-by": "hashicorp-vso"}),
        DATA,
        "Vault Secrets Operator",
        Fate.REVERTS,
    ),
    "csi": (
        managed(DATA, labels={"secrets-store.csi.k8s.io/managed": "true"}),
        DATA,
        "Secrets Store CSI driver",
        Fate.REVERTS,
    ),
    "olm-list-of-nobody": (managed(PULL, labels={"olm.owner": "etcd"}), PULL, "OLM operator etcd", Fate.REVERTS),
    "olm-mount-list": (managed(MOUNT, labels={"olm.owner": "etcd"}), MOUNT, None, None),
    "openshift-token": (
        managed(DATA, annotations={"openshift.io/internal-registry-auth-token.service-account": "default"}),
        DATA,
        "OpenShift",
        Fate.REVERTS,
    ),
    "openshift-list": (
        managed(PULL, "openshift.io/image-registry-pull-secrets_service-account-controller//Apply"),
        PULL,
        "OpenShift",
        Fate.KEEPS,
    ),
    "ibm-cloud": (
        managed(DATA, "armada-deploy", name="all-icr-io", namespace="default"),
        DATA,
        "IBM Cloud",
        Fate.REVERTS,
    ),
    "terraform": (managed(DATA, "Terraform"), DATA, "Terraform", Fate.REVERTS),
    "terraform-list": (managed(PULL, "HashiCorp"), PULL, "Terraform", Fate.UNKNOWN),
    "any-controller": (managed(DATA, **controlled_by("Shop", "s")), DATA, "Shop s", Fate.REVERTS),
    "any-controller-list": (managed(PULL, **controlled_by("Shop", "s")), PULL, "Shop s", Fate.UNKNOWN),
    "any-controller-template": (managed(TEMPLATE, **controlled_by("Shop", "s")), TEMPLATE, "Shop s", Fate.REVERTS),
    "any-operator-by-name": (managed(DATA, "shop-operator"), DATA, "field manager shop-operator", Fate.REVERTS),
    "any-operator-list": (managed(PULL, "shop-operator"), PULL, "field manager shop-operator", Fate.UNKNOWN),
    "any-apply": (managed(PULL, "pulumi//Apply"), PULL, "field manager pulumi", Fate.FAILS),
    "any-update": (managed(DATA, "script"), DATA, "field manager script", Fate.UNKNOWN),
    "worst-of-two": (managed(PULL, "script", "helm//Apply"), PULL, "Helm release", Fate.FAILS),
    "hostile-name": (managed(PULL, "a\n\x1b[2J"), PULL, "field manager a\\n\\x1b[2J", Fate.UNKNOWN),
    "people": (managed(PULL, "kubectl-edit", "kubectl-patch", "oc", "kubectl"), PULL, None, None),
    "ours": (managed(PULL, FIELD_MANAGER), PULL, None, None),
    "nobody": (managed(DATA), DATA, None, None),
    "helm-without-a-list": (managed(MOUNT, "helm//Apply", **HELM), PULL, None, None),
    "flux-without-a-list": (managed(MOUNT, "kustomize-controller//Apply", **FLUX), PULL, None, None),
    "kubectl-apply-without-a-list": (managed(PULL, FIELD_MANAGER, **APPLIED_WITHOUT), PULL, None, None),
    "another-objects-tracking": (
        managed(DATA, annotations={"argocd.argoproj.io/tracking-id": "shop:/Secret:default/x"}),
        DATA,
        None,
        None,
    ),
    "added-entry": (managed(TEMPLATE, "helm//Apply", "argocd-controller", **HELM), TEMPLATE, None, None),
    "added-mount": (managed(MOUNT, "helm//Apply"), MOUNT, None, None),
    "template-of-a-script": (managed(TEMPLATE, "script"), TEMPLATE, "field manager script", Fate.UNKNOWN),
}


@pytest.mark.parametrize(("target", "field", "party", "fate"), OWNED.values(), ids=OWNED.keys())
def test_field_owner(target: Object, field: Field, party: str | None, fate: Fate | None) -> None:
    found = field_owner(target, field)

    assert (found and found.party, found and found.fate) == (party, fate)
    reduced = field_owner(with_few_managed_fields(target), field)
    assert reduced == found


def test_removing_from_a_list_that_we_wrote_has_no_owner() -> None:
    assert field_owner(managed(PULL, FIELD_MANAGER, **HELM), PULL, removed=("x",)) is None
    assert field_owner(managed(PULL, **HELM), PULL) is None


@pytest.mark.parametrize("field", [MOUNT, TEMPLATE])
def test_owner_of_removed_entry_adds_it_again(field: Field) -> None:
    target = managed(field, "helm//Apply", **HELM)

    assert field_owner(target, field, removed=["other"]) is None
    found = field_owner(target, field, removed=["chart"])
    assert found is not None
    assert (found.party, found.fate) == ("Helm release app", Fate.REVERTS)


def test_owners_of_contested_list_are_all_named() -> None:
    found = field_owners(managed(PULL, "argocd-controller", "helm", "helm//Apply", **HELM), PULL)

    assert [owner.party for owner in found] == ["Argo CD application", "Helm release app"]


def test_prediction_names_next_run() -> None:
    found = field_owner(managed(PULL, "helm//Apply", **HELM), PULL)

    assert found is not None
    assert found.prediction == "the next helm upgrade fails on a conflict"
    assert found.undoes_writes
    assert "values" in found.advice


def test_field_manager_is_none_that_flux_takes_over() -> None:
    assert not FIELD_MANAGER.startswith("kubectl")


def test_is_controlled_by_controller_only() -> None:
    assert is_controlled(managed(DATA, **ESO))
    assert not is_controlled({"metadata": {"ownerReferences": [{"kind": "Node", "name": "n"}]}})


def test_large_read_keeps_only_the_fields_that_matter() -> None:
    target = managed(DATA, "kubectl-create")

    kept = mappings_at(with_few_managed_fields(target), "metadata", "managedFields")

    assert [entry["fieldsV1"] for entry in kept] == [{"f:type": {}, "f:data": {"f:.dockerconfigjson": {}}}]


def test_advice_on_a_mount_list_names_no_list_of_pull_secrets() -> None:
    lists = (field_owner(managed(field, "helm//Apply"), field, ("chart",)) for field in (PULL, MOUNT))

    assert ["imagePullSecrets" in owner.advice for owner in lists if owner] == [True, False]


MAKERS = {
    "nobody": (managed(TEMPLATE, "kubectl-create"), None),
    "applied-by-a-person": (managed(TEMPLATE, "kubectl-client-side-apply", **APPLIED_WITHOUT), None),
    "helm": (managed(TEMPLATE, "helm//Apply", **HELM), "Helm release app"),
    "flux": (managed(TEMPLATE, **FLUX), "Flux Kustomization apps"),
    "somebody-who-applies": (managed(TEMPLATE, "somebody//Apply"), "field manager somebody"),
}


@pytest.mark.parametrize(("target", "party"), MAKERS.values(), ids=MAKERS)
def test_maker_of_an_object_that_is_recreated(target: Object, party: str | None) -> None:
    owner = maker_of(target)

    assert (owner.party if owner else None) == party


def test_pod_of_another_party_is_recreated_only_if_conflicts_are_forced() -> None:
    pod = managed(TEMPLATE, "helm//Apply", **HELM)
    recreated: Object = {"metadata": {"name": "new"}}

    with pytest.raises(RefusedError, match='pods "x" in namespace team is owned by Helm release app'):
        unless_made_by_another(Kind.POD, lambda _: recreated, is_forced=False)(pod)

    assert unless_made_by_another(Kind.POD, lambda _: recreated, is_forced=True)(pod) == recreated
