"""The Kubernetes client's connection pool: the only module that knows `kubernetes` and `urllib3`.

It takes the pool that the client would use, and leaves out the client's package root, models and API classes, which
nobody here needs and which cost 150 ms at each start; and what some packages do besides when they are imported. What
this relies on below the client's public surface is `Configuration`, `RESTClientObject` and its `pool_manager`; a test
holds that the rest of the package still imports.

Of the pool it takes connections, TLS, proxies and reuse. What urllib3 does for every request besides (URL and header
objects, retries, redirects, a streaming response) is half a millisecond of Python, as much as all the rest of a write,
and thousands of writes need none of it. Through a proxy, where speed is not the matter, it does it all.
"""

from __future__ import annotations

import importlib.util
import os
import re
import sys
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pullsecret.cluster.http.response import Answer
from pullsecret.cluster.http.roundtrip import NoAnswerError, exchanged
from pullsecret.cluster.login.clientcert import create_client_context
from pullsecret.errors import ConfigError
from pullsecret.network.go_errors import os_error_in
from pullsecret.network.go_text import quoted
from pullsecret.network.proxyurl import proxy_headers, refuse_unsupported, without_password
from pullsecret.network.tls import proxy_context_for


def _register_bare_package(name: str) -> None:
    """Makes a package's modules importable without running its `__init__`, and without importing what it lies in."""
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
    from collections.abc import Mapping

    from pullsecret.cluster.http.roundtrip import Question
    from pullsecret.cluster.kubeconfig.connection import Connection
    from pullsecret.cluster.kubeconfig.user import KeyPair
    from pullsecret.network.timeouts import Timeouts

if not hasattr(kubernetes, "__version__"):  # the bare package's; kubernetes.dynamic asks for it
    kubernetes.__version__ = kubernetes.client.__version__

_NO_CONNECTION = urllib3.exceptions.NewConnectionError
_BEFORE_SENDING = (
    urllib3.exceptions.ConnectTimeoutError,
    urllib3.exceptions.LocationParseError,
    urllib3.exceptions.ProxyError,
    urllib3.exceptions.SSLError,
    _NO_CONNECTION,
)


class ClientPool:
    """A Pool: the client's, for one server and one client certificate.

    Raises:
        ConfigError: the server's or the proxy's address, or a certificate, cannot be used.
    """

    def __init__(
        self, connection: Connection, pair: KeyPair | None, *, environ: Mapping[str, str], parallel: int
    ) -> None:
        self._is_proxied = bool(connection.proxy)
        refuse_unsupported(connection.proxy)
        manager = RESTClientObject(_configuration(connection, environ, parallel)).pool_manager
        if connection.server.startswith("https://"):
            manager.connection_pool_kw["ssl_context"] = create_client_context(pair, connection.trust, environ)
        if connection.trust.insecure:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # it was asked for
        try:
            self._pool = manager.connection_from_url(connection.server)
        except urllib3.exceptions.HTTPError as error:
            raise ConfigError(f"error: host must be a URL or a host:port pair: {quoted(connection.server)}") from error

    def exchange(self, question: Question, timeouts: Timeouts) -> Answer:
        """Send a request and read the whole answer; raises NoAnswerError."""
        try:
            if self._is_proxied:
                return _asked_by_urllib3(self._pool, question, timeouts)
            return _asked(self._pool, question, timeouts)
        except urllib3.exceptions.HTTPError as error:
            timed_out = isinstance(error, urllib3.exceptions.TimeoutError) and not isinstance(error, _NO_CONNECTION)
            sent = not isinstance(error, _BEFORE_SENDING)
            raise NoAnswerError(sent=sent, timed_out=timed_out, reason=os_error_in(error) or _told(error)) from error

    def close(self) -> None:
        """Close the connections that are idle."""
        self._pool.close()


def _told(error: Exception) -> OSError | None:
    """What a socks5 proxy, or the way to it, said: urllib3 keeps the words only."""
    _, mark, words = str(error).partition("Failed to establish a new connection: ")
    if not mark:
        return None
    if match := re.match(r"\[Errno (\d+)\]", words):
        return OSError(int(match[1]), os.strerror(int(match[1])))
    return OSError(None, words.partition(": ")[2] or words)


def _configuration(connection: Connection, environ: Mapping[str, str], parallel: int) -> Any:  # noqa: ANN401  untyped
    configuration = Configuration(
        host=connection.server,
        connection_pool_maxsize=parallel,
        verify_ssl=not connection.trust.insecure,
        tls_server_name=connection.trust.server_name or None,
        proxy=without_password(connection.proxy),
        no_proxy="",  # decided already, by Go's rules
        proxy_headers=proxy_headers(connection.proxy),
    )
    if connection.proxy.startswith("https://"):
        configuration.proxy_ssl_context = proxy_context_for(connection.trust, environ)
    return configuration


def _asked(pool: Any, question: Question, timeouts: Timeouts) -> Answer:  # noqa: ANN401  the client is untyped
    """The answer over a connection of the pool; it calls the methods that are meant for subclasses."""
    connection, may_follow = pool._get_conn(), False  # noqa: SLF001
    try:
        if connection.is_closed:
            _connect(connection, timeouts)
        answer, may_follow = exchanged(connection.sock, question, timeouts)
    finally:
        if not may_follow:
            connection.close()  # what is still to come on it belongs to this question, not to the next
        pool._put_conn(connection)  # noqa: SLF001
    return answer


def _connect(connection: Any, timeouts: Timeouts) -> None:  # noqa: ANN401  as above
    connection.timeout = timeouts.connect
    try:
        connection.connect()
    except TimeoutError as error:
        raise NoAnswerError(sent=False, timed_out=True) from error
    except OSError as error:  # OpenSSL's among them
        raise NoAnswerError(sent=False, reason=error) from error


def _asked_by_urllib3(pool: Any, question: Question, timeouts: Timeouts) -> Answer:  # noqa: ANN401  as above
    # To a server with TLS the proxy opens a tunnel; for a plain one it must be told where to go.
    is_told = question.origin.startswith("http://") and getattr(pool, "proxy", None) is not None
    response = pool.urlopen(
        question.method,
        f"{question.origin}{question.target}" if is_told else question.target,
        body=question.body,
        headers=urllib3.HTTPHeaderDict(question.headers),
        timeout=urllib3.Timeout(connect=timeouts.connect, read=timeouts.read, total=timeouts.total),
        retries=False,
        redirect=False,
        assert_same_host=False,
    )
    return Answer(
        status=response.status,
        reason=response.reason or "",
        headers=tuple(response.headers.items()),
        body=response.data,
    )
