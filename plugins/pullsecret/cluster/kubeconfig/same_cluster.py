"""Which connections reach the same server as the same user: pure, from what kubeconfig says."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.cluster.kubeconfig.connection import Connection


def grouped_connections(connections: Iterable[Connection]) -> Sequence[Sequence[Connection]]:
    """The connections, those to one server as one user together, in the order of the first of each."""
    groups: list[list[Connection]] = []
    for connection in connections:
        for group in groups:
            if is_same_server(connection, group[0]) and is_same_user(connection, group[0]):
                group.append(connection)
                break
        else:
            groups.append([connection])
    return groups


def is_same_server(one: Connection, other: Connection) -> bool:
    """Whether the addresses are equal, and the servers are recognized by the same certificates."""
    return _address(one.server) == _address(other.server) and one.trust == other.trust


def is_same_user(one: Connection, other: Connection) -> bool:
    """Whether the credentials are equal, whatever kubeconfig calls the user, and the impersonated identity is."""
    users = [replace(connection.user, name="") for connection in (one, other)]
    return users[0] == users[1] and one.impersonation == other.impersonation


def _address(server: str) -> tuple[str, str, int | None, str]:
    parts = urlsplit(server)
    port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    return parts.scheme, parts.hostname or "", port, parts.path.rstrip("/")
