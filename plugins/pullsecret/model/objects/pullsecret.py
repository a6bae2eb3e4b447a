"""Pull secrets as Kubernetes objects: what a copy contains, and when an existing secret may be replaced."""

from __future__ import annotations

import base64
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from sys import intern
from typing import Final

from pullsecret.errors import RefusedError
from pullsecret.model.objects.code_engine_names import check_not_automatic
from pullsecret.model.objects.generated_secrets import check_not_generated
from pullsecret.model.objects.objects import (
    LAST_APPLIED,
    Kind,
    Object,
    label_problem,
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
from pullsecret.model.objects.sibling import is_sibling

DOCKER_CONFIG_JSON = "kubernetes.io/dockerconfigjson"
DATA_KEYS = {DOCKER_CONFIG_JSON: ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg"}
"""The two types that the kubelet reads, and the data key of each (kubernetes: pkg/credentialprovider/secrets)."""

MANAGED = "kubectl-pullsecret/managed"
"""The label of what this program manages, with the value `true`."""

MANAGED_BY = "app.kubernetes.io/managed-by"
"""Set where it is absent: others find their objects by it, and Helm deletes none that has another value."""

_PROGRAM = "kubectl-pullsecret"
_COPIED_FROM = "kubectl-pullsecret/copied-from"
_PROOF = "kubectl-pullsecret/proof"
_SOURCE_CLUSTER = "kubectl-pullsecret/source-cluster"
EDITED_BY = "kubectl-pullsecret/edited-by"
"""Who edited the data of a managed secret before a rotation changed a credential in it, which hides that otherwise."""

IBM_API_KEY: Final = "kubectl-pullsecret/ibm-api-key-id"
IBM_SERVICE_ID: Final = "kubectl-pullsecret/ibm-service-id"
"""Which API key of IBM Cloud is in the data, and whose it is. A tenant can write both: IAM is asked before acting."""

_ORIGIN = (_COPIED_FROM, _PROOF, _SOURCE_CLUSTER, EDITED_BY, IBM_API_KEY, IBM_SERVICE_ID)
"""What is no longer true when the data is replaced."""

OTHER_CLUSTER = "other"
"""The source's cluster, where its identity is not known."""

MANAGED_LABELS: Final = {MANAGED_BY: _PROGRAM, MANAGED: "true"}
"""The labels of an object that this program creates."""

_BEGINNING = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Provenance:
    """Which secret a copy was made of: where it is, and its cluster ("" for the copy's own)."""

    namespace: str
    name: str
    cluster: str = ""

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}"

    @property
    def local_key(self) -> tuple[str, str] | None:
        """The namespace and name of the source in this cluster; None when it is in another one."""
        return None if self.cluster else (self.namespace, self.name)


@dataclass(frozen=True, kw_only=True)
class ReplacePolicy:
    """What may be done to an existing secret.

    `overwrite` one that is not managed, `recreate` one that is fixed, and with `force_conflicts` write one that another
    party manages, all the same.
    """

    overwrite: bool = False
    recreate: bool = False
    force_conflicts: bool = False


def is_pull_secret(secret: Object) -> bool:
    """Whether the kubelet would read this secret's type at all."""
    return text_at(secret, "type") in DATA_KEYS


def packed_secret(secret: Object) -> Object:
    """A secret to read only, with large data in little memory."""
    return {**secret, "data": {key: packed(value) for key, value in mapping_at(secret, "data").items()}}


def with_shared_data(item: Object) -> Object:
    """The same object; equal texts in its data and that of others are one text in memory."""
    data = mapping_at(item, "data")
    if not data:
        return item
    return {**item, "data": {key: intern(value) if type(value) is str else value for key, value in data.items()}}


def is_marked(secret: Object) -> bool:
    """Whether a secret has the label of what this program manages; `is_ours` tells whether that is true."""
    return text_at(secret, "metadata", "labels", MANAGED) == "true"


def provenance_of(secret: Object) -> Provenance | None:
    """Where a secret was copied from, as it says; None for one that is not a copy.

    A mark that no object can have as its namespace and name is none: the server would reject a read of it, and with
    that a tenant could stop the commands that read the sources of all copies.
    """
    marks = mapping_at(secret, "metadata", "annotations")
    namespace, _, name = text_at(marks, _COPIED_FROM).partition("/")
    if label_problem(namespace) or subdomain_problem(name):
        return None
    return Provenance(namespace=namespace, name=name, cluster=text_at(marks, _SOURCE_CLUSTER))


def is_proven(copy: Object, source: Object) -> bool:
    """Whether a copy was made by a user who could read its source, for the place where it is.

    The proof is an HMAC over its namespace and name, keyed with the uid of the source, which is written nowhere else.
    A source that was recreated has another uid.
    """
    proof = text_at(copy, "metadata", "annotations", _PROOF)
    wanted = _proof(source, namespace_of(copy), name_of(copy))
    return hmac.compare_digest(proof.encode("utf-8", "surrogatepass"), wanted.encode())


def _proof(source: Object, namespace: str, name: str) -> str:
    uid = text_at(source, "metadata", "uid")
    return hmac.new(uid.encode(), f"{namespace}/{name}".encode(), "sha256").hexdigest()


def is_source_of(candidate: Object, copy: Object) -> bool:
    """Whether a secret of this cluster is the one that was copied, or was recreated in its place since then.

    A secret that existed already when the copy was written, and by which it has no proof, is an unrelated one.
    """
    provenance = provenance_of(copy)
    if provenance is None or provenance.local_key != (namespace_of(candidate), name_of(candidate)):
        return False
    if is_proven(copy, candidate):
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
        "metadata": {"name": name, "labels": dict(MANAGED_LABELS)},
        "type": DOCKER_CONFIG_JSON,
        "data": {DATA_KEYS[DOCKER_CONFIG_JSON]: base64.b64encode(docker_config).decode()},
    }


