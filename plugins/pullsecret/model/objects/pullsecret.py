"""Pull secrets as Kubernetes objects: what a copy contains, and when an existing secret may be replaced."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from datetime import UTC, datetime

from pullsecret.errors import RefusedError
from pullsecret.model.objects.objects import (
    LAST_APPLIED,
    Kind,
    Object,
    mapping_at,
    mappings_at,
    merged,
    name_of,
    namespace_of,
    point_in_time,
    subdomain_problem,
    text_at,
)
from pullsecret.model.objects.packed import packed
from pullsecret.model.objects.sibling import is_sibling, sibling_name

DOCKER_CONFIG_JSON = "kubernetes.io/dockerconfigjson"
DATA_KEYS = {DOCKER_CONFIG_JSON: ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}
"""The two types that the kubelet reads, and the data key of each (kubernetes: pkg/credentialprovider/secrets)."""

MANAGED_BY = "app.kubernetes.io/managed-by"
OURS = "kubectl-pullsecret"
_COPIED_FROM = "kubectl-pullsecret/copied-from"
_SOURCE_UID = "kubectl-pullsecret/source-uid"
_SOURCE_CLUSTER = "kubectl-pullsecret/source-cluster"
"""`other` on copies from another cluster, whose source cannot be read."""

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Which secret a copy was made of: where it is, its uid then, and its cluster ("" for the copy's own)."""

    namespace: str
    name: str
    uid: str
    cluster: str = ""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def local_key(self) -> tuple[str, str] | None:
        """The namespace and name of the source in this cluster; None when it is in another one."""
        return None if self.cluster else (self.namespace, self.name)


@dataclass(frozen=True, kw_only=True)
class ReplacePolicy:
    """What may be done to an existing secret: `overwrite` one that others manage, `recreate` one that is fixed."""

    overwrite: bool = False
    recreate: bool = False


def is_pull_secret(secret: Object) -> bool:
    """Whether the kubelet would read this secret's type at all."""
    return text_at(secret, "type") in DATA_KEYS


def packed_secret(secret: Object) -> Object:
    """A secret to read only, with large data in little memory."""
    return {**secret, "data": {key: packed(value) for key, value in mapping_at(secret, "data").items()}}


def is_ours(secret: Object) -> bool:
    """Whether kubectl-pullsecret manages the secret: it created it, or took it over with --overwrite."""
    return text_at(secret, "metadata", "labels", MANAGED_BY) == OURS


def provenance_of(secret: Object) -> Provenance | None:
    """Where a secret was copied from; None for one that is not a copy."""
    marks = mapping_at(secret, "metadata", "annotations")
    namespace, slash, name = text_at(marks, _COPIED_FROM).partition("/")
    if not (namespace and slash and name):
        return None
    uid, cluster = text_at(marks, _SOURCE_UID), text_at(marks, _SOURCE_CLUSTER)
    return Provenance(namespace=namespace, name=name, uid=uid, cluster=cluster)


def is_source_of(candidate: Object, copy: Object) -> bool:
    """Whether a secret of this cluster is the one that was copied, or was recreated in its place since then.

    A secret that existed already when the copy was written is an unrelated one of the same name: early versions did
    not record that a copy came from another cluster.
    """
    provenance = provenance_of(copy)
    if provenance is None or provenance.local_key != (namespace_of(candidate), name_of(candidate)):
        return False
    if text_at(candidate, "metadata", "uid") == provenance.uid:
        return True
    copied_at = max(filter(None, (_created(copy), last_written(copy))), default=_BEGINNING)
    return (_created(candidate) or _BEGINNING) > copied_at


def last_written(secret: Object) -> datetime | None:
    """When a secret's data was last written, or a little later; None when the server keeps no record of that."""
    times = [
        time
        for entry in mappings_at(secret, "metadata", "managedFields")
        if mapping_at(entry, "fieldsV1").get("f:data") is not None and (time := point_in_time(text_at(entry, "time")))
    ]
    return max(times, default=None)


def _created(secret: Object) -> datetime | None:
    return point_in_time(text_at(secret, "metadata", "creationTimestamp"))


def built(name: str, docker_config: bytes) -> Object:
    """A new `kubernetes.io/dockerconfigjson` secret with the bytes of a docker config, without a namespace."""
    return {
        "apiVersion": "v1",
        "kind": Kind.SECRET.title,
        "metadata": {"name": name, "labels": {MANAGED_BY: OURS}},
        "type": DOCKER_CONFIG_JSON,
        "data": {DATA_KEYS[DOCKER_CONFIG_JSON]: base64.b64encode(docker_config).decode()},
    }


