"""What a copy contains, and when an existing secret may be replaced."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from objects import docker_config_secret, encoded, registry_entry
from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import Object, as_manifest, mapping_at, merged
from pullsecret.model.objects.pullsecret import (
    MANAGED_BY,
    OURS,
    Provenance,
    ReplacePolicy,
    built,
    copied,
    holds_same,
    in_namespace,
    is_ours,
    is_pull_secret,
    must_be_recreated,
    placed,
    provenance_of,
)

NO, OVERWRITE, RECREATE = ReplacePolicy(), ReplacePolicy(overwrite=True), ReplacePolicy(recreate=True)
BOTH = ReplacePolicy(overwrite=True, recreate=True)
NEW = in_namespace(built("x", json.dumps({"auths": {"reg.example": registry_entry()}}).encode()), "team")
OLD_DATA = {".dockerconfigjson": encoded(json.dumps({"auths": {"reg.example": registry_entry()}}))}


def secret(**change: object) -> Object:
    """An unmanaged secret with other data, as the server would send it."""
    seen: Object = docker_config_secret("x", {}, namespace="team", uid="1", resourceVersion="7", labels={"app": "shop"})
    return {**seen, "data": OLD_DATA, **change}


OURS_NOW = merged(secret(), {"metadata": {"labels": {MANAGED_BY: OURS}}})
OPAQUE = secret(type="Opaque", data={"key": encoded("value")})
FIXED = secret(immutable=True)
LEGACY = secret(type="kubernetes.io/dockercfg", data={".dockercfg": encoded("{}")})
LEGACY_TYPE = "has type kubernetes.io/dockercfg, which cannot be changed"
OTHER_TYPE = "has type Opaque and is not a pull secret; kubectl-pullsecret never replaces it: use another name"
OF_OTHERS = "is not managed by kubectl-pullsecret; use"
SAME = secret(data=NEW["data"])

REFUSED = {
    "unmanaged": (secret(), NO, "and is not managed by kubectl-pullsecret; use --overwrite to replace its data"),
    "no-pull-secret": (OPAQUE, NO, OTHER_TYPE),
    "no-pull-secret-with-all-flags": (OPAQUE, BOTH, OTHER_TYPE),
    "no-pull-secret-ours": (merged(OPAQUE, {"metadata": {"labels": {MANAGED_BY: OURS}}}), BOTH, OTHER_TYPE),
    "legacy": (LEGACY, NO, f"{LEGACY_TYPE}, and {OF_OTHERS} --overwrite and --recreate to delete and recreate it"),
    "legacy-overwrite": (LEGACY, OVERWRITE, f"{LEGACY_TYPE}; use --recreate to delete and recreate it"),
    "legacy-recreate": (LEGACY, RECREATE, f"and {OF_OTHERS} --overwrite to replace its data"),
    "immutable": (FIXED, NO, f"is immutable and {OF_OTHERS} --overwrite and --recreate to delete and recreate it"),
    "immutable-overwrite": (FIXED, OVERWRITE, "is immutable; use --recreate to delete and recreate it"),
    "immutable-ours": (merged(OURS_NOW, {"immutable": True}), NO, "is immutable; use --recreate"),
    "unmanaged-recreate": (secret(), RECREATE, f"and {OF_OTHERS} --overwrite to replace its data"),
    "with-finalizers": (merged(FIXED, {"metadata": {"finalizers": ["a/b"]}}), BOTH, "has finalizers"),
}


@pytest.mark.parametrize(("seen", "replace_policy", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_placed_refuses_what_may_not_be_changed(seen: Object, replace_policy: ReplacePolicy, words: str) -> None:
    with pytest.raises(RefusedError) as caught:
        placed(seen, NEW, replace_policy)

    assert caught.value.message.startswith('secrets "x" ')
    assert "in namespace team" in caught.value.message
    assert words in caught.value.message


ALLOWED = {
    "ours": (OURS_NOW, NO, False),
    "unmanaged-overwrite": (secret(), OVERWRITE, False),
    "unmanaged-both": (secret(), BOTH, False),
    "legacy-both": (LEGACY, BOTH, True),
    "immutable-both": (FIXED, BOTH, True),
    "immutable-ours-recreate": (merged(OURS_NOW, {"immutable": True}), RECREATE, True),
}


@pytest.mark.parametrize(("seen", "replace_policy", "is_recreated"), ALLOWED.values(), ids=ALLOWED.keys())
def test_placed_has_the_new_data_and_every_mark_where_it_is_allowed(
    seen: Object, replace_policy: ReplacePolicy, *, is_recreated: bool
) -> None:
    before = deepcopy(seen)

    desired = placed(seen, NEW, replace_policy)

    assert must_be_recreated(seen, desired) == is_recreated
    assert holds_same(desired, NEW)
    assert mapping_at(desired, "metadata", "labels") == {"app": "shop", MANAGED_BY: OURS}
    assert ("uid" in mapping_at(desired, "metadata")) == (not is_recreated)
    assert seen == before
    assert placed(desired, NEW, NO) == desired


UNCHANGED = {
    "same": SAME,
    "same-immutable": merged(SAME, {"immutable": True}),
    "same-with-more-data": merged(SAME, {"data": {"note": encoded("mine")}}),
    "same-with-a-finalizer": merged(SAME, {"metadata": {"finalizers": ["a/b"]}}),
}


@pytest.mark.parametrize(
    "replace_policy", [NO, OVERWRITE, RECREATE, BOTH], ids=["no-flag", "overwrite", "recreate", "both"]
)
@pytest.mark.parametrize("seen", UNCHANGED.values(), ids=UNCHANGED.keys())
def test_placed_changes_nothing_if_the_data_is_the_same(seen: Object, replace_policy: ReplacePolicy) -> None:
    assert placed(seen, NEW, replace_policy) is seen


def test_placed_is_the_new_secret_if_none_exists() -> None:
    assert placed(None, NEW, NO) is NEW


def test_secret_with_a_name_too_long_for_its_sibling_is_not_recreated() -> None:
    long = merged(FIXED, {"metadata": {"name": "x" * 240}})

    with pytest.raises(RefusedError, match="cannot be recreated: the name of the secret that keeps its data meanwhile"):
        placed(long, merged(NEW, {"metadata": {"name": "x" * 240}}), BOTH)


def test_recreated_secret_stays_immutable_and_loses_only_what_kubectl_applied() -> None:
    marks = {"annotations": {"note": "by hand", "kubectl.kubernetes.io/last-applied-configuration": "{}"}}

    desired = placed(merged(FIXED, {"metadata": marks}), NEW, BOTH)

    assert desired["immutable"] is True
    assert mapping_at(desired, "metadata", "annotations") == {"note": "by hand"}


def test_copied_has_type_data_and_provenance_and_nothing_else() -> None:
    source = merged(
        secret(),
        {
            "metadata": {
                "ownerReferences": [{"name": "owner"}],
                "finalizers": ["a/b"],
                "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"},
                "managedFields": [{"manager": "kubectl"}],
                "creationTimestamp": "2026-01-01T00:00:00Z",
            }
        },
    )

    assert copied(source, "y") == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": "y",
            "labels": {MANAGED_BY: OURS},
            "annotations": {"kubectl-pullsecret/copied-from": "team/x", "kubectl-pullsecret/source-uid": "1"},
        },
        "type": "kubernetes.io/dockerconfigjson",
        "data": OLD_DATA,
    }


@pytest.mark.parametrize(("immutable", "carried"), [(True, True), (False, None), (None, None)])
def test_copied_is_immutable_only_if_the_source_is(*, immutable: bool | None, carried: bool | None) -> None:
    assert copied(secret(immutable=immutable), "y").get("immutable") is carried


TYPES = {
    "kubernetes.io/dockerconfigjson": True,
    "kubernetes.io/dockercfg": True,
    "Opaque": False,
    "kubernetes.io/basic-auth": False,
    "": False,
}


@pytest.mark.parametrize(("kind", "is_one"), TYPES.items(), ids=[name or "none" for name in TYPES])
def test_pull_secret_is_recognized_by_its_type(kind: str, *, is_one: bool) -> None:
    found = secret(type=kind)

    assert is_pull_secret(found) is is_one
    if not is_one:
        with pytest.raises(
            RefusedError, match=f'secrets "x" in namespace team has type {kind} and is not a pull secret'
        ):
            copied(found, "y")


def test_managed_secret_is_recognized_by_its_label() -> None:
    assert is_ours(OURS_NOW)
    assert is_ours(NEW)
    assert not is_ours(secret())
    assert not is_ours(merged(secret(), {"metadata": {"labels": {MANAGED_BY: "Helm"}}}))


def test_manifest_has_no_field_that_only_the_server_sets() -> None:
    seen = merged(secret(), {"metadata": {"creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": []}})

    assert as_manifest(seen) == {
        "kind": "Secret",
        "metadata": {"name": "x", "namespace": "team", "labels": {"app": "shop"}},
        "type": "kubernetes.io/dockerconfigjson",
        "data": OLD_DATA,
    }


def test_copy_from_another_cluster_says_so_until_it_is_replaced_by_a_local_copy() -> None:
    def copy(password: str, *, is_elsewhere: bool) -> Object:
        source = docker_config_secret(
            "x", {"reg.example": registry_entry("robot", password)}, namespace="home", uid="1"
        )
        return in_namespace(copied(source, "x", is_elsewhere=is_elsewhere), "a")

    there = placed(None, copy("one", is_elsewhere=True), ReplacePolicy())
    here = placed(there, copy("two", is_elsewhere=False), ReplacePolicy())

    assert provenance_of(there) == Provenance(namespace="home", name="x", uid="1", cluster="other")
    assert provenance_of(here) == Provenance(namespace="home", name="x", uid="1")
