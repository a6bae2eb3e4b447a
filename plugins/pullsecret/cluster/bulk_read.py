"""Bulk reads: a handful of requests for any number of namespaces, falling back to single reads without permission."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from pullsecret.errors import ForbiddenError, NotFoundError, PullSecretError
from pullsecret.model.objects.objects import Kind, Object, as_it_is, mapping_at, name_of, namespace_of
from pullsecret.model.objects.pullsecret import DATA_KEYS, packed_secret
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.owners.field_managers import with_few_managed_fields
from pullsecret.model.plan.observed import Key, Observed, ObservedNamespaces, combined_reads
from pullsecret.model.request.selection import mistyped_exclude_error, mistyped_excludes, selection_of

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.request.command_request import Attachment
    from pullsecret.model.request.targets import Selection, Targets

Argument = TypeVar("Argument")
_Result = TypeVar("_Result")

MAX_SINGLE_READS = 8
"""Up to this many objects are read one by one, which is cheaper for the server than a LIST of all of them."""


def select_namespaces(cluster: Cluster, targets: Targets) -> Selection:
    """Read the namespaces that the targets select; without target flags, the connection's namespace.

    Raises:
        ForbiddenError: -A, -l or a pattern without permission to list namespaces.
        UsageError: an --exclude name is no namespace, but begins some.
    """
    if targets.is_broad:
        part = _list_namespaces(cluster, targets.selector)
    else:
        part = _read_namespaces_by_name(cluster, targets.named or (cluster.namespace,))
    existing = {name: "deletionTimestamp" in mapping_at(item, "metadata") for (_, name), item in part.present.items()}
    for name, others in mistyped_excludes(targets, existing).items():
        if not _read_one_by_one(cluster, Kind.NAMESPACE, [("", name)]).present:
            raise mistyped_exclude_error(name, others)
    return selection_of(targets, cluster.namespace, existing, [name for _, name in part.unreadable])


def _list_namespaces(cluster: Cluster, selector: str) -> Observed:
    try:
        found = cluster.read_all(Kind.NAMESPACE, labels=selector, metadata_only=True)
        return Observed(present={("", name_of(item)): item for item in found})
    except ForbiddenError as error:
        hint = "specify namespaces explicitly: -n team-a,team-b"
        raise ForbiddenError(error.message, code=error.code, reason=error.reason, hint=hint) from error


def _read_namespaces_by_name(cluster: Cluster, names: Sequence[str]) -> Observed:
    keys = [("", name) for name in names]
    if len(names) <= MAX_SINGLE_READS:
        return _read_one_by_one(cluster, Kind.NAMESPACE, keys)
    try:
        found = cluster.read_all(Kind.NAMESPACE, metadata_only=True)
    except ForbiddenError:
        return _read_one_by_one(cluster, Kind.NAMESPACE, keys)
    return Observed(present={("", name_of(item)): item for item in found})


def read_by_keys(cluster: Cluster, kind: Kind, keys: Sequence[Key]) -> Observed:
    """Read the objects with these keys: one cluster-wide LIST per name, or one GET per key if that is less work."""
    names = dict.fromkeys(name for _, name in keys)
    if len(keys) <= MAX_SINGLE_READS * len(names):
        return _read_one_by_one(cluster, kind, keys)
    try:
        found = [item for name in names for item in cluster.read_all(kind, fields=f"metadata.name={name}")]
    except ForbiddenError:
        return _read_one_by_one(cluster, kind, keys, note=_slow_note(kind))
    existing = {(namespace_of(item), name_of(item)): item for item in found}
    return Observed(present={key: existing[key] for key in keys if key in existing})


def read_all_in(  # noqa: PLR0913  which objects, and what of them
    cluster: Cluster,
    kind: Kind,
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
    found = combined_reads(
        [read_all_in(cluster, Kind.SECRET, namespaces, fields=f"type={kind}", keep=_kept) for kind in DATA_KEYS]
    )
    wanted = {key: item for key, item in found.present.items() if has_siblings or not is_sibling(item)}
    return replace(found, present=wanted)


def _kept(secret: Object) -> Object:
    return packed_secret(with_few_managed_fields(secret))


def _slow_note(kind: Kind) -> str:
    return f"note: not allowed to list {kind.value} in all namespaces; reading each namespace separately"


def _read_one_by_one(cluster: Cluster, kind: Kind, keys: Sequence[Key], *, note: str = "") -> Observed:
    def one(key: Key) -> Object | PullSecretError | None:
        try:
            return cluster.read(kind, *key)
        except NotFoundError:
            return None
        except ForbiddenError as error:
            return error

    answers = dict(zip(keys, _map_in_parallel(cluster, one, keys), strict=True))
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

    answers = dict(zip(namespaces, _map_in_parallel(cluster, one, namespaces), strict=True))
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


def _map_in_parallel(
    cluster: Cluster, read: Callable[[Argument], _Result], arguments: Sequence[Argument]
) -> list[_Result]:
    """Call `read` for each argument, in parallel if there are several; the results keep the arguments' order."""
    if len(arguments) <= 1:
        return [read(argument) for argument in arguments]
    with ThreadPoolExecutor(min(cluster.reads_at_once, len(arguments))) as pool:
        return list(pool.map(read, arguments))


def read_namespaces(
    cluster: Cluster, selection: Selection, names_in: Callable[[str], Sequence[str]], attachment: Attachment | None
) -> ObservedNamespaces:
    """Read the secrets with these names, the service accounts to attach to, and the pending pods.

    Args:
        cluster: the target cluster.
        selection: the selected namespaces; missing ones are not read.
        names_in: the names of the secrets to read in a namespace.
        attachment: which service accounts to read; None for none.
    """
    existing = selection.usable
    keys = [(namespace, name) for namespace in existing for name in names_in(namespace)]
    return ObservedNamespaces(
        selection=selection,
        secrets=read_by_keys(cluster, Kind.SECRET, keys),
        accounts=read_accounts(cluster, selection, attachment),
        pods=_read_pending_pods(cluster, existing),
    )


def read_accounts(cluster: Cluster, selection: Selection, attachment: Attachment | None) -> Observed:
    """Read the service accounts that an attachment selects; none for None."""
    namespaces = selection.usable
    if attachment is None:
        return Observed()
    if attachment.every:
        return read_all_in(cluster, Kind.SERVICE_ACCOUNT, namespaces)
    keys = [(namespace, name) for namespace in namespaces for name in attachment.accounts]
    return read_by_keys(cluster, Kind.SERVICE_ACCOUNT, keys)


def _read_pending_pods(cluster: Cluster, namespaces: Sequence[str]) -> Observed:
    """Read the pending pods: only they can be waiting for a first image, which is pulled before Running."""
    part = read_all_in(cluster, Kind.POD, namespaces, fields="status.phase=Pending")
    if not part.unreadable:
        return Observed(present=part.present)
    note = "note: not allowed to list pods; cannot report waiting pods"
    return Observed(present=part.present, notes=(note,))
