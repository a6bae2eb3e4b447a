"""Requests to one API server as one user: credentials, the log of -v, warnings, and what no response means."""

from __future__ import annotations

import itertools
import os
import threading
import time
from typing import TYPE_CHECKING, Final

from pullsecret.cluster.http.response import warnings_in
from pullsecret.errors import ConnectError, TimedOutError, TooLargeError
from pullsecret.model.go.printable import Printable
from pullsecret.network.go_errors import Target, failure_words, timeout_words
from pullsecret.network.http.message import MAX_BODY, USER_AGENT, NoAnswerError, Request
from pullsecret.network.redaction import issued_credentials

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.cluster.http.request import ApiRequest
    from pullsecret.cluster.kubeconfig.connection import Connection
    from pullsecret.cluster.kubeconfig.user import Impersonation, KeyPair
    from pullsecret.cluster.login.authentication import Authenticator
    from pullsecret.cluster.login.credential import Credential
    from pullsecret.network.http.message import Response
    from pullsecret.network.http.pool import Connections
    from pullsecret.network.timeouts import Deadline
    from pullsecret.network.trace import Trace


_AUDIT: Final = "Audit-ID"
"""The API server repeats this header's value in its response (apiserver: pkg/endpoints/filters/audit_init.go)."""


class Transport:
    """Sends requests, from as many threads as the connections that `open_pool` gives can take.

    These present the client certificate that they were opened with. `warn` gets each text of a Warning header once.
    """

    def __init__(
        self,
        connection: Connection,
        authenticator: Authenticator,
        *,
        open_pool: Callable[[KeyPair | None], Connections],
        trace: Trace,
        warn: Callable[[Printable], None],
    ) -> None:
        self._connection, self._authenticator, self._trace = connection, authenticator, trace
        self._open_pool, self._warn, self._warned = open_pool, warn, set[str]()
        self._identity = impersonation_headers(connection.impersonation)
        self._timeouts = connection.timeouts
        self._origin, self._prefix = _origin_and_path(connection.server)
        self._target = Target.of(connection.server, connection.trust.server_name, connection.proxy)
        self._run, self._numbers = f"{os.urandom(8).hex()}-", itertools.count(1)
        self._lock, self._is_logged_in = threading.Lock(), False
        self._pool: Connections | None = None
        self._pool_pair: KeyPair | None = None

    def start_deadline(self) -> Deadline:
        """The deadline of an exchange that begins now."""
        return self._timeouts.start()

    def log_in(self) -> None:
        """Obtain the first credential, once; raises what `send` raises without one."""
        if not self._is_logged_in:
            self._authenticator.credential()
            self._is_logged_in = True

    def send(self, request: ApiRequest, deadline: Deadline | None = None) -> Response:
        """The server's response, whatever its status; after a 401 with a new credential once more, if there is one.

        Raises:
            ConnectError: there is no response; its text is kubectl's.
            ConfigError: there is no usable credential.
        """
        credential = self._authenticator.credential()
        deadline = deadline or self.start_deadline()
        response = self._send_as(credential, request, deadline)
        if response.status == 401 and self._authenticator.renew(credential):  # noqa: PLR2004
            response = self._send_as(self._authenticator.credential(), request, deadline)
        if response.value("Warning"):
            self._report_warnings(response)
        return response

    @property
    def round_trip(self) -> float:
        """The seconds that the quickest answer so far took, 0 before the first one."""
        quickest = self._pool.quickest if self._pool is not None else float("inf")
        return quickest if quickest < float("inf") else 0.0

    def prepare_connection(self) -> bool:
        """Open a connection if none is idle; returns whether it did, and raises what `send` raises."""
        pool = self._pool_with(self._authenticator.credential().key_pair)
        try:
            return pool.prepare(self._origin, self.start_deadline)
        except NoAnswerError as error:
            raise self._failure(error) from error

    def close(self) -> None:
        """Close the connections that are idle."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()

    def _send_as(self, credential: Credential, api_request: ApiRequest, deadline: Deadline) -> Response:
        pool, request = self._pool_with(credential.key_pair), self._request_for(api_request, credential)
        started = time.monotonic()
        if self._trace.verbosity:
            self._trace.request(request.method, request.url, request.headers)
        try:
            response = pool.roundtrip(request, deadline)
        except NoAnswerError as error:
            raise self._failure(error) from error
        if response.status >= 400 or response.value("Warning") or self._trace.verbosity >= 8:  # noqa: PLR2004
            issued = issued_credentials(response.body) if api_request.has_token_in_response else ()
            response = response.redacted((*issued, *request.credentials()))
        if self._trace.verbosity:
            millis = int((time.monotonic() - started) * 1000)
            self._trace.response(request.method, request.url, response.status_line, response.headers, millis)
        return response

    def _request_for(self, request: ApiRequest, credential: Credential) -> Request:
        number = f"{self._run}{next(self._numbers)}"

        def is_answered_by(response: Response) -> bool:
            """Whether a response is not that to another request of this run, and has the right object."""
            heard = response.value(_AUDIT)
            return (heard == number or not heard.startswith(self._run)) and request.is_answered_by(response)

        return Request(
            method=request.method,
            origin=self._origin,
            target=f"{self._prefix}{request.target}",
            headers=[*self._headers(request, credential), (_AUDIT, number)],
            body=request.body,
            is_answered_by=is_answered_by,
            max_body=request.max_body,
        )

    def _headers(self, request: ApiRequest, credential: Credential) -> list[tuple[str, str]]:
        headers = [("Accept", request.accept), ("User-Agent", USER_AGENT), *self._identity]
        if self._connection.compression:
            headers.append(("Accept-Encoding", "gzip"))
        if credential.authorization:
            headers.append(("Authorization", credential.authorization))
        if request.body is not None:
            headers.append(("Content-Type", request.content_type))
        return headers

    def _failure(self, error: NoAnswerError) -> ConnectError:
        """The error for a request without a response, in kubectl's words."""
        if error.timed_out:
            words = timeout_words(self._target, total=self._timeouts.is_requested, connected=error.sent)
            return TimedOutError(words, sent=error.sent)
        if error.too_large:
            return TooLargeError(f"the response is larger than {MAX_BODY >> 20} MiB", sent=error.sent)
        return ConnectError(failure_words(error.reason, self._target), sent=error.sent)

    def _pool_with(self, pair: KeyPair | None) -> Connections:
        """The connections that present this certificate; new ones when a plugin brought another."""
        if self._pool is not None and pair is self._pool_pair:
            return self._pool
        with self._lock:
            if self._pool is None or pair is not self._pool_pair:
                self._pool, self._pool_pair = self._open_pool(pair), pair
            return self._pool

    def _report_warnings(self, response: Response) -> None:
        for text in warnings_in(response):
            with self._lock:
                is_new = text not in self._warned
                self._warned.add(text)
            if is_new:
                self._warn(Printable(text))


