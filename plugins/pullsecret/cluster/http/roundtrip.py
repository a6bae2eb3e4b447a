"""One request and its answer, whoever opened the connection; and what it means when there is no answer."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, Protocol

from pullsecret.cluster.http.http1 import WireError, read_answer, request_bytes

if TYPE_CHECKING:
    import socket
    from collections.abc import Sequence

    from pullsecret.cluster.http.response import Answer
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


class NoAnswerError(Exception):
    """There was no answer: `sent` tells whether the server may have acted, `reason` what the system or OpenSSL said."""

    def __init__(self, *, sent: bool, timed_out: bool = False, reason: OSError | None = None) -> None:
        super().__init__("no answer")
        self.sent, self.timed_out, self.reason = sent, timed_out, reason


class Pool(Protocol):
    """Connections to one server, for as many threads as like to."""

    def exchange(self, question: Question, timeouts: Timeouts) -> Answer:
        """Send a request and read the whole answer; no redirect is followed, and nothing is sent twice.

        Raises:
            NoAnswerError: there was none.
        """

    def close(self) -> None:
        """Close the connections that are idle."""


@lru_cache(maxsize=8)
def named_host(origin: str) -> str:
    """The Host header: HOST or HOST:PORT as in the URL, less an address's zone (Go: net/http/request.go, cleanHost)."""
    host = re.sub(r"%[^\]]*(?=\])", "", origin.partition("://")[2]).removesuffix(":")
    return host if host.isascii() else host.encode("idna").decode()


def exchanged(sock: socket.socket, question: Question, timeouts: Timeouts) -> tuple[Answer, bool]:
    """The answer to a question over an open connection, and whether another may follow on it.

    Raises:
        NoAnswerError: there was none, or not a whole one; the connection is of no use any more.
    """
    deadline = None if timeouts.total is None else time.monotonic() + timeouts.total
    try:
        sock.settimeout(timeouts.read)
        sock.sendall(question.wire)
        return read_answer(sock, deadline)
    except TimeoutError as error:
        raise NoAnswerError(sent=True, timed_out=True) from error
    except OSError as error:
        raise NoAnswerError(sent=True, reason=error) from error
    except WireError as error:
        raise NoAnswerError(sent=True) from error
