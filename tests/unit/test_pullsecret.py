"""What a copy contains, and what proves where it comes from."""

from __future__ import annotations

import json

import pytest

from objects import docker_config_secret, encoded, registry_entry
from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import Object, as_manifest, mapping_at, merged, text_at
from pullsecret.model.objects.pullsecret import (
    Provenance,
    copied,
    is_proven,
    is_pull_secret,
    provenance_of,
    with_shared_data,
)

OLD_DATA = {".dockerconfigjson": encoded(json.dumps({"auths": {"reg.example": registry_entry()}}))}


def secret(**change: object) -> Object:
    """An unmanaged secret with other data, as the server would send it."""
    seen: Object = docker_config_secret("x", {}, namespace="team", uid="1", resourceVersion="7", labels={"app": "shop"})
    return {**seen, "data": OLD_DATA, **change}


def test_equal_data_of_many_secrets_is_in_memory_once() -> None:
    copies = [json.loads(json.dumps(secret())) for _ in range(2)]

    one, other = (mapping_at(with_shared_data(copy), "data") for copy in copies)

    assert one == other == OLD_DATA
    assert one[".dockerconfigjson"] is other[".dockerconfigjson"]


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

    made = copied(source, "y", "a")

    assert made == {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": "y",
            "namespace": "a",
            "labels": {"app.kubernetes.io/managed-by": "kubectl-pullsecret", "kubectl-pullsecret/managed": "true"},
            "annotations": {
                "kubectl-pullsecret/copied-from": "team/x",
                "kubectl-pullsecret/proof": text_at(made, "metadata", "annotations", "kubectl-pullsecret/proof"),
            },
        },
        "type": "kubernetes.io/dockerconfigjson",
        "data": OLD_DATA,
    }


@pytest.mark.parametrize(("immutable", "carried"), [(True, True), (False, None), (None, None)])
def test_copied_is_immutable_only_if_the_source_is(*, immutable: bool | None, carried: bool | None) -> None:
    assert copied(secret(immutable=immutable), "y", "a").get("immutable") is carried


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
            copied(found, "y", "a")


def test_manifest_has_no_field_that_only_the_server_sets() -> None:
    seen = merged(secret(), {"metadata": {"creationTimestamp": "2026-01-01T00:00:00Z", "managedFields": []}})

    assert as_manifest(seen) == {
        "kind": "Secret",
        "metadata": {"name": "x", "namespace": "team", "labels": {"app": "shop"}},
        "type": "kubernetes.io/dockerconfigjson",
        "data": OLD_DATA,
    }


def test_copy_is_proven_only_by_its_source_and_only_where_it_is() -> None:
    source = secret()

    made = copied(source, "y", "a", cluster="7")

    assert provenance_of(made) == Provenance(namespace="team", name="x", cluster="7")
    assert text_at(source, "metadata", "uid") not in mapping_at(made, "metadata", "annotations").values()
    assert is_proven(made, source)
    assert not is_proven(made, merged(source, {"metadata": {"uid": "2"}}))
    for moved in ({"namespace": "b"}, {"name": "z"}, {"annotations": {"kubectl-pullsecret/proof": "\ud800"}}):
        assert not is_proven(merged(made, {"metadata": moved}), source)


@pytest.mark.parametrize(
    "mark", ["x", "/x", "a/", "a/..", "./x", "a/b/c", "a b/x", "a/x%2f", "a/x\n", "A/x", "a/" + "x" * 254]
)
def test_mark_that_no_object_can_have_makes_no_copy(mark: str) -> None:
    marked = merged(secret(), {"metadata": {"annotations": {"kubectl-pullsecret/copied-from": mark}}})
    assert provenance_of(marked) is None