def copied(source: Object, name: str, namespace: str, *, cluster: str = "") -> Object:
    """A copy of a pull secret: its type, data and `immutable`, and where it came from, with the proof; nothing else.

    Args:
        source: the secret to copy.
        name: the copy's name.
        namespace: the copy's namespace.
        cluster: the identity of the source's cluster, if that is another one.

    Raises:
        RefusedError: the source is not a pull secret, it is the sibling of one, or another party renews it.
    """
    if is_sibling(source):
        raise RefusedError(f"{_what(source)} keeps the previous data of another secret and cannot be copied")
    check_not_automatic(name_of(source), _what(source))
    check_not_generated(source, _what(source))
    if not is_pull_secret(source):
        raise RefusedError(
            f"{_what(source)} has type {text_at(source, 'type')} and is not a pull secret ({', '.join(DATA_KEYS)})"
        )
    provenance = {
        _COPIED_FROM: f"{namespace_of(source)}/{name_of(source)}",
        _PROOF: _proof(source, namespace, name),
        **({_SOURCE_CLUSTER: cluster} if cluster else {}),
    }
    return {
        "apiVersion": "v1",
        "kind": Kind.SECRET.title,
        "metadata": {"name": name, "namespace": namespace, "labels": dict(MANAGED_LABELS), "annotations": provenance},
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


def overwritten(current: Object, new: Object) -> Object:
    """An existing secret with the data and the marks of a new one; everything else stays."""
    return merged(current, {**new, "metadata": _marks_over(current, new)})


def recreated(previous: Object, new: Object) -> Object:
    """A new secret in the place of one that is deleted: with its labels, annotations and owners, immutable if that was.

    What `kubectl apply` recorded has the previous data in it, and goes with them.
    """
    owners = mappings_at(previous, "metadata", "ownerReferences")
    kept = merged(_marks(previous), _marks_over(previous, new))
    kept = {**kept, **({"ownerReferences": list(owners)} if owners else {})}
    annotations = merged(mapping_at(kept, "annotations"), {LAST_APPLIED: None})
    kept = {**kept, **({"annotations": annotations} if annotations else {"annotations": None})}
    fixed = {"immutable": True} if previous.get("immutable") is True else {}
    return {**new, **fixed, "metadata": merged(mapping_at(new, "metadata"), kept)}


def _what(secret: Object) -> str:
    return f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)}'


def _marks(secret: Object) -> Object:
    return {key: mapping_at(secret, "metadata", key) for key in ("labels", "annotations")}


def _marks_over(current: Object, new: Object) -> Object:
    """The labels and annotations to put on an existing secret; where its previous data came from no longer applies."""
    marks = _marks(new)
    managed_by = text_at(current, "metadata", "labels", MANAGED_BY) or _PROGRAM
    there = mapping_at(current, "metadata", "annotations")
    previous = {key: None for key in _ORIGIN if key in there}
    annotations = {**previous, **mapping_at(marks, "annotations")}
    labels = {**mapping_at(marks, "labels"), MANAGED_BY: managed_by}
    return {"labels": labels, **({"annotations": annotations} if annotations else {})}
