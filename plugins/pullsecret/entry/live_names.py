"""The names that only the kubeconfig or the cluster knows, for completion: read quickly, or not at all.

Completion must not prompt for a password or start a login: `connect(..., unattended=True)`.
"""

from __future__ import annotations

import os
import re
from contextlib import closing, suppress
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final

from pullsecret.cluster import connect
from pullsecret.errors import PullSecretError
from pullsecret.model.go.printable import is_printable
from pullsecret.model.objects.objects import Kind, mapping_at, name_of
from pullsecret.model.objects.pullsecret import DATA_KEYS
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import is_namespace_pattern

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pullsecret.cluster.client import Cluster
    from pullsecret.entry.partial_line import Line

SECONDS: Final = 1.3
"""The time limit; including the start of the program, completion takes less than 1.5 seconds."""


_WORD = re.compile(r"\w[\w.:/@%+=,-]*")
"""No blank, no quote, nothing that a shell expands, and no dash to begin with."""


def look_up_in_time(kind: str, line: Line) -> tuple[str, ...]:
    """Look up the names of a kind, sorted; none if that takes too long.

    The thread is then abandoned: name resolution, a slow disk and a credential plugin respect no deadline.
    """
    detach_from_terminal()
    found: SimpleQueue[tuple[str, ...]] = SimpleQueue()
    Thread(target=_look_up, args=(kind, line, found), daemon=True).start()
    with suppress(Empty):
        return found.get(timeout=SECONDS)
    return ()


