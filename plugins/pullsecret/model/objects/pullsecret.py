"""Pull secrets as Kubernetes objects: what a copy carries, and what may be done to a secret that is there already."""

from __future__ import annotations

import base64
from dataclasses import dataclass

from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import Kind, Object, mapping_at, merged, name_of, namespace_of, text_at

DOCKER_CONFIG_JSON = "kubernetes.io/dockerconfigjson"
DATA_KEYS = {DOCKER_CONFIG_JSON: ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}
"""The two types that the kubelet reads, and the data key of each (kubernetes: pkg/credentialprovider/secrets)."""

MANAGED_BY = "app.kubernetes.io/managed-by"
OURS = "kubectl-pullsecret"
COPIED_FROM = "kubectl-pullsecret/copied-from"
SOURCE_UID = "kubectl-pullsecret/source-uid"
SOURCE_CLUSTER = "kubectl-pullsecret/source-cluster"
"""On copies that came from another cluster, where the source cannot be looked at: `other`."""


@dataclass(frozen=True, kw_only=True)
class ReplacePolicy:
    """How far a secret of the same name may be changed: `overwrite` its data, or `force`: delete and make it anew."""

    overwrite: bool = False
    force: bool = False


def is_pull_secret(secret: Object) -> bool:
    """Whether the kubelet would read this secret's type at all."""
    return text_at(secret, "type") in DATA_KEYS


def is_ours(secret: Object) -> bool:
    """Whether this program made the secret, or marked it with --overwrite."""
    return text_at(secret, "metadata", "labels", MANAGED_BY) == OURS


def built(name: str, docker_config: bytes) -> Object:
    """A new `kubernetes.io/dockerconfigjson` secret around the bytes of a docker config, for no namespace yet."""
    return {
        "apiVersion": "v1",
        "kind": Kind.SECRET.title,
        "metadata": {"name": name, "labels": {MANAGED_BY: OURS}},
        "type": DOCKER_CONFIG_JSON,
        "data": {DATA_KEYS[DOCKER_CONFIG_JSON]: base64.b64encode(docker_config).decode()},
    }


def copied(source: Object, name: str, *, is_elsewhere: bool = False) -> Object:
    """A copy of a pull secret under a name: its type, data and `immutable`, and where it came from; nothing else.

    Args:
        source: the secret to copy.
        name: the copy's name.
        is_elsewhere: the source is in another cluster.

    Raises:
        RefusedError: the source is no pull secret.
    """
    if not is_pull_secret(source):
        what = f'secrets "{name_of(source)}" in namespace {namespace_of(source)}'
        raise RefusedError(f"{what} is of type {text_at(source, 'type')}, not a pull secret ({', '.join(DATA_KEYS)})")
    provenance = {
        COPIED_FROM: f"{namespace_of(source)}/{name_of(source)}",
        SOURCE_UID: text_at(source, "metadata", "uid"),
        **({SOURCE_CLUSTER: "other"} if is_elsewhere else {}),
    }
    return {
        "apiVersion": "v1",
        "kind": Kind.SECRET.title,
        "metadata": {"name": name, "labels": {MANAGED_BY: OURS}, "annotations": provenance},
        "type": source["type"],
        "data": mapping_at(source, "data"),
        **({"immutable": True} if source.get("immutable") is True else {}),
    }


def in_namespace(secret: Object, namespace: str) -> Object:
    """The same secret, for a namespace."""
    return merged(secret, {"metadata": {"namespace": namespace}})


def holds_same(seen: Object, fresh: Object) -> bool:
    """Whether a secret has the type and every data entry of another; entries of its own do not count."""
    data = mapping_at(seen, "data")
    return seen.get("type") == fresh.get("type") and all(
        data.get(key) == value for key, value in mapping_at(fresh, "data").items()
    )


def must_be_made_anew(seen: Object, wanted: Object) -> bool:
    """Whether the server would refuse the update: a type cannot change, nor an immutable secret's data.

    Source: kubernetes pkg/apis/core/validation, ValidateSecretUpdate.
    """
    return seen.get("type") != wanted.get("type") or (
        seen.get("immutable") is True and seen.get("data") != wanted.get("data")
    )


def placed(seen: Object | None, fresh: Object, replace_policy: ReplacePolicy) -> Object:
    """The secret wanted where another of its name may be: the table "what it changes, and what it refuses".

    Args:
        seen: the secret that is there, or None.
        fresh: the secret to put, with its namespace.
        replace_policy: what the user allows to be done to one that is not ours, or cannot be updated.

    Raises:
        RefusedError: it is somebody else's, or of another type, or immutable, and the flag for that was not given.
    """
    if seen is None:
        return fresh
    if holds_same(seen, fresh):
        return seen
    wanted = merged(seen, {**fresh, "metadata": _new_marks(fresh)})
    if must_be_made_anew(seen, wanted):
        return _made_anew(seen, fresh, replace_policy)
    if not (is_ours(seen) or replace_policy.overwrite or replace_policy.force):
        what = f'secrets "{name_of(seen)}" already exists in namespace {namespace_of(seen)}'
        raise RefusedError(f"{what} and is not managed by {OURS}; use --overwrite to replace its data")
    return wanted


def _marks(secret: Object) -> Object:
    found = {key: mapping_at(secret, "metadata", key) for key in ("labels", "annotations")}
    return {key: marks for key, marks in found.items() if marks}


def _new_marks(fresh: Object) -> Object:
    """The marks to put on a secret that is there: where its data came from before is no longer true."""
    marks = _marks(fresh)
    annotations = mapping_at(marks, "annotations")
    return {**marks, "annotations": {SOURCE_CLUSTER: None, **annotations}} if annotations else marks


def _made_anew(seen: Object, fresh: Object, replace_policy: ReplacePolicy) -> Object:
    what = f'secrets "{name_of(seen)}" in namespace {namespace_of(seen)}'
    if not replace_policy.force:
        immutable = seen.get("type") == fresh.get("type")
        trouble = "is immutable" if immutable else f"is of type {text_at(seen, 'type')}, which cannot be changed"
        raise RefusedError(f"{what} {trouble}; use --force to delete it and make it anew")
    if mapping_at(seen, "metadata").get("finalizers"):
        raise RefusedError(f"{what} has finalizers and would stay; remove them, and it can be made anew")
    return merged({"metadata": _marks(seen)}, fresh)


def as_manifest(target: Object) -> Object:
    """An object as a file holds it: without what only the server fills in."""
    server_side = dict.fromkeys(
        ("uid", "resourceVersion", "creationTimestamp", "managedFields", "generation", "selfLink", "deletionTimestamp")
    )
    return merged(target, {"metadata": server_side, "status": None})