def _origin_and_path(server: str) -> tuple[str, str]:
    """`https://host:port` and the path that the API is under there, which is mostly empty."""
    scheme, _, rest = server.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}", slash + path


_TOKEN = frozenset("!#$&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ")


def impersonation_headers(impersonation: Impersonation) -> tuple[tuple[str, str], ...]:
    """One header for the user, one for each group and each extra value (client-go: transport/round_trippers.go).

    Raises:
        ConnectError: a value has characters that no header can have.
    """
    if not impersonation.user:
        return ()
    headers = [("Impersonate-User", impersonation.user)]
    if impersonation.uid:
        headers.append(("Impersonate-Uid", impersonation.uid))
    headers += [("Impersonate-Group", group) for group in impersonation.groups]
    headers += [
        (f"Impersonate-Extra-{escaped_key(key)}", value)
        for key, values in impersonation.extra.items()
        for value in values
    ]
    return tuple((name, _header_value(name, value)) for name, value in headers)


def escaped_key(key: str) -> str:
    """A key of as-user-extra as part of a header's name: each byte that a token cannot have as %XX."""
    return "".join(chr(byte) if chr(byte) in _TOKEN else f"%{byte:02X}" for byte in key.encode())


def _header_value(name: str, value: str) -> str:
    """The value's UTF-8 bytes, spelled as Latin-1, which is how requests are encoded."""
    if any((char < " " and char != "\t") or char == "\x7f" for char in value):
        raise ConnectError(f'net/http: invalid header field value for "{name}"')
    return value.encode().decode("latin-1")
