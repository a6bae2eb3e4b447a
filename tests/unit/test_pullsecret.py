"""What a copy carries, and what may be done to a secret that is there: the table of refusals, without a server."""

from __future__ import annotations

import json
from copy import deepcopy

import pytest

from objects import docker_config_secret, encoded, registry_entry
from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import Object, mapping_at, merged
from pullsecret.model.objects.pullsecret import (
    MANAGED_BY,
    OURS,
    Provenance,
    ReplacePolicy,
    as_manifest,
    built,
    copied,
    holds_same,
    in_namespace,
    is_ours,
    is_pull_secret,
    must_be_made_anew,
    placed,
    provenance_of,
)

NO, OVERWRITE, FORCE = ReplacePolicy(), ReplacePolicy(overwrite=True), ReplacePolicy(force=True)
FRESH = in_namespace(built("x", json.dumps({"auths": {"reg.example": registry_entry()}}).encode()), "team")
OLD_DATA = {".dockerconfigjson": encoded(json.dumps({"auths": {"reg.example": registry_entry()}}))}


def secret(**change: object) -> Object:
    """A secret of somebody else's with other data, as the server would send it."""
    seen: Object = docker_config_secret("x", {}, namespace="team", uid="1", resourceVersion="7", labels={"app": "shop"})
    return {**seen, "data": OLD_DATA, **change}


OURS_NOW = merged(secret(), {"metadata": {"labels": {MANAGED_BY: OURS}}})
OPAQUE = secret(type="Opaque", data={"key": encoded("value")})
FIXED = secret(immutable=True)
SAME = secret(data=FRESH["data"])

REFUSED = {
    "foreign": (secret(), NO, "and is not managed by kubectl-pullsecret; use --overwrite to replace its data"),
    "other-type": (OPAQUE, NO, "is of type Opaque, which cannot be changed; use --force"),
    "other-type-overwrite": (OPAQUE, OVERWRITE, "is of type Opaque, which cannot be changed; use --force"),
    "other-type-ours": (
        merged(OPAQUE, {"metadata": {"labels": {MANAGED_BY: OURS}}}),
        NO,
        "is of type Opaque, which cannot be changed; use --force",
    ),
    "immutable": (FIXED, OVERWRITE, "is immutable; use --force to delete it and make it anew"),
    "immutable-ours": (merged(OURS_NOW, {"immutable": True}), NO, "is immutable; use --force"),
    "with-finalizers": (merged(FIXED, {"metadata": {"finalizers": ["a/b"]}}), FORCE, "has finalizers"),
}


@pytest.mark.parametrize(("seen", "replace_policy", "words"), REFUSED.values(), ids=REFUSED.keys())
def test_placed_on_what_may_not_be_changed_is_refused_by_name(
    seen: Object, replace_policy: ReplacePolicy, words: str
) -> None:
    with pytest.raises(RefusedError) as caught:
        placed(seen, FRESH, replace_policy)

    assert caught.value.message.startswith('secrets "x" ')
    assert "in namespace team" in caught.value.message
    assert words in caught.value.message


ALLOWED = {
    "ours": (OURS_NOW, NO, False),
    "foreign-overwrite": (secret(), OVERWRITE, False),
    "foreign-force": (secret(), FORCE, False),
    "other-type-force": (OPAQUE, FORCE, True),
    "immutable-force": (FIXED, FORCE, True),
}


@pytest.mark.parametrize(("seen", "replace_policy", "anew"), ALLOWED.values(), ids=ALLOWED.keys())
def test_placed_where_it_may_be_has_the_fresh_data_and_every_mark(
    seen: Object, replace_policy: ReplacePolicy, *, anew: bool
) -> None:
    before = deepcopy(seen)

    wanted = placed(seen, FRESH, replace_policy)

    assert must_be_made_anew(seen, wanted) == anew
    assert holds_same(wanted, FRESH)
    assert mapping_at(wanted, "metadata", "labels") == {"app": "shop", MANAGED_BY: OURS}
    assert ("uid" in mapping_at(wanted, "metadata")) == (not anew)
    assert seen == before
    assert placed(wanted, FRESH, NO) == wanted


UNTOUCHED = {
    "same": SAME,
    "same-immutable": merged(SAME, {"immutable": True}),
    "same-with-more-data": merged(SAME, {"data": {"note": encoded("mine")}}),
    "same-with-a-finalizer": merged(SAME, {"metadata": {"finalizers": ["a/b"]}}),
}


@pytest.mark.parametrize("replace_policy", [NO, OVERWRITE, FORCE], ids=["no-flag", "overwrite", "force"])
@pytest.mark.parametrize("seen", UNTOUCHED.values(), ids=UNTOUCHED.keys())
def test_placed_on_the_same_data_changes_nothing_whatever_is_allowed(
    seen: Object, replace_policy: ReplacePolicy
) -> None:
    assert placed(seen, FRESH, replace_policy) is seen


def test_placed_where_nothing_is_is_the_fresh_one() -> None:
    assert placed(None, FRESH, NO) is FRESH


def test_copied_carries_type_data_and_provenance_and_nothing_else() -> None:
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
def test_copied_is_immutable_only_where_the_source_is(*, immutable: bool | None, carried: bool | None) -> None:
    assert copied(secret(immutable=immutable), "y").get("immutable") is carried


TYPES = {
    "kubernetes.io/dockerconfigjson": True,
    "kubernetes.io/dockercfg": True,
    "Opaque": False,
    "kubernetes.io/basic-auth": False,
    "": False,
}


@pytest.mark.parametrize(("kind", "is_one"), TYPES.items(), ids=[name or "none" for name in TYPES])
def test_pull_secret_is_told_by_its_type(kind: str, *, is_one: bool) -> None:
    found = secret(type=kind)

    assert is_pull_secret(found) is is_one
    if not is_one:
        with pytest.raises(RefusedError, match=f'secrets "x" in namespace team is of type {kind}, not a pull secret'):
            copied(found, "y")


def test_ours_is_what_the_label_says() -> None:
    assert is_ours(OURS_NOW)
    assert is_ours(FRESH)
    assert not is_ours(secret())
    assert not is_ours(merged(secret(), {"metadata": {"labels": {MANAGED_BY: "Helm"}}}))


def test_manifest_is_the_object_without_what_only_the_server_fills_in() -> None:
    seen = merged(secret(), {"metadata": {"creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": []}})

    assert as_manifest(seen) == {
        "kind": "Secret",
        "metadata": {"name": "x", "namespace": "team", "labels": {"app": "shop"}},
        "type": "kubernetes.io/dockerconfigjson",
        "data": OLD_DATA,
    }


def test_copy_from_another_cluster_says_so_until_it_is_one_from_here() -> None:
    def copy(password: str, *, is_elsewhere: bool) -> Object:
        source = docker_config_secret(
            "x", {"reg.example": registry_entry("robot", password)}, namespace="home", uid="1"
        )
        return in_namespace(copied(source, "x", is_elsewhere=is_elsewhere), "a")

    there = placed(None, copy("one", is_elsewhere=True), ReplacePolicy())
    here = placed(there, copy("two", is_elsewhere=False), ReplacePolicy())

    assert provenance_of(there) == Provenance(namespace="home", name="x", uid="1", cluster="other")
    assert provenance_of(here) == Provenance(namespace="home", name="x", uid="1")
