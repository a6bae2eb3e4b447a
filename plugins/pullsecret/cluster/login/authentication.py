"""How a user proves who he is to the server: a token, a password, a certificate, or a program that knows one."""

from __future__ import annotations

import base64
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pullsecret.cluster.login.credential import Credential, bearer
from pullsecret.errors import ConfigError
from pullsecret.network.go_text import os_words, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pullsecret.cluster.kubeconfig.connection import Connection
    from pullsecret.cluster.kubeconfig.user import KeyPair, User

_FILE_SECONDS = 50.0  # client-go: transport/token_source.go, a minute less ten seconds


class Authenticator(Protocol):
    """Knows the user's credential now. Safe for use from many threads."""

    def credential(self) -> Credential:
        """The credential for a request; raises ConfigError or ConnectError when there is none to be had."""
        ...

    def renew(self, refused: Credential) -> bool:
        """Tries for another one after the server answered 401; True when a second request is worth its while."""
        ...


@dataclass(frozen=True, kw_only=True)
class FixedAuthenticator:
    """A credential that does not change: a token, a password, a certificate, or none."""

    fixed: Credential

    def credential(self) -> Credential:
        """The one there is."""
        return self.fixed

    def renew(self, refused: Credential) -> bool:  # noqa: ARG002  the protocol's
        """There is no other."""
        return False


class TokenFileAuthenticator:
    """A token in a file that somebody else renews: read again each minute, and at once after a refusal.

    `fallback` is the user's inline token, used when the file cannot be read at first; later the last token read
    stays good (client-go: transport/token_source.go).
    """

    def __init__(
        self, path: str, *, fallback: str, key_pair: KeyPair | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path, self._clock, self._key_pair = path, clock, key_pair
        self._lock = threading.Lock()
        self._token, self._read_at = fallback, float("-inf")

    def credential(self) -> Credential:
        """The token as last read."""
        with self._lock:
            if self._clock() - self._read_at > _FILE_SECONDS:
                self._read()
            return Credential(authorization=bearer(self._token), key_pair=self._key_pair)

    def renew(self, refused: Credential) -> bool:
        """Reads the file again; True when another token is in it."""
        with self._lock:
            self._read()
            return bearer(self._token) != refused.authorization

    def _read(self) -> None:
        try:
            text = Path(self._path).read_text(encoding="utf-8").strip()
        except OSError as error:
            if not self._token:
                raise ConfigError(f"error: open {self._path}: {os_words(error)}") from error
            return
        except UnicodeDecodeError:
            raise ConfigError(f"error: {self._path} holds no token") from None  # the cause would hold the content
        if not text and not self._token:
            raise ConfigError(f"error: read empty token from file {quoted(self._path)}")
        self._token, self._read_at = text or self._token, self._clock()


def authenticator_for(
    connection: Connection,
    *,
    environ: Mapping[str, str],
    stdin_free: bool,
    warn: Callable[[str], None],
    unattended: bool = False,
) -> Authenticator:
    """What identifies the connection's user; of several ways the first in client-go's order.

    Source: client-go transport/round_trippers.go (HTTPWrappersForConfig), rest/transport.go. Over https somebody who
    has no credential at all is refused here: kubectl would ask for a name and password. `unattended` refuses what
    would renew a login, or run a plugin that may ask its user something.

    Raises:
        ConfigError: the user has no usable credential.
    """
    user = connection.user
    if (user.token or user.token_file) and (user.username or user.password):
        raise ConfigError("error: username/password or bearer token may be set, but not both")
    if user.auth_provider is not None and user.auth_provider.name != "oidc":
        raise ConfigError(f"error: no Auth Provider found for name {quoted(user.auth_provider.name)}")
    if user.token_file:
        return TokenFileAuthenticator(user.token_file, fallback=user.token, key_pair=user.key_pair)
    if user.token or user.username or user.password:
        return FixedAuthenticator(fixed=Credential(authorization=_authorization(user), key_pair=user.key_pair))
    if unattended:
        _refuse_disturbance(user)
    return _indirect(connection, environ, stdin_free=stdin_free, warn=warn)


def _refuse_disturbance(user: User) -> None:
    """Raises ConfigError for a login that cannot go on by itself."""
    if user.key_pair is None and user.exec_plugin is not None and user.exec_plugin.interactive_mode != "Never":
        raise ConfigError(f"error: {user.exec_plugin.command} may ask something, and nobody is there")
    if user.auth_provider is not None:
        from pullsecret.cluster.login.oidc import is_current  # noqa: PLC0415  few users need it

        if not is_current(user.auth_provider.config):
            raise ConfigError("error: the login has expired, and nobody asked to renew it")


def _indirect(
    connection: Connection, environ: Mapping[str, str], *, stdin_free: bool, warn: Callable[[str], None]
) -> Authenticator:
    """A certificate, or somebody else who knows a credential."""
    user = connection.user
    if user.auth_provider is not None:
        from pullsecret.cluster.login.oidc import OidcAuthenticator  # noqa: PLC0415  few users need it

        return OidcAuthenticator(user.auth_provider, key_pair=user.key_pair, environ=environ, warn=warn)
    if user.key_pair is not None:
        return FixedAuthenticator(fixed=Credential(key_pair=user.key_pair))
    if user.exec_plugin is not None:
        from pullsecret.cluster.login.execplugin import ExecAuthenticator  # noqa: PLC0415  the same

        return ExecAuthenticator(user.exec_plugin, connection, environ=environ, stdin_free=stdin_free)
    if connection.server.startswith("https://"):
        raise ConfigError(f"error: no credentials for {connection.server}: {user.name} has none")
    return FixedAuthenticator(fixed=Credential())


def _authorization(user: User) -> str:
    if user.token:
        return bearer(user.token)
    pair = f"{user.username}:{user.password}".encode()
    return f"Basic {base64.b64encode(pair).decode('ascii')}"
