"""One request and its answer over a connection of urllib3's pool, without the machinery that urllib3 has around it.

What urllib3 does for every request (URL and header objects, retries, redirects, a streaming response) is half a
millisecond of Python, as much as all the rest of a write, and thousands of writes need none of it. Connections, TLS
and their reuse stay urllib3's, and so do its errors. Through a proxy, where speed is not the matter, it does it all.
"""

from __future__ import annotations

import http.client
import re
import ssl
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import urllib3
from urllib3.exceptions import ConnectTimeoutError, ProtocolError, ReadTimeoutError, SSLError

from pullsecret.cluster.answers import Answer
from pullsecret.cluster.wire import read_answer, request_bytes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.network.timeouts import Timeouts


@dataclass(frozen=True, kw_only=True)
class Question:
    """A request: the server's scheme and host, path and query, every header, and the body."""

    method: str
    origin: str
    target: str
    headers: Sequence[tuple[str, str]] = field(repr=False)
    body: bytes | None = field(default=None, repr=False)

    @property
    def wire(self) -> bytes:
        """The request as it is sent."""
        return request_bytes(self.method, self.target, named_host(self.origin), self.headers, self.body)

    @property
    def authorization(self) -> str:
        """The header that says who asks; empty when there is none."""
        return next((value for name, value in self.headers if name == "Authorization"), "")


@lru_cache(maxsize=8)
def named_host(origin: str) -> str:
    """The Host header: HOST or HOST:PORT as in the URL, less an address's zone (Go: net/http/request.go, cleanHost)."""
    host = re.sub(r"%[^\]]*(?=\])", "", origin.partition("://")[2]).removesuffix(":")
    return host if host.isascii() else host.encode("idna").decode()


class _Exchange:
    """What both kinds of pools get; of urllib3's pools it calls the methods that are meant for subclasses."""

    def exchange(self: Any, question: Question, timeouts: Timeouts) -> Answer:
        """Send a request and read the whole answer; raises urllib3's HTTPError when there is none.

        No redirect is followed, and nothing is sent twice.
        """
        if self.proxy is not None:
            return _exchanged_by_urllib3(self, question, timeouts)
        connection, answer = self._get_conn(), None
        try:
            if connection.is_closed:
                _connect(connection, timeouts)
            connection.sock.settimeout(timeouts.read)
            answer = _exchanged(connection, question, timeouts)
        finally:
            if answer is None:
                connection.close()  # what is still to come on it belongs to this question, not to the next
            self._put_conn(connection)
        return answer


class HttpPool(_Exchange, urllib3.HTTPConnectionPool):
    """For `http://`."""


class HttpsPool(_Exchange, urllib3.HTTPSConnectionPool):
    """For `https://`."""


def _connect(connection: Any, timeouts: Timeouts) -> None:  # noqa: ANN401  of HTTP or of HTTPS
    connection.timeout = timeouts.connect
    try:
        connection.connect()
    except ssl.SSLError as error:
        raise SSLError(error) from error
    except TimeoutError as error:
        raise ConnectTimeoutError(connection, "handshake timed out") from error


def _exchanged(connection: Any, question: Question, timeouts: Timeouts) -> Answer:  # noqa: ANN401  as above
    deadline = None if timeouts.total is None else time.monotonic() + timeouts.total
    try:
        connection.sock.sendall(question.wire)
        answer, may_follow = read_answer(connection.sock, deadline)
    except TimeoutError as error:
        raise ReadTimeoutError(connection, question.target, "Read timed out.") from error
    except (OSError, http.client.HTTPException) as error:
        raise ProtocolError("Connection aborted.", error) from error
    if not may_follow:
        connection.close()
    return answer


def _exchanged_by_urllib3(pool: Any, question: Question, timeouts: Timeouts) -> Answer:  # noqa: ANN401  as above
    # To a server with TLS the proxy opens a tunnel; for a plain one it must be told where to go.
    is_plain = question.origin.startswith("http://")
    response = pool.urlopen(
        question.method,
        f"{question.origin}{question.target}" if is_plain else question.target,
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
