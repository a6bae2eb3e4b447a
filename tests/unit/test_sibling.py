"""The sibling of a secret keeps all of it, and is used for nothing else."""

from __future__ import annotations

import json

import pytest

from objects import docker_config_secret, registry_entry
from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import Object, as_manifest, merged
from pullsecret.model.objects.pullsecret import copied
from pullsecret.model.objects.sibling import (
    ROLE,
    as_sibling,
    is_sibling,
    keeps_same,
    previous_secret,
    sibling_name,
    with_siblings,
)

ENTRY = registry_entry()
APPLIED = {"kubectl.kubernetes.io/last-applied-configuration": "{}"}
OWNER = {"apiVersion": "v1", "kind": "ConfigMap", "name": "owner", "uid": "9"}


def secret(**more: object) -> Object:
    """A secret with everything that must come back."""
    seen: Object = docker_config_secret("x", {"reg.example": ENTRY}, namespace="team", uid="1", resourceVersion="7")
    marks = {"labels": {"app": "shop"}, "annotations": {"note": "by hand", **APPLIED}, "ownerReferences": [OWNER]}
    return merged(seen, {"apiVersion": "v1", "kind": "Secret", "metadata": marks, "immutable": True, **more})


def test_previous_secret_comes_back_as_it_was_without_what_kubectl_applied() -> None:
    kept = as_sibling(secret())

    expected = as_manifest(merged(secret(), {"metadata": {"annotations": dict.fromkeys(APPLIED)}}))
    assert previous_secret(kept) == expected


def test_sibling_has_no_mark_of_the_secret_that_other_programs_act_on() -> None:
    kept = as_sibling(secret())

    assert kept["metadata"]["labels"] == {ROLE: "recreate"}  # type: ignore[index]
    assert "ownerReferences" not in kept["metadata"]  # type: ignore[operator]
    assert set(kept) == {"apiVersion", "kind", "metadata", "type", "data"}


def test_sibling_is_no_source() -> None:
    with pytest.raises(RefusedError, match="keeps the previous data of another secret and cannot be copied"):
        copied(as_sibling(secret()), "y", "a")


def test_sibling_keeps_the_same_only_while_nothing_changed() -> None:
    kept = as_sibling(secret())

    assert keeps_same(merged(kept, {"metadata": {"uid": "2", "resourceVersion": "8"}}), kept)
    assert not keeps_same(as_sibling({**secret(), "data": {}}), kept)
    assert not keeps_same(as_sibling(secret(metadata={"labels": {"app": "mine"}})), kept)
    assert not keeps_same(merged(kept, {"metadata": {"labels": {ROLE: None}}}), kept)


PREVIOUS = "kubectl-pullsecret/previous"
FORGED = {
    "without-label": {"labels": {ROLE: None}},
    "another-role": {"labels": {ROLE: "previous"}},
    "no-json": {"annotations": {PREVIOUS: "{"}},
    "deep-json": {"annotations": {PREVIOUS: "[" * 100_000}},
    "a-list": {"annotations": {PREVIOUS: "[]"}},
    "another-name": {"annotations": {PREVIOUS: json.dumps({"metadata": {"name": "y", "namespace": "team"}})}},
    "another-namespace": {
        "annotations": {PREVIOUS: json.dumps({"metadata": {"name": "x", "namespace": "kube-system"}})}
    },
}


@pytest.mark.parametrize("marks", FORGED.values(), ids=FORGED.keys())
def test_secret_that_keeps_nothing_of_its_neighbor_is_no_sibling_of_it(marks: Object) -> None:
    assert previous_secret(merged(as_sibling(secret()), {"metadata": marks})) is None


def test_names_are_read_with_their_siblings_where_these_are_possible() -> None:
    long = "x" * 240

    assert with_siblings(("x", "x", long)) == ("x", sibling_name("x"), long)
    assert not is_sibling(secret())
