"""The clusters of a run: which contexts are meant, which of them are one cluster, and their logins."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Generic

from pullsecret.cluster import connect
from pullsecret.cluster.identity import read_identity
from pullsecret.cluster.kubeconfig.connection import resolve_connection
from pullsecret.cluster.kubeconfig.files import load_kubeconfig
from pullsecret.cluster.kubeconfig.same_cluster import grouped_connections, is_same_server, is_same_user
from pullsecret.cluster.login.shared_logins import SharedLogins
from pullsecret.errors import PullSecretError
from pullsecret.model.go.printable import Printable
from pullsecret.model.objects.pullsecret import OTHER_CLUSTER
from pullsecret.model.request.context_flags import ContextFlags
from pullsecret.model.request.contexts import NO_CONTEXTS, choose_contexts
from pullsecret.model.request.gathered import Gathered
from pullsecret.network.side_by_side import call_each
from pullsecret.pipeline.prepared import AnyRequest
from pullsecret.report.streams import log, print_message, warn
from pullsecret.system.open_files import raise_open_file_limit
from pullsecret.system.variables import without_variable

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import ExitStack

    from pullsecret.cluster.client import Cluster
    from pullsecret.cluster.kubeconfig.connection import Connection
    from pullsecret.cluster.kubeconfig.files import Kubeconfig
    from pullsecret.model.request.command_request import Output
    from pullsecret.model.request.connection import ConnectionFlags

AT_ONCE: Final = 20
"""So many clusters are read or written at a time."""

_FILES_KEPT, _CONNECTIONS, _MOST, _FEWEST = 100, 240, 128, 4
"""Open files left for other things; connections to all clusters, and to one of them at most and at least.

