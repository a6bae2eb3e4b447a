"""What only kubeconfig or the cluster knows, for TAB: names, asked for quickly, or not at all.

Nobody who presses TAB wants to wait, to be asked for a password, or to log in: `connect(..., unattended=True)`.
"""

from __future__ import annotations

import os
from contextlib import closing, suppress
from dataclasses import replace
from queue import Empty, SimpleQueue
from threading import Thread
from typing import TYPE_CHECKING, Final

from pullsecret.cluster import connect
from pullsecret.errors import PullSecretError
from pullsecret.model.objects.objects import Kind, mapping_at, name_of
from pullsecret.model.objects.pullsecret import DATA_KEYS
from pullsecret.model.request.connection import ConnectionFlags

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from pullsecret.cluster.client import Cluster
    from pullsecret.entry.partial_line import Line

SECONDS: Final = 1.3
"""How long all of it may take; with the program's start it stays below a second and a half."""


def in_time(kind: str, line: Line) -> tuple[str, ...]:
    """The names of a kind, in order; none when they cannot be had in time.

    The thread is left to itself then: name resolution, a slow disk and a credential plug-in heed no deadline.
    """
    alone()
    found: SimpleQueue[tuple[str, ...]] = SimpleQueue()
    Thread(target=_ask, args=(kind, line, found), daemon=True).start()
    with suppress(Empty):
        return found.get(timeout=SECONDS)
    return ()


def alone() -> None:
    """Leave the terminal, so that no plug-in can ask anything on it: neither through stdin nor through /dev/tty."""
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    if hasattr(os, "setsid"):
        with suppress(PermissionError):  # a process group's leader cannot, as when a shell ran us without kubectl
            os.setsid()


def _ask(kind: str, line: Line, found: SimpleQueue[tuple[str, ...]]) -> None:
    names: Iterable[str] = ()
    try:
        with suppress(PullSecretError):
            names = LOOKUPS[kind](line)
    finally:
        found.put(tuple(sorted(set(names))))


def connection_for(line: Line) -> ConnectionFlags:
    """The connection flags on the line; one request may take as long as all may."""
    insecure = line.given.get("--insecure-skip-tls-verify")
    return ConnectionFlags(
        kubeconfig=line.last("--kubeconfig"),
        context=line.last("--context"),
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


def source_connection(line: Line) -> ConnectionFlags:
    """The same for the cluster that copy reads from (actions/copy.py)."""
    flags = connection_for(line)
    context, kubeconfig = line.last("--from-context"), line.last("--from-kubeconfig")
    if not (context or kubeconfig):
        return flags
    return replace(
        flags, context=context or ("" if kubeconfig else flags.context), kubeconfig=kubeconfig or flags.kubeconfig
    )


def _kubeconfig(flags: ConnectionFlags, part: str) -> Iterable[str]:
    from pullsecret.cluster.kubeconfig.files import load_kubeconfig

    entries: Mapping[str, object] = getattr(load_kubeconfig(flags.kubeconfig, os.environ), part)
    return entries


def _cluster(flags: ConnectionFlags, ask: Callable[[Cluster], Iterable[str]]) -> Iterable[str]:
    with closing(connect(flags, environ=os.environ, unattended=True)) as cluster:
        return ask(cluster)


def _namespaces(cluster: Cluster) -> Iterable[str]:
    """All that are not being deleted."""
    items = cluster.read_all(Kind.NAMESPACE, metadata_only=True)
    return [name_of(item) for item in items if not mapping_at(item, "metadata").get("deletionTimestamp")]


def _pull_secrets(cluster: Cluster, namespaces: Iterable[str]) -> Iterable[str]:
    """Names only: no credential is sent for TAB."""
    return [
        name_of(item)
        for namespace in namespaces
        for kind in DATA_KEYS
        for item in cluster.read_all(Kind.SECRET, namespace, fields=f"type={kind}", metadata_only=True)
    ]


def _service_accounts(cluster: Cluster, namespaces: Iterable[str]) -> Iterable[str]:
    return [
        name_of(item)
        for namespace in namespaces
        for item in cluster.read_all(Kind.SERVICE_ACCOUNT, namespace, metadata_only=True)
    ]


def _pods(cluster: Cluster, namespaces: Iterable[str]) -> Iterable[str]:
    """The pods that have not started, by name, and the owners of pods as TYPE/NAME."""
    for namespace in namespaces:
        pending = cluster.read_all(Kind.POD, namespace, fields="status.phase=Pending", metadata_only=True)
        yield from (name_of(pod) for pod in pending)
        for kind in (Kind.DEPLOYMENT, Kind.STATEFUL_SET, Kind.DAEMON_SET):
            found = cluster.read_all(kind, namespace, metadata_only=True)
            yield from (f"{kind.word}/{name_of(owner)}" for owner in found)


def _targets(line: Line, cluster: Cluster) -> list[str]:
    """The namespaces to look into: those named, all for -A and -l, else the context's."""
    if "--all-namespaces" in line.given or line.last("--selector"):
        return [""]
    return line.values("--namespace", "--to") or [cluster.namespace]


def _in_targets(look: Callable[[Cluster, Iterable[str]], Iterable[str]]) -> Callable[[Line], Iterable[str]]:
    return lambda line: _cluster(connection_for(line), lambda cluster: look(cluster, _targets(line, cluster)))


LOOKUPS: Final[Mapping[str, Callable[[Line], Iterable[str]]]] = {
    "contexts": lambda line: _kubeconfig(connection_for(line), "contexts"),
    "clusters": lambda line: _kubeconfig(connection_for(line), "clusters"),
    "users": lambda line: _kubeconfig(connection_for(line), "users"),
    "namespaces": lambda line: _cluster(connection_for(line), _namespaces),
    "pull-secrets": _in_targets(_pull_secrets),
    "service-accounts": _in_targets(_service_accounts),
    "pods": _in_targets(_pods),
    "source-contexts": lambda line: _kubeconfig(source_connection(line), "contexts"),
    "source-namespaces": lambda line: _cluster(source_connection(line), _namespaces),
    "source-pull-secrets": lambda line: _cluster(
        source_connection(line), lambda cluster: _pull_secrets(cluster, [line.last("--from") or "default"])
    ),
}
"""How each kind of commands/completes.py is looked up."""
