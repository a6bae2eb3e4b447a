"""Requests over the Kubernetes client's connection pool: the only module that knows `kubernetes` and `urllib3`.

It takes the pool that the client would use, and leaves out the client's package root, models and API classes, which
nobody here needs and which cost 150 ms at each start; and what some packages do besides when they are imported. What
this relies on below the client's public surface is `Configuration`, `RESTClientObject` and its `pool_manager`; a test
holds that the rest of the package still imports.
"""

from __future__ import annotations

import importlib.util
import sys
import threading
import time
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pullsecret.cluster.headers import impersonation_headers
from pullsecret.cluster.trust import context_presenting
from pullsecret.errors import ConfigError, ConnectError, TimedOutError
from pullsecret.network.echoes import credentials_in
from pullsecret.network.failures import Target, failure_words, os_error_in, timeout_words
from pullsecret.network.go import quoted
from pullsecret.network.proxyurl import proxy_headers, refuse_unsupported, without_password
from pullsecret.network.trust import proxy_context_for
from pullsecret.network.useragent import USER_AGENT


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

from pullsecret.cluster.exchange import HttpPool, HttpsPool, Question  # noqa: E402  it imports urllib3

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.cluster.answers import Answer
    from pullsecret.cluster.authentication import Authenticator, Credential
    from pullsecret.cluster.call import Call
    from pullsecret.cluster.connection import Connection
    from pullsecret.cluster.user import KeyPair
    from pullsecret.network.trace import Trace

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


class Transport:
    """Sends requests to one API server as one user, from as many threads as like to."""

    def __init__(
        self,
        connection: Connection,
        authenticator: Authenticator,
        *,
        environ: Mapping[str, str],
        parallel: int,
        trace: Trace,
    ) -> None:
        self._connection, self._authenticator, self._trace = connection, authenticator, trace
        self._environ, self._parallel = environ, parallel
        self._identity = impersonation_headers(connection.impersonation)
        self._timeouts = connection.timeouts
        self._origin, self._prefix = _origin_and_path(connection.server)
        self._target = Target.of(connection.server, connection.trust.server_name, connection.proxy)
        self._lock = threading.Lock()
        self._pool: Any = None
        self._pool_pair: KeyPair | None = None

    def send(self, call: Call) -> Answer:
        """The server's answer, whatever its status; after a 401 once more with a new credential, if there is one.

        Raises:
            ConnectError: there was no answer; its text is kubectl's.
            ConfigError: there is no usable credential.
        """
        credential = self._authenticator.credential()
        answer = self._sent(call, credential)
        if answer.status == 401 and self._authenticator.renew(credential):  # noqa: PLR2004
            answer = self._sent(call, self._authenticator.credential())
        return answer

    def close(self) -> None:
        """Closes the connections that are idle."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()

    def _sent(self, call: Call, credential: Credential) -> Answer:
        pool = self._pool_with(credential.key_pair)
        question = Question(
            method=call.method,
            origin=self._origin,
            target=f"{self._prefix}{call.target}",
            headers=self._headers(call, credential),
            body=call.body,
        )
        return self._answered(pool, question)

    def _answered(self, pool: HttpPool | HttpsPool, question: Question) -> Answer:
        url, started = f"{question.origin}{question.target}", time.monotonic()
        self._trace.request(question.method, url, question.headers)
        try:
            answer = pool.exchange(question, self._timeouts)
        except urllib3.exceptions.HTTPError as error:
            raise self._failure(error) from error
        if answer.status >= 400 or answer.value("Warning") or self._trace.verbosity >= 8:  # noqa: PLR2004
            answer = answer.discreet(credentials_in(question.body, question.authorization))
        status, millis = f"{answer.status} {answer.reason}".rstrip(), int((time.monotonic() - started) * 1000)
        self._trace.response(question.method, url, status, answer.headers, millis)
        return answer

    def _headers(self, call: Call, credential: Credential) -> list[tuple[str, str]]:
        headers = [("Accept", call.accept), ("User-Agent", USER_AGENT), *self._identity]
        if self._connection.compression:
            headers.append(("Accept-Encoding", "gzip"))
        if credential.authorization:
            headers.append(("Authorization", credential.authorization))
        if call.body is not None:
            headers += [("Content-Type", call.content_type), ("Content-Length", str(len(call.body)))]
        return headers

    def _failure(self, error: urllib3.exceptions.HTTPError) -> ConnectError:
        """The error for a request without an answer; `sent` tells whether the server may have acted on it."""
        sent = not isinstance(error, _BEFORE_SENDING)
        if isinstance(error, urllib3.exceptions.TimeoutError) and not isinstance(error, _NO_CONNECTION):
            total = self._timeouts.total is not None
            return TimedOutError(timeout_words(self._target, total=total, connected=sent), sent=sent)
        return ConnectError(failure_words(os_error_in(error), self._target), sent=sent)

    def _pool_with(self, pair: KeyPair | None) -> Any:  # noqa: ANN401  the client is untyped
        """The pool whose connections present this certificate; a new one when a plugin brought another."""
        with self._lock:
            if self._pool is None or pair is not self._pool_pair:
                self._pool, self._pool_pair = self._checked_pool(pair), pair
            return self._pool

    def _checked_pool(self, pair: KeyPair | None) -> Any:  # noqa: ANN401  the same
        try:
            return self._new_pool(pair)
        except urllib3.exceptions.HTTPError as error:
            raise ConfigError(f"error: host must be a URL or a host:port pair: {quoted(self._origin)}") from error

    def _new_pool(self, pair: KeyPair | None) -> Any:  # noqa: ANN401  the same
        connection = self._connection
        refuse_unsupported(connection.proxy)
        configuration = Configuration(
            host=connection.server,
            connection_pool_maxsize=self._parallel,
            verify_ssl=not connection.trust.insecure,
            tls_server_name=connection.trust.server_name or None,
            proxy=without_password(connection.proxy),
            no_proxy="",  # decided already, by Go's rules
            proxy_headers=proxy_headers(connection.proxy),
        )
        if connection.proxy.startswith("https://"):
            configuration.proxy_ssl_context = proxy_context_for(connection.trust, self._environ)
        manager = RESTClientObject(configuration).pool_manager
        manager.pool_classes_by_scheme = {"http": HttpPool, "https": HttpsPool}
        if connection.server.startswith("https://"):
            manager.connection_pool_kw["ssl_context"] = context_presenting(pair, connection.trust, self._environ)
        if connection.trust.insecure:
            urllib3.disable_warnings(urllib3.exceptions.InsecureRequestWarning)  # it was asked for
        return manager.connection_from_url(connection.server)


def _origin_and_path(server: str) -> tuple[str, str]:
    """`https://host:port` and the path that the API is under there, which is mostly empty."""
    scheme, _, rest = server.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}", slash + path