def detach_from_terminal() -> None:
    """Detach from the terminal, so that no plugin can prompt on it, neither through stdin nor through /dev/tty."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if hasattr(os, "setsid"):
        with suppress(PermissionError):  # the leader of a process group cannot
            os.setsid()


def _look_up(kind: str, line: Line, found: SimpleQueue[tuple[str, ...]]) -> None:
    names: Iterable[str] = ()
    try:
        with suppress(PullSecretError):
            names = LOOKUPS[kind](line)
    finally:
        found.put(tuple(sorted(filter(can_be_offered, set(names)))))


def can_be_offered(name: str) -> bool:
    """Whether every shell takes a name as one word: the IBM Cloud CLI's script has the shell expand what is offered.

    A kubeconfig from elsewhere may name its contexts `$(program)`, `a --token=b`, or with a tab.
    """
    return bool(_WORD.fullmatch(name)) and is_printable(name)


def connection_for(line: Line) -> ConnectionFlags:
    """The connection flags on the line; a request may take the whole time limit."""
    insecure = line.given.get("--insecure-skip-tls-verify")
    return ConnectionFlags(
        kubeconfig=line.last("--kubeconfig"),
        context=line.last("--context") or _first_context(line),
        cluster=line.last("--cluster"),
        user=line.last("--user"),
        server=line.last("--server") or line.last("-s"),
        token=line.last("--token"),
        as_user=line.last("--as"),
        as_groups=tuple(line.given.get("--as-group", ())),
        as_uid=line.last("--as-uid"),
        certificate_authority=line.last("--certificate-authority"),
        client_certificate=line.last("--client-certificate"),
        client_key=line.last("--client-key"),
        insecure_skip_tls_verify=None if insecure is None else insecure[-1] in ("", "true"),
        tls_server_name=line.last("--tls-server-name"),
        request_timeout=f"{SECONDS}s",
        parallel=1,
    )


def _first_context(line: Line) -> str:
    """The first context that --contexts names, whose names are offered for all; "" where it has patterns only."""
    return next((word for word in line.values("--contexts") if not is_namespace_pattern(word)), "")


def source_connection(line: Line) -> ConnectionFlags:
    """The same for the cluster that copy reads from (actions/copy.py)."""
    flags = connection_for(line)
    return flags.elsewhere(line.last("--from-context"), line.last("--from-kubeconfig")) or flags


def _read_kubeconfig(flags: ConnectionFlags, part: str) -> Iterable[str]:
    from pullsecret.cluster.kubeconfig.files import load_kubeconfig

    entries: Mapping[str, object] = getattr(load_kubeconfig(flags.kubeconfig, os.environ), part)
    return entries


def _query_cluster(flags: ConnectionFlags, query: Callable[[Cluster], Iterable[str]]) -> Iterable[str]:
    with closing(connect(flags, environ=os.environ, unattended=True)) as cluster:
        return query(cluster)


def _read_namespaces(cluster: Cluster) -> Iterable[str]:
    """Read the namespaces that are not terminating."""
    items = cluster.read_all(Kind.NAMESPACE, metadata_only=True)
    return [name_of(item) for item in items if not mapping_at(item, "metadata").get("deletionTimestamp")]


def _read_pull_secrets(cluster: Cluster, namespaces: Iterable[str]) -> Iterable[str]:
    """Read names only: completion transfers no credentials."""
    return [
        name_of(item)
        for namespace in namespaces
        for kind in DATA_KEYS
        for item in cluster.read_all(Kind.SECRET, namespace, fields=f"type={kind}", metadata_only=True)
        if not is_sibling(item)
    ]


def _read_service_accounts(cluster: Cluster, namespaces: Iterable[str]) -> Iterable[str]:
    return [
        name_of(item)
        for namespace in namespaces
        for item in cluster.read_all(Kind.SERVICE_ACCOUNT, namespace, metadata_only=True)
    ]


def _read_pods(cluster: Cluster, namespaces: Iterable[str]) -> Iterable[str]:
    """Read the pods that have not started, by name, and the owners of pods as TYPE/NAME."""
    for namespace in namespaces:
        pending = cluster.read_all(Kind.POD, namespace, fields="status.phase=Pending", metadata_only=True)
        yield from (name_of(pod) for pod in pending)
        yield from _read_workloads(cluster, [namespace])


def _read_workloads(cluster: Cluster, namespaces: Iterable[str]) -> Iterable[str]:
    """Read the owners of pods that people know best, as TYPE/NAME."""
    for namespace in namespaces:
        for kind in (Kind.DEPLOYMENT, Kind.STATEFUL_SET, Kind.DAEMON_SET):
            found = cluster.read_all(kind, namespace, metadata_only=True)
            yield from (f"{kind.word}/{name_of(owner)}" for owner in found)


def _read_build_configs(cluster: Cluster, namespaces: Iterable[str]) -> Iterable[str]:
    for namespace in namespaces:
        yield from map(name_of, cluster.read_all(Kind.BUILD_CONFIG, namespace, metadata_only=True))


def _targets(line: Line, cluster: Cluster) -> list[str]:
    """The target namespaces: those given, all for -A, -l and patterns, or else that of the context."""
    names = line.values("--namespace", "--to")
    if "--all-namespaces" in line.given or line.last("--namespace-selector") or any(map(is_namespace_pattern, names)):
        return [""]
    return names or [cluster.namespace]


def _in_targets(read: Callable[[Cluster, Iterable[str]], Iterable[str]]) -> Callable[[Line], Iterable[str]]:
    def look_up(line: Line) -> Iterable[str]:
        if "--code-engine-project" in line.given:
            return ()  # those of the cluster are not meant, and completion does not sign in to IBM Cloud
        return _query_cluster(connection_for(line), lambda cluster: read(cluster, _targets(line, cluster)))

    return look_up


LOOKUPS: Final[Mapping[str, Callable[[Line], Iterable[str]]]] = {
    "contexts": lambda line: _read_kubeconfig(connection_for(line), "contexts"),
    "clusters": lambda line: _read_kubeconfig(connection_for(line), "clusters"),
    "users": lambda line: _read_kubeconfig(connection_for(line), "users"),
    "namespaces": lambda line: _query_cluster(connection_for(line), _read_namespaces),
    "pull-secrets": _in_targets(_read_pull_secrets),
    "service-accounts": _in_targets(_read_service_accounts),
    "pods": _in_targets(_read_pods),
    "workloads": _in_targets(_read_workloads),
    "build-configs": _in_targets(_read_build_configs),
    "source-contexts": lambda line: _read_kubeconfig(source_connection(line), "contexts"),
    "source-namespaces": lambda line: _query_cluster(source_connection(line), _read_namespaces),
    "source-pull-secrets": lambda line: _query_cluster(
        source_connection(line), lambda cluster: _read_pull_secrets(cluster, [line.last("--from") or "default"])
    ),
    "source-service-accounts": lambda line: _query_cluster(
        source_connection(line),
        lambda cluster: _read_service_accounts(cluster, [line.last("--from") or cluster.namespace]),
    ),
}
"""How each kind of commands/completion_hint.py is looked up."""
