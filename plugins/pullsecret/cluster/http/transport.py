"""Requests to one API server as one user: who asks, what -v shows of it, and what a missing answer is called."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING

from pullsecret.cluster.http.impersonation import impersonation_headers
from pullsecret.cluster.http.roundtrip import NoAnswerError, Question
from pullsecret.errors import ConnectError, TimedOutError
from pullsecret.network.go_errors import Target, failure_words, timeout_words
from pullsecret.network.redaction import credentials_in
from pullsecret.network.useragent import USER_AGENT

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.cluster.http.request import Call
    from pullsecret.cluster.http.response import Answer
    from pullsecret.cluster.http.roundtrip import Pool
    from pullsecret.cluster.kubeconfig.connection import Connection
    from pullsecret.cluster.kubeconfig.user import KeyPair
    from pullsecret.cluster.login.authentication import Authenticator
    from pullsecret.cluster.login.credential import Credential
    from pullsecret.network.trace import Trace


class Transport:
    """Sends requests, from as many threads as the pools that `open_pool` gives can take.

    A pool's connections present the client certificate that it was opened with.
    """

    def __init__(
        self,
        connection: Connection,
        authenticator: Authenticator,
        *,
        open_pool: Callable[[KeyPair | None], Pool],
        trace: Trace,
    ) -> None:
        self._connection, self._authenticator, self._trace = connection, authenticator, trace
        self._open_pool = open_pool
        self._identity = impersonation_headers(connection.impersonation)
        self._timeouts = connection.timeouts
        self._origin, self._prefix = _origin_and_path(connection.server)
        self._target = Target.of(connection.server, connection.trust.server_name, connection.proxy)
        self._lock = threading.Lock()
        self._pool: Pool | None = None
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

    def _answered(self, pool: Pool, question: Question) -> Answer:
        url, started = f"{question.origin}{question.target}", time.monotonic()
        self._trace.request(question.method, url, question.headers)
        try:
            answer = pool.exchange(question, self._timeouts)
        except NoAnswerError as error:
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

    def _failure(self, error: NoAnswerError) -> ConnectError:
        """The error for a request without an answer, in kubectl's words."""
        if error.timed_out:
            total = self._timeouts.total is not None
            return TimedOutError(timeout_words(self._target, total=total, connected=error.sent), sent=error.sent)
        return ConnectError(failure_words(error.reason, self._target), sent=error.sent)

    def _pool_with(self, pair: KeyPair | None) -> Pool:
        """The pool whose connections present this certificate; a new one when a plugin brought another."""
        with self._lock:
            if self._pool is None or pair is not self._pool_pair:
                self._pool, self._pool_pair = self._open_pool(pair), pair
            return self._pool


def _origin_and_path(server: str) -> tuple[str, str]:
    """`https://host:port` and the path that the API is under there, which is mostly empty."""
    scheme, _, rest = server.partition("://")
    host, slash, path = rest.partition("/")
    return f"{scheme}://{host}", slash + path
