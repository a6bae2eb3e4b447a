"""Runs credential plugins: programs that kubeconfig specifies and that print a token, a client certificate, or both.

Source of rules and messages: client-go plugin/pkg/client/auth/exec/exec.go.
"""

from __future__ import annotations

import datetime as dt
import json
import sys
import threading
from typing import TYPE_CHECKING, Any, Final

from pullsecret.cluster.login.clock import seems_ended
from pullsecret.cluster.login.execcredential import InvalidExecCredentialError, cluster_info, credential_in
from pullsecret.errors import ConnectError
from pullsecret.model.go.printable import printable
from pullsecret.network.go_text import os_words, plain
from pullsecret.programs.find_program import find_program
from pullsecret.programs.run_program import LimitError, inherited_environment, run_program
from pullsecret.system.terminal import is_terminal_input
from pullsecret.system.variables import with_variables

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.cluster.kubeconfig.connection import Connection
    from pullsecret.cluster.kubeconfig.user import ExecPlugin
    from pullsecret.cluster.login.credential import Credential

_SECONDS: Final = 600.0
"""How long a plugin may take: a login in a browser takes minutes. kubectl waits without end."""

_NOT_INSTALLED = """

It looks like you are trying to use a client-go credential plugin that is not installed.

To learn more about this feature, consult the documentation available at:
      https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins"""


class ExecAuthenticator:
    """Runs the plugin if there is no credential, if it expired, and once after a 401 response.

    One thread runs it while the others wait, since it may prompt; so do the plugins of other clusters, which share
    `turn`. A plugin that fails is an error; the program never
    continues anonymously.
    """

    def __init__(
        self,
        plugin: ExecPlugin,
        connection: Connection,
        *,
        environ: Mapping[str, str],
        stdin_free: bool,
        turn: threading.Lock | None = None,
    ) -> None:
        self._turn = turn or threading.Lock()
        self._plugin, self._environ, self._stdin_free = plugin, environ, stdin_free
        self._cluster = cluster_info(connection, plugin) if plugin.provide_cluster_info else None
        self._lock = threading.Lock()
        self._current: Credential | None = None
        self._expires: dt.datetime | None = None
        self._failed_for: Credential | None = None
        self._failure: ConnectError | None = None

    def credential(self) -> Credential:
        """Return the plugin's credential, cached until it expires."""
        with self._lock:
            return self._current if self._current is not None and not self._is_expired() else self._run()

    def renew(self, refused: Credential) -> bool:
        """Run the plugin again unless another thread already did; True if the credential changed.

        Requests that were under way together are refused together: a plugin that fails has failed for all of them.
        """
        with self._lock:
            if self._current is refused:
                self._run_once_for(refused)
            return self._current != refused

    def _is_expired(self) -> bool:
        return self._expires is not None and dt.datetime.now(dt.UTC) > self._expires

    def _run_once_for(self, refused: Credential) -> None:
        if self._failure is not None and self._failed_for is refused:
            raise self._failure
        try:
            self._run()
        except ConnectError as error:
            self._failed_for, self._failure = refused, error
            raise

    def _run(self) -> Credential:
        try:
            with self._turn:
                output = self._run_plugin()
            credential, self._expires = credential_in(output, self._plugin.api_version)
        except InvalidExecCredentialError as error:
            raise _plugin_error(str(error)) from error
        now = dt.datetime.now(dt.UTC).timestamp()
        if self._expires is not None and seems_ended(self._expires.timestamp(), now):
            self._expires = None
        self._current = credential
        return credential

    def _run_plugin(self) -> bytes:
        """Run the plugin and return its output; raises ConnectError if it fails. Its stderr is ours."""
        interactive = self._is_interactive()
        program = _find_program(self._plugin, self._environ)
        try:
            done = run_program(
                (program, *self._plugin.args),
                environ=self._child_environ(interactive=interactive),
                seconds=_SECONDS,
                has_stdin=interactive,
                has_stderr=True,
            )
        except OSError as error:
            raise _plugin_error(f"exec: fork/exec {program}: {os_words(error)}") from error
        except LimitError as error:
            raise _plugin_error(f"exec: executable {self._plugin.command} failed: {error}") from error
        if done.status:
            code = max(done.status, -1)  # Go's exit code after a signal
            raise ConnectError(
                f"getting credentials: exec: executable {self._plugin.command} failed with exit code {code}"
            )
        return done.output

    def _is_interactive(self) -> bool:
        """Whether the plugin gets our standard input: only a terminal, and only if nothing else reads it."""
        mode, is_terminal = self._plugin.interactive_mode, is_terminal_input(sys.stdin)
        if mode != "Always":
            return mode == "IfAvailable" and self._stdin_free and is_terminal
        why = "exec plugin cannot support interactive mode"
        if not is_terminal:
            raise _plugin_error(f"{why}: standard input is not a terminal")
        if not self._stdin_free:
            raise ConnectError(
                f"getting credentials: {why}: standard input is unavailable: it is used to read a password"
            )
        return True

    def _child_environ(self, *, interactive: bool) -> dict[str, str]:
        spec: dict[str, Any] = {"interactive": interactive}
        if self._cluster is not None:
            spec["cluster"] = self._cluster
        info = {"kind": "ExecCredential", "apiVersion": self._plugin.api_version, "spec": spec}
        wanted = with_variables(self._plugin.env, {"KUBERNETES_EXEC_INFO": json.dumps(info)})
        return with_variables(inherited_environment(self._environ), wanted)


def plugin_login(plugin: ExecPlugin, connection: Connection) -> object:
    """What tells the logins of plugins apart: the program, its words and variables, and the cluster if it gets one."""
    info = cluster_info(connection, plugin) if plugin.provide_cluster_info else None
    return plugin.command, plugin.args, dict(plugin.env), plugin.api_version, plugin.interactive_mode, info


def _plugin_error(why: str) -> ConnectError:
    return ConnectError(f"getting credentials: {why}")


def _find_program(plugin: ExecPlugin, environ: Mapping[str, str]) -> str:
    """Find the program as Go does; raises ConnectError with the install hint."""
    program = find_program(plugin.command, environ)
    if program is None:
        hint = f"\n\n{plain(plugin.install_hint)}" if plugin.install_hint else ""
        raise _plugin_error(f"exec: executable {printable(plugin.command)} not found{_NOT_INSTALLED}{hint}").as_block()
    return program
