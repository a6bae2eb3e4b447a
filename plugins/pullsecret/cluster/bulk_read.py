"""Bulk reading: a handful of requests for any number of namespaces, and one by one where only that is allowed."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, TypeVar

from pullsecret.errors import ForbiddenError, NotFoundError, PullSecretError
from pullsecret.model.objects.objects import Kind, Object, mapping_at, name_of, namespace_of
from pullsecret.model.plan.observed import Key, Observed, ObservedNamespaces
from pullsecret.model.request.targets import Selection, Targets

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.request.common import Attachment

Asked = TypeVar("Asked")
Answer = TypeVar("Answer")

FEW = 8
"""Up to this many objects are read one by one: cheaper for the server than a LIST that looks at all of them."""


def select_namespaces(cluster: Cluster, targets: Targets) -> Selection:
    """The namespaces that the targets come to; without target flags, the one of the connection.

    Raises:
        ForbiddenError: -A or -l without the right to list namespaces.
    """
    if targets.every or targets.selector:
        found = _listed_namespaces(cluster, targets.selector)
        return _selection(targets, [name_of(item) for item in found], {name_of(item): item for item in found}, {})
    names = list(dict.fromkeys(targets.names or (cluster.namespace,)))
    part = _seen_namespaces(cluster, names)
    present = {name: item for (_, name), item in part.present.items()}
    return _selection(targets, names, present, {name: error for (_, name), error in part.unreadable.items()})


def _selection(
    targets: Targets, names: list[str], present: Mapping[str, Object], unreadable: Mapping[str, PullSecretError]
) -> Selection:
    """Sort names out; one that may not be read counts as there, because the server knows better when we write."""
    kept = [name for name in names if not targets.is_excluded(name)]
    terminating = tuple(name for name in kept if "deletionTimestamp" in mapping_at(present.get(name, {}), "metadata"))
    return Selection(
        names=tuple(name for name in kept if name not in set(terminating)),
        missing=frozenset(name for name in kept if name not in present and name not in unreadable),
        terminating=terminating,
    )


def _listed_namespaces(cluster: Cluster, selector: str) -> Sequence[Object]:
    try:
        return cluster.read_all(Kind.NAMESPACE, labels=selector, metadata_only=True)
    except ForbiddenError as error:
        error.hint = "without the right to list namespaces, name them: -n team-a,team-b"
        raise


def _seen_namespaces(cluster: Cluster, names: Sequence[str]) -> Observed:
    keys = [("", name) for name in names]
    if len(names) <= FEW:
        return _seen_one_by_one(cluster, Kind.NAMESPACE, keys)
    try:
        found = cluster.read_all(Kind.NAMESPACE, metadata_only=True)
    except ForbiddenError:
        return _seen_one_by_one(cluster, Kind.NAMESPACE, keys)
    return Observed(present={("", name_of(item)): item for item in found})


def see_keys(cluster: Cluster, kind: Kind, keys: Sequence[Key]) -> Observed:
    """What is there under these keys: a LIST a name of the whole cluster, or a GET a key where that is less work."""
    names = dict.fromkeys(name for _, name in keys)
    if len(keys) <= FEW * len(names):
        return _seen_one_by_one(cluster, kind, keys)
    try:
        found = [item for name in names for item in cluster.read_all(kind, fields=f"metadata.name={name}")]
    except ForbiddenError:
        return _seen_one_by_one(cluster, kind, keys, note=_slow_note(kind))
    there = {(namespace_of(item), name_of(item)): item for item in found}
    return Observed(present={key: there[key] for key in keys if key in there})


def see_all(
    cluster: Cluster, kind: Kind, namespaces: Sequence[str], *, fields: str = "", metadata_only: bool = False
) -> Observed:
    """All objects of a kind in these namespaces: one LIST of the cluster, or one a namespace when they are few.

    The key of an unreadable entry is (namespace, ""): nothing is known of that whole namespace.
    """

    def ask(namespace: str) -> Sequence[Object]:
        return cluster.read_all(kind, namespace, fields=fields, metadata_only=metadata_only)

    if len(namespaces) <= FEW:
        return _seen_by_namespace(cluster, ask, namespaces)
    try:
        found = ask("")
    except ForbiddenError:
        return _seen_by_namespace(cluster, ask, namespaces, note=_slow_note(kind))
    wanted = set(namespaces)
    return Observed(
        present={(namespace_of(item), name_of(item)): item for item in found if namespace_of(item) in wanted}
    )


def _slow_note(kind: Kind) -> str:
    return f"note: no right to list {kind.value} in all namespaces, so each namespace is asked by itself"


def _seen_one_by_one(cluster: Cluster, kind: Kind, keys: Sequence[Key], *, note: str = "") -> Observed:
    def one(key: Key) -> Object | PullSecretError | None:
        try:
            return cluster.read(kind, *key)
        except NotFoundError:
            return None
        except ForbiddenError as error:
            return error

    answers = dict(zip(keys, _answered(cluster, one, keys), strict=True))
    return Observed(
        present={key: answer for key, answer in answers.items() if isinstance(answer, Mapping)},
        unreadable={key: answer for key, answer in answers.items() if isinstance(answer, PullSecretError)},
        notes=(note,) if note else (),
    )


def _seen_by_namespace(
    cluster: Cluster, ask: Callable[[str], Sequence[Object]], namespaces: Sequence[str], *, note: str = ""
) -> Observed:
    def one(namespace: str) -> Sequence[Object] | PullSecretError:
        try:
            return ask(namespace)
        except ForbiddenError as error:
            return error

    answers = dict(zip(namespaces, _answered(cluster, one, namespaces), strict=True))
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


def _answered(cluster: Cluster, ask: Callable[[Asked], Answer], questions: Sequence[Asked]) -> list[Answer]:
    """The answers in the questions' order, asked at the same time where there are several."""
    if len(questions) <= 1:
        return [ask(question) for question in questions]
    with ThreadPoolExecutor(min(cluster.parallel, len(questions))) as pool:
        return list(pool.map(ask, questions))


