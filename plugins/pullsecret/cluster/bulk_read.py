"""Bulk reads: a handful of requests for any number of namespaces, falling back to single reads without permission."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.errors import ForbiddenError, NotFoundError, PullSecretError
from pullsecret.model.objects.objects import AnyKind, Kind, Object, as_it_is, name_of, namespace_of
from pullsecret.model.objects.pullsecret import DATA_KEYS, packed_secret, with_shared_data
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.owners.field_managers import with_few_managed_fields
from pullsecret.model.plan.observed import Key, Observed, combined_reads

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster

MAX_SINGLE_READS = 8
"""Up to this many objects are read one by one, which is cheaper for the server than a LIST of all of them."""


def read_by_keys(cluster: Cluster, kind: AnyKind, keys: Sequence[Key]) -> Observed:
    """Read the objects with these keys: one cluster-wide LIST per name, or one GET per key if that is less work."""
    names = dict.fromkeys(name for _, name in keys)
    if len(keys) <= MAX_SINGLE_READS * len(names):
        return read_one_by_one(cluster, kind, keys)
    try:
        lists = cluster.read_each(
            lambda name: cluster.read_all(kind, fields=f"metadata.name={name}", keep=kept_to_write), tuple(names)
        )
    except ForbiddenError:
        return read_one_by_one(cluster, kind, keys, note=_slow_note(kind))
    existing = {(namespace_of(item), name_of(item)): item for found in lists for item in found}
    return Observed(present={key: existing[key] for key in keys if key in existing})


def read_all_in(  # noqa: PLR0913  which objects, and what of them
    cluster: Cluster,
    kind: AnyKind,
    namespaces: Sequence[str],
    *,
    fields: str = "",
    metadata_only: bool = False,
    keep: Callable[[Object], Object] = as_it_is,
) -> Observed:
    """Read all objects of a kind in these namespaces: one cluster-wide LIST, or one per namespace if they are few.

    An unreadable namespace has the key (namespace, "").
    """

    def read(namespace: str) -> Sequence[Object]:
        return cluster.read_all(kind, namespace, fields=fields, metadata_only=metadata_only, keep=keep)

    if len(namespaces) <= MAX_SINGLE_READS:
        return _read_by_namespace(cluster, read, namespaces)
    try:
        found = read("")
    except ForbiddenError:
        return _read_by_namespace(cluster, read, namespaces, note=_slow_note(kind))
    wanted = set(namespaces)
    return Observed(
        present={(namespace_of(item), name_of(item)): item for item in found if namespace_of(item) in wanted}
    )


def read_pull_secrets(cluster: Cluster, namespaces: Sequence[str], *, has_siblings: bool = False) -> Observed:
    """Read the pull secrets of these namespaces, to look at: by a LIST for each type; siblings where they are wanted.

    What is large is held in little memory.
    """

    def read(kind: str) -> Observed:
        return read_all_in(cluster, Kind.SECRET, namespaces, fields=f"type={kind}", keep=_kept)

    found = combined_reads(cluster.read_each(read, tuple(DATA_KEYS)))
    wanted = {key: item for key, item in found.present.items() if has_siblings or not is_sibling(item)}
    return replace(found, present=wanted)


def read_all_pull_secrets(cluster: Cluster) -> Observed:
    """Read the pull secrets of the whole cluster, to look at; unreadable with the key ("", "") without permission."""

    def read(kind: str) -> Sequence[Object]:
        return cluster.read_all(Kind.SECRET, fields=f"type={kind}", keep=_kept)

    try:
        lists = cluster.read_each(read, tuple(DATA_KEYS))
    except ForbiddenError as error:
        return Observed(unreadable={("", ""): error})
    return Observed(present={(namespace_of(item), name_of(item)): item for found in lists for item in found})


def _kept(secret: Object) -> Object:
    return packed_secret(with_few_managed_fields(secret))


def kept_to_write(item: Object) -> Object:
    """One of 10,000 objects: copies share their data, and most of managedFields tells nothing."""
    return with_shared_data(with_few_managed_fields(item))


def _slow_note(kind: AnyKind) -> str:
    return f"note: not allowed to list {kind.value} in all namespaces; reading each namespace separately"


def read_one_by_one(cluster: Cluster, kind: AnyKind, keys: Sequence[Key], *, note: str = "") -> Observed:
    """Read the objects with these keys by one GET each; `note` is one of the result."""

    def one(key: Key) -> Object | PullSecretError | None:
        try:
            return cluster.read(kind, *key)
        except NotFoundError:
            return None
        except ForbiddenError as error:
            return error

    answers = dict(zip(keys, cluster.read_each(one, keys), strict=True))
    return Observed(
        present={key: answer for key, answer in answers.items() if isinstance(answer, Mapping)},
        unreadable={key: answer for key, answer in answers.items() if isinstance(answer, PullSecretError)},
        notes=(note,) if note else (),
    )


def _read_by_namespace(
    cluster: Cluster, read: Callable[[str], Sequence[Object]], namespaces: Sequence[str], *, note: str = ""
) -> Observed:
    def one(namespace: str) -> Sequence[Object] | PullSecretError:
        try:
            return read(namespace)
        except ForbiddenError as error:
            return error

    answers = dict(zip(namespaces, cluster.read_each(one, namespaces), strict=True))
    return Observed(
        present={
            (namespace, name_of(item)): item
            for namespace, answer in answers.items()
            if not isinstance(answer, PullSecretError)
            for item in answer
        },
        unreadable={
            (namespace, ""): answer for namespace, answer in answers.items() if isinstance(answer, PullSecretError)
        },
        notes=(note,) if note else (),
    )
