"""Authenticates the user to the API server: token, password, client certificate, or credential plugin."""

from __future__ import annotations

import base64
import threading
import time
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pullsecret.cluster.login.credential import Credential, bearer
from pullsecret.cluster.login.shared_logins import SharedLogins
from pullsecret.errors import ConfigError
from pullsecret.network.go_text import os_words, quoted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pullsecret.cluster.kubeconfig.connection import Connection
    from pullsecret.cluster.kubeconfig.user import KeyPair, User
    from pullsecret.model.go.printable import Printable

_FILE_SECONDS = 50.0  # client-go: transport/token_source.go, a minute less ten seconds


class Authenticator(Protocol):
    """Provides the user's current credential. Safe for concurrent use."""

    def credential(self) -> Credential:
        """Return the credential for a request; raises ConfigError or ConnectError without one."""
        ...

    def renew(self, refused: Credential) -> bool:
        """Try to get another one after a 401 response; True if the request is worth repeating."""
        ...


@dataclass(frozen=True, kw_only=True)
class FixedAuthenticator:
    """A credential that never changes: a token, a password, a certificate, or none."""

    fixed: Credential

    def credential(self) -> Credential:
        """Return the credential."""
        return self.fixed

    def renew(self, refused: Credential) -> bool:  # noqa: ARG002  the protocol's
        """Return False: there is no other."""
        return False


class TokenFileAuthenticator:
    """A token file that another program renews: read again every minute, and immediately after a 401 response.

    `fallback` is the user's inline token, used if the file cannot be read at first; later the last token stays in
    use (client-go: transport/token_source.go).
    """

    def __init__(
        self, path: str, *, fallback: str, key_pair: KeyPair | None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._path, self._clock, self._key_pair = path, clock, key_pair
        self._lock = threading.Lock()
        self._token, self._read_at = fallback, float("-inf")

    def credential(self) -> Credential:
        """Return the token, read again if it is due."""
        with self._lock:
            if self._clock() - self._read_at > _FILE_SECONDS:
                self._read()
            return Credential(authorization=bearer(self._token), key_pair=self._key_pair)

    def renew(self, refused: Credential) -> bool:
        """Read the file again; True if the token changed."""
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
            raise ConfigError(f"error: {self._path} is not a token file") from None  # the cause would quote the content
        if not text and not self._token:
            raise ConfigError(f"error: read empty token from file {quoted(self._path)}")
        self._token, self._read_at = text or self._token, self._clock()


def authenticator_for(  # noqa: PLR0913  what `connect` passes on
    connection: Connection,
    *,
    environ: Mapping[str, str],
    stdin_free: bool,
    warn: Callable[[Printable], None],
    unattended: bool = False,
    logins: SharedLogins | None = None,
) -> Authenticator:
    """Return the authenticator of the connection's user; of several methods, the first in client-go's order.

    Source: client-go transport/round_trippers.go (HTTPWrappersForConfig), rest/transport.go. Over HTTPS a user without
    any credential is refused here; kubectl would prompt for a username and password. `unattended` refuses to renew a
    login or to run a plugin that may prompt. `logins` are those of the other clusters of the run.

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
        _refuse_prompts(user)
    return _indirect(connection, environ, logins or SharedLogins(), stdin_free=stdin_free, warn=warn)


def _refuse_prompts(user: User) -> None:
    """Raise ConfigError for a login that could prompt the user."""
    if user.key_pair is None and user.exec_plugin is not None and user.exec_plugin.interactive_mode != "Never":
        raise ConfigError(f"error: credential plugin {user.exec_plugin.command} is interactive; skipped")
    if user.auth_provider is not None:
        from pullsecret.cluster.login.oidc import is_current  # noqa: PLC0415  few users need it

        if not is_current(user.auth_provider.config):
            raise ConfigError("error: the login has expired and is not renewed here")


def _indirect(
    connection: Connection,
    environ: Mapping[str, str],
    logins: SharedLogins,
    *,
    stdin_free: bool,
    warn: Callable[[Printable], None],
) -> Authenticator:
    """Return the authenticator for OIDC, a client certificate or a credential plugin."""
    user = connection.user
    if user.auth_provider is not None:
        from pullsecret.cluster.login.oidc import OidcAuthenticator  # noqa: PLC0415  few users need it

        oidc = partial(OidcAuthenticator, user.auth_provider, key_pair=user.key_pair, environ=environ, warn=warn)
        return logins.authenticator((user.auth_provider, user.key_pair), oidc)
    if user.key_pair is not None:
        return FixedAuthenticator(fixed=Credential(key_pair=user.key_pair))
    if user.exec_plugin is not None:
        from pullsecret.cluster.login.execplugin import ExecAuthenticator, plugin_login  # noqa: PLC0415  the same

        plugin = partial(ExecAuthenticator, user.exec_plugin, connection, environ=environ, stdin_free=stdin_free)
        return logins.authenticator(plugin_login(user.exec_plugin, connection), partial(plugin, turn=logins.turn))
    if connection.server.startswith("https://"):
        raise ConfigError(f"error: no credentials for {connection.server}: {user.name} has none")
    return FixedAuthenticator(fixed=Credential())


def _authorization(user: User) -> str:
    if user.token:
        return bearer(user.token)
    pair = f"{user.username}:{user.password}".encode()
    return f"Basic {base64.b64encode(pair).decode('ascii')}"