def read_namespaces(
    cluster: Cluster, selection: Selection, names_in: Callable[[str], Sequence[str]], attachment: Attachment | None
) -> ObservedNamespaces:
    """What there is of the secrets of these names, of the service accounts meant, and of the pods that wait.

    Args:
        cluster: the target cluster.
        selection: the namespaces chosen; those still missing hold nothing and are not asked.
        names_in: the names of the secrets that matter in a namespace.
        attachment: which service accounts matter; None for none.
    """
    there = [name for name in selection.names if name not in selection.missing]
    keys = [(namespace, name) for namespace in there for name in names_in(namespace)]
    return ObservedNamespaces(
        selection=selection,
        secrets=see_keys(cluster, Kind.SECRET, keys),
        accounts=see_accounts(cluster, selection, attachment),
        pods=_seen_pending_pods(cluster, there),
    )


def see_accounts(cluster: Cluster, selection: Selection, attachment: Attachment | None) -> Observed:
    """The service accounts that an attachment means; none for None."""
    namespaces = [name for name in selection.names if name not in selection.missing]
    if attachment is None:
        return Observed()
    if attachment.every:
        return see_all(cluster, Kind.SERVICE_ACCOUNT, namespaces)
    keys = [(namespace, name) for namespace in namespaces for name in attachment.accounts]
    return see_keys(cluster, Kind.SERVICE_ACCOUNT, keys)


def _seen_pending_pods(cluster: Cluster, namespaces: Sequence[str]) -> Observed:
    """The pods that have not started: only they can wait for their first image (a pull is before Running)."""
    part = see_all(cluster, Kind.POD, namespaces, fields="status.phase=Pending")
    if not part.unreadable:
        return Observed(present=part.present)
    note = "note: no right to list pods, so it is not told which pods wait for this secret"
    return Observed(present=part.present, notes=(note,))