More connections than these cost more to open than they save: each takes a millisecond of two processors.
"""


@dataclass(frozen=True, kw_only=True)
class Member(Generic[AnyRequest]):
    """One cluster of a run: the request for it, and the cluster, or the error for which there is none.

    `connections` are those of the contexts that reach it as the same user, of which the first one is used.
    """

    request: AnyRequest
    connections: tuple[Connection, ...] = ()
    cluster: Cluster | None = None
    error: PullSecretError | None = None

    @property
    def context(self) -> str:
        """The context that is used, by which the cluster is called."""
        return self.request.connection.context


def open_members(
    request: AnyRequest, opened: ExitStack, check_number: Callable[[int], None]
) -> tuple[Member[AnyRequest], ...]:
    """Connect to the clusters of a request and log in, one after another; they are in the order of the contexts.

    A login that fails is the error of its cluster alone.

    Args:
        request: its flags select the contexts. What it reads on this machine is read once, before the logins.
        opened: closes the clusters.
        check_number: gets the number of clusters before anything is read, and may refuse it.

    Raises:
        ConfigError: the kubeconfig cannot be read, or has no context of a name.
        UsageError: the flags do not go together.
        PullSecretError: the login at a further cluster fails, which all of them need.
    """
    request.targets.contexts.check_connection(request.connection)
    kubeconfig = load_kubeconfig(request.connection.kubeconfig, os.environ)
    chosen = choose_contexts(request.targets.contexts, tuple(kubeconfig.contexts))
    for note in chosen.notes or (() if chosen.names else (NO_CONTEXTS,)):
        print_message(Printable(note))
    places = _places_of(chosen.names, request.connection, kubeconfig)
    _print_other_users([place[0] for place in places.values() if not isinstance(place, PullSecretError)])
    check_number(len(places))
    request = request.with_input(log)
    gathered = Gathered()
    members = [
        _make_member(place, _for_context(request, name, gathered, len(places))) for name, place in places.items()
    ]
    return _join_by_identity(_log_in(members, kubeconfig, opened), request)


_Place = tuple["Connection", ...] | PullSecretError


def _places_of(names: Sequence[str], flags: ConnectionFlags, kubeconfig: Kubeconfig) -> dict[str, _Place]:
    """The clusters by their first contexts: the connections of all their contexts, or why there is none."""
    failed: dict[str, PullSecretError] = {}
    found: list[Connection] = []
    for name in names:
        try:
            found.append(resolve_connection(replace(flags, context=name), os.environ, kubeconfig=kubeconfig))
        except PullSecretError as error:
            failed[name] = error
    groups = {group[0].context: tuple(group) for group in grouped_connections(found)}
    places: dict[str, _Place] = {**groups, **failed}
    return {name: places[name] for name in names if name in places}


def _print_other_users(connections: Sequence[Connection]) -> None:
    """Tell which contexts are one cluster as different users: what one may not do, another one may."""
    for position, connection in enumerate(connections):
        for earlier in connections[:position]:
            if is_same_server(connection, earlier):
                line = f"note: context {connection.context} is the same cluster as context {earlier.context}"
                print_message(Printable(f"{line}, as another user"))
                break


def _for_context(request: AnyRequest, name: str, gathered: Gathered, number: int) -> AnyRequest:
    """The request as if it were for one context, of so many that share --parallel."""
    parallel = request.connection.parallel
    share = None if parallel is None else max(1, parallel // min(number, AT_ONCE))
    return replace(
        request,
        connection=replace(request.connection, context=name, parallel=share),
        targets=replace(request.targets, contexts=ContextFlags()),
        output=replace(request.output, context=name, gathered=gathered, spans_namespaces=True),
    )


def _make_member(place: _Place, request: AnyRequest) -> Member[AnyRequest]:
    if isinstance(place, PullSecretError):
        return Member(request=request, error=place)
    return _set_namespaces(Member(request=request, connections=place), request)


def _set_namespaces(member: Member[AnyRequest], request: AnyRequest) -> Member[AnyRequest]:
    """The member with the namespace of each of its contexts as a target, where the request names none.

    Its other contexts are told.
    """
    for connection in member.connections[1:]:
        line = f"note: context {connection.context} is the same cluster and user as context {member.context}"
        print_message(Printable(line))
    spaces = tuple(dict.fromkeys(connection.namespace for connection in member.connections))
    if len(spaces) == 1 or request.targets.is_given:
        return member
    targets = replace(request.targets, names=spaces)
    return replace(member, request=replace(member.request, targets=targets))


def _log_in(
    members: Sequence[Member[AnyRequest]], kubeconfig: Kubeconfig, opened: ExitStack
) -> list[Member[AnyRequest]]:
    """The members with their clusters, after their logins: each login once, one after another."""
    if not members:
        return []
    request, most, logins = members[0].request, _share_of_connections(len(members)), SharedLogins()
    environ = without_variable(os.environ, request.password_variable)

    def open_one(flags: ConnectionFlags, files: Kubeconfig | None, output: Output) -> Cluster:
        return connect(
            flags,
            environ=environ,
            log=log,
            warn=lambda line: warn(Printable(output.located(line))),
            stdin_free=not request.reads_stdin,
            kubeconfig=files,
            logins=logins,
            most=most,
        )

    for flags in request.other_connections:
        with closing(open_one(flags, None, replace(request.output, gathered=None))) as cluster:
            cluster.log_in()
    return [_log_in_at(one, lambda flags, output: open_one(flags, kubeconfig, output), opened) for one in members]


def _log_in_at(
    member: Member[AnyRequest], open_one: Callable[[ConnectionFlags, Output], Cluster], opened: ExitStack
) -> Member[AnyRequest]:
    if member.error is not None:
        return member
    try:
        cluster = open_one(member.request.connection, member.request.output)
        opened.callback(cluster.close)
        cluster.log_in()
    except PullSecretError as error:
        return replace(member, error=error)
    return replace(member, cluster=cluster)


def _share_of_connections(clusters: int) -> int:
    """How many connections each of so many clusters may have, so that all of them have enough files."""
    files = min(_CONNECTIONS, raise_open_file_limit() - _FILES_KEPT)
    return max(_FEWEST, min(_MOST, files // clusters))


def _join_by_identity(members: Sequence[Member[AnyRequest]], request: AnyRequest) -> tuple[Member[AnyRequest], ...]:
    """The members, those that reach one cluster as one user under several addresses as one.

    Only those with equal credentials are asked for the identity of their cluster, and without it they stay apart.
    """
    asked = {
        one.context: one.cluster
        for one in members
        if one.cluster and any(_has_same_user(one, other) for other in members if other is not one)
    }
    identities = dict(zip(asked, call_each(_read_identity_of, asked.values(), at_once=AT_ONCE), strict=True))
    kept: list[Member[AnyRequest]] = []
    for one in members:
        identity = identities.get(one.context, "")
        same = [other for other in kept if identity and identities.get(other.context) == identity]
        if first := next((other for other in same if _has_same_user(one, other)), None):
            joined = replace(first, connections=(*first.connections, *one.connections))
            kept[kept.index(first)] = _set_namespaces(joined, request)
        else:
            kept.append(one)
    return tuple(kept)


def _has_same_user(one: Member[AnyRequest], other: Member[AnyRequest]) -> bool:
    has_both = one.cluster is not None and other.cluster is not None
    return has_both and is_same_user(one.connections[0], other.connections[0])


def _read_identity_of(cluster: Cluster) -> str:
    """Read what tells a cluster from others; "" if it is not known."""
    try:
        return read_identity(cluster).removeprefix(OTHER_CLUSTER)
    except PullSecretError:
        return ""
