"""The flags that select kubeconfig contexts, as typed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.errors import UsageError

if TYPE_CHECKING:
    from pullsecret.model.request.connection import ConnectionFlags

_OF_ONE_CLUSTER = {
    "--context": "context",
    "--cluster": "cluster",
    "--user": "user",
    "--server": "server",
    "--token": "token",
    "--certificate-authority": "certificate_authority",
    "--client-certificate": "client_certificate",
    "--client-key": "client_key",
    "--tls-server-name": "tls_server_name",
}
"""Flags that say which server, or who the user is there: a credential must not go to servers that it is not for."""


@dataclass(frozen=True, kw_only=True)
class ContextFlags:
    """`patterns` are the values of --contexts, `exclude` those of --exclude-context, `every` is --all-contexts."""

    patterns: tuple[str, ...] = ()
    every: bool = False
    exclude: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse flags that contradict each other.

        Raises:
            UsageError: contexts are selected in two ways, or excluded from none.
        """
        if self.patterns and self.every:
            raise UsageError("--contexts and --all-contexts cannot be used together")
        if self.exclude and not self.is_given:
            raise UsageError("--exclude-context requires --contexts or --all-contexts")

    @property
    def is_given(self) -> bool:
        """Whether contexts are selected, so that the command is for several clusters."""
        return self.every or bool(self.patterns)

    def check_connection(self, connection: ConnectionFlags) -> None:
        """Refuse connection flags that are for one cluster.

        Raises:
            UsageError: one was given.
        """
        for flag, field in _OF_ONE_CLUSTER.items():
            if getattr(connection, field):
                own = "--all-contexts" if self.every else "--contexts"
                raise UsageError(f"{flag} and {own} cannot be used together")
