"""The Kubernetes client's connection pool: the only module that knows `kubernetes`.

The `kubernetes` package is used for its transport configuration only: connections, TLS, proxies, reuse. Requests and
responses are network/http's: urllib3's own (URL and header objects, retries, redirects, a streaming response) cost
half a millisecond of Python each, as much as all the rest of a write.

The client's package root, models and API classes are left out; they cost 150 ms at each start. So is what some packages
do in addition when they are imported. What this relies on below the client's public surface is `Configuration`,
`RESTClientObject` and its `pool_manager`; a test proves that the rest of the package still imports.
"""

from __future__ import annotations

import importlib.util
import os
import re
import socket
import sys
import time
import weakref
from collections import deque
from contextlib import suppress
from dataclasses import replace
from functools import partial
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pullsecret.cluster.login.clientcert import create_client_context
from pullsecret.errors import ConfigError
from pullsecret.network.go_errors import os_error_in
from pullsecret.network.go_text import quoted
from pullsecret.network.http.connection import open_socket
from pullsecret.network.http.http1 import is_quiet, roundtrip
from pullsecret.network.http.message import NoAnswerError
from pullsecret.network.proxy import proxy_headers, refuse_unsupported, without_password
from pullsecret.network.tls import proxy_context_for, share_context


def _register_bare_package(name: str) -> None:
    """Make a package's modules importable without running its `__init__` or its parents'."""
    root, *rest = name.split(".")
    spec = importlib.util.find_spec(root)
    if name in sys.modules or spec is None:
        return
    package = importlib.util.module_from_spec(spec) if not rest else ModuleType(name)
    package.__path__ = ["/".join((place, *rest)) for place in spec.submodule_search_locations or ()]
    sys.modules[name] = package


_register_bare_package("kubernetes")  # it imports all it has: 100 ms
_register_bare_package("kubernetes.utils")  # quantities, metrics, and files of manifests: 3 ms
_register_bare_package("urllib3.http2")  # off unless asked for, and it asks for the versions of packages: 4 ms

import kubernetes.client  # noqa: E402
import urllib3  # noqa: E402
from kubernetes.client.configuration import Configuration  # noqa: E402
from kubernetes.client.rest import RESTClientObject  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pullsecret.cluster.kubeconfig.connection import Connection
    from pullsecret.cluster.kubeconfig.user import KeyPair
    from pullsecret.network.http.message import Request, Response
    from pullsecret.network.timeouts import Deadline

if not hasattr(kubernetes, "__version__"):  # the bare package's; kubernetes.dynamic asks for it
    kubernetes.__version__ = kubernetes.client.__version__