def copied(source: Object, name: str, *, is_elsewhere: bool = False) -> Object:
    """A copy of a pull secret: its type, data and `immutable`, and where it came from; nothing else.

    Args:
        source: the secret to copy.
        name: the copy's name.
        is_elsewhere: the source is in another cluster.

    Raises:
        RefusedError: the source is not a pull secret, or it is the sibling of one.
    """
    if is_sibling(source):
        raise RefusedError(f"{_what(source)} keeps the previous data of another secret and cannot be copied")
    if not is_pull_secret(source):
        raise RefusedError(
            f"{_what(source)} has type {text_at(source, 'type')} and is not a pull secret ({', '.join(DATA_KEYS)})"
        )
    provenance = {
        _COPIED_FROM: f"{namespace_of(source)}/{name_of(source)}",
        _SOURCE_UID: text_at(source, "metadata", "uid"),
        **({_SOURCE_CLUSTER: "other"} if is_elsewhere else {}),
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
    """The same secret with a namespace."""
    return merged(secret, {"metadata": {"namespace": namespace}})


def holds_same(current: Object, new: Object) -> bool:
    """Whether a secret has the type and every data entry of another; additional entries do not count."""
    data = mapping_at(current, "data")
    return current.get("type") == new.get("type") and all(
        data.get(key) == value for key, value in mapping_at(new, "data").items()
    )


def must_be_recreated(current: Object, desired: Object) -> bool:
    """Whether the server would reject an update: neither a type nor an immutable secret's data can change.

    Source: kubernetes pkg/apis/core/validation, ValidateSecretUpdate.
    """
    return current.get("type") != desired.get("type") or (
        current.get("immutable") is True and current.get("data") != desired.get("data")
    )


def placed(current: Object | None, new: Object, replace_policy: ReplacePolicy) -> Object:
    """The desired state of a secret whose name may be taken: the rules for existing secrets.

    Args:
        current: the existing secret, or None.
        new: the secret to put there, with its namespace.
        replace_policy: what the user allows if the existing one is not ours, or cannot be updated.

    Raises:
        RefusedError: it is not a pull secret, which no flag replaces; or a flag for replacing it is missing.
    """
    if current is None:
        return new
    if not is_pull_secret(current):
        raise RefusedError(
            f"{_what(current)} has type {text_at(current, 'type')} and is not a pull secret; "
            "kubectl-pullsecret never replaces it: use another name"
        )
    if holds_same(current, new):
        return current
    desired = merged(current, {**new, "metadata": _new_marks(new)})
    must_go = must_be_recreated(current, desired)
    _check_allowed(current, replace_policy, must_go=must_go, is_retyped=current.get("type") != new.get("type"))
    return recreated(current, new) if must_go else desired


def _check_allowed(current: Object, replace_policy: ReplacePolicy, *, must_go: bool, is_retyped: bool) -> None:
    """Refuse to replace a secret without all flags that it takes, which the message names together."""
    needs_overwrite = not (is_ours(current) or replace_policy.overwrite)
    unmanaged = f"is not managed by {OURS}"
    if must_go and not replace_policy.recreate:
        reason = f"has type {text_at(current, 'type')}, which cannot be changed," if is_retyped else "is immutable"
        reason = f"{reason} and {unmanaged}" if needs_overwrite else reason.removesuffix(",")
        flags = "--overwrite and --recreate" if needs_overwrite else "--recreate"
        raise RefusedError(f"{_what(current)} {reason}; use {flags} to delete and recreate it")
    if needs_overwrite:
        what = f'secrets "{name_of(current)}" already exists in namespace {namespace_of(current)}'
        raise RefusedError(f"{what} and {unmanaged}; use --overwrite to replace its data")
    if must_go and mapping_at(current, "metadata").get("finalizers"):
        raise RefusedError(f"{_what(current)} has finalizers; remove them before it can be recreated")
    if must_go and (problem := subdomain_problem(sibling_name(name_of(current)))):
        raise RefusedError(
            f"{_what(current)} cannot be recreated: the name of the secret that keeps its data meanwhile {problem}"
        )


def recreated(previous: Object, new: Object) -> Object:
    """A new secret in the place of one that is deleted: with its labels and annotations, and immutable if that was."""
    marks = merged(_marks(previous), _new_marks(new))
    kept = merged(marks, {"annotations": {LAST_APPLIED: None}}) if "annotations" in marks else marks
    fixed = {"immutable": True} if previous.get("immutable") is True else {}
    return {**new, **fixed, "metadata": merged(mapping_at(new, "metadata"), kept)}


def _what(secret: Object) -> str:
    return f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)}'


def _marks(secret: Object) -> Object:
    found = {key: mapping_at(secret, "metadata", key) for key in ("labels", "annotations")}
    return {key: marks for key, marks in found.items() if marks}


def _new_marks(new: Object) -> Object:
    """The marks to put on an existing secret; where its previous data came from no longer applies."""
    marks = _marks(new)
    annotations = mapping_at(marks, "annotations")
    return {**marks, "annotations": {_SOURCE_CLUSTER: None, **annotations}} if annotations else marks