class ClientPool:
    """Connections to one server with one client certificate, from the client's pool.

    Raises:
        ConfigError: the server's or the proxy's address, or a certificate, cannot be used.
    """

    def __init__(self, connection: Connection, pair: KeyPair | None, *, environ: Mapping[str, str]) -> None:
        refuse_unsupported(connection.proxy)
        manager = RESTClientObject(_configuration(connection, environ)).pool_manager
        if connection.server.startswith("https://"):
            context = create_client_context(pair, connection.trust, environ)
            manager.connection_pool_kw["ssl_context"] = share_context(context)
        try:
            self._pool = manager.connection_from_url(connection.server)
        except urllib3.exceptions.HTTPError as error:
            raise ConfigError(f"error: host must be a URL or a host:port pair: {quoted(connection.server)}") from error
        is_proxied = getattr(self._pool, "proxy", None) is not None
        self._is_tunneled = is_proxied and self._pool.scheme == "https"
        self._is_forwarded = is_proxied and not connection.server.startswith("https://")
        self._idle: deque[Any] = deque()  # whose methods need no lock
        weakref.finalize(self, _close_all, self._idle).atexit = False  # as urllib3's own pool
        self._is_closed = False
        self.quickest = float("inf")

    def roundtrip(self, request: Request, deadline: Deadline) -> Response:
        """Send a request and read the whole response; raises NoAnswerError.

        It calls the pool's methods that are meant for subclasses.
        """
        if self._is_forwarded:  # the proxy needs the whole URL
            headers = (*request.headers, *(self._pool.proxy_headers or {}).items())
            request = replace(request, target=request.url, headers=headers)
        connection = self._take_idle() or self._new_connection(deadline)
        may_follow = False
        began = time.monotonic()
        try:
            response, may_follow = roundtrip(connection.sock, request, deadline)
            self.quickest = min(self.quickest, time.monotonic() - began)
        finally:
            if may_follow:
                self._keep(connection)
            else:
                connection.close()  # what is still to come on it belongs to this request, not to the next
        return response

    def prepare(self, _origin: str, start_deadline: Callable[[], Deadline]) -> bool:
        """Open a connection if none is idle; returns whether it did, raises NoAnswerError."""
        if self._idle:
            return False
        self._keep(self._new_connection(start_deadline()))
        return True

    def close(self) -> None:
        """Close the connections that are idle, and those under way when they are."""
        self._is_closed = True
        _close_all(self._idle)

    def _take_idle(self) -> Any:  # noqa: ANN401  the client is untyped
        """Take the connection that was used last, unless something unexpected has come on it; None if there is none."""
        while self._idle:
            with suppress(IndexError):
                connection = self._idle.pop()
                if is_quiet(connection.sock):
                    return connection
                connection.close()
        return None

    def _keep(self, connection: Any) -> None:  # noqa: ANN401
        self._idle.append(connection)
        if self._is_closed:
            self.close()

    def _new_connection(self, deadline: Deadline) -> Any:  # noqa: ANN401
        connection = self._pool._new_conn()  # noqa: SLF001
        try:
            self._connect(connection, deadline)
        except NoAnswerError:
            connection.close()
            raise
        return connection

    def _connect(self, connection: Any, deadline: Deadline) -> None:  # noqa: ANN401  the client is untyped
        try:
            connection.timeout = deadline.seconds_to_connect()
            if "socks" not in type(connection).__name__.lower():
                # urllib3 would give each address of a name the whole time.
                connection._new_conn = partial(open_socket, connection.host, connection.port, deadline)  # noqa: SLF001
            if self._is_tunneled:
                self._pool._prepare_proxy(connection)  # noqa: SLF001
            else:
                connection.connect()
        except TimeoutError as error:
            raise NoAnswerError(sent=False, timed_out=True) from error
        except OSError as error:  # OpenSSL's among them
            raise NoAnswerError(sent=False, reason=error) from error
        except UnicodeError as error:  # a name that no DNS can have
            unknown = socket.gaierror(socket.EAI_NONAME, "Name or service not known")
            raise NoAnswerError(sent=False, reason=unknown) from error
        except urllib3.exceptions.HTTPError as error:
            late = isinstance(error, urllib3.exceptions.ConnectTimeoutError) and not isinstance(
                error, urllib3.exceptions.NewConnectionError
            )
            raise NoAnswerError(sent=False, timed_out=late, reason=os_error_in(error) or _socks_error(error)) from error


def _close_all(connections: deque[Any]) -> None:
    while connections:
        with suppress(IndexError):
            connections.pop().close()


def _socks_error(error: Exception) -> OSError | None:
    """What a socks5 proxy, or the connection to it, reported: urllib3 keeps the words only."""
    _, mark, words = str(error).partition("Failed to establish a new connection: ")
    if not mark:
        return None
    if match := re.match(r"\[Errno (\d+)\]", words):
        return OSError(int(match[1]), os.strerror(int(match[1])))
    return OSError(None, words.partition(": ")[2] or words)


def _configuration(connection: Connection, environ: Mapping[str, str]) -> Any:  # noqa: ANN401  untyped
    configuration = Configuration(
        host=connection.server,
        connection_pool_maxsize=1,  # it keeps none; the default fails where the number of processors is not known
        verify_ssl=not connection.trust.insecure,
        tls_server_name=connection.trust.server_name or None,
        proxy=without_password(connection.proxy),
        no_proxy="",  # decided already, by Go's rules
        proxy_headers=proxy_headers(connection.proxy),
    )
    if connection.proxy.startswith("https://"):
        configuration.proxy_ssl_context = share_context(proxy_context_for(connection.trust, environ))
    return configuration
