"""A proxy by TLS on the loopback interface that does to each request what a test decides: pass it on, or worse."""

from __future__ import annotations

import socket
import ssl
import struct
import threading
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPException, HTTPResponse
from typing import TYPE_CHECKING, Protocol, Self, TypeAlias
from urllib.parse import urlsplit

from control_plane.access import Access, write_kubeconfig
from control_plane.api import Api

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from kubeconfig.certificates import Authority, Certificate

RESET = struct.pack("ii", 1, 0)
"""SO_LINGER: on, for no time; closing then sends RST instead of FIN."""

HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "content-length"})


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A request as a test decides about it.

    `nth` is how many times the same was asked before, `under_way` how many writes are, this one included.
    """

    method: str
    path: str
    nth: int
    under_way: int

    @property
    def is_write(self) -> bool:
        return self.method != "GET"

    @property
    def namespace(self) -> str:
        """The namespace it is about; "" when it is about none, or many."""
        parts = self.path.split("/")  # /api/v1/namespaces/NAMESPACE/...
        return parts[4] if len(parts) > 5 else ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """An answer in whole: its status line without the protocol, its headers, and the body."""

    status: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def head(self) -> bytes:
        headers = (*self.headers, ("Content-Length", str(len(self.body))))
        lines = (f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in headers), "", "")
        return "\r\n".join(lines).encode()


class Fault(Protocol):
    """What is done to a request. Its name is for the log."""

    __name__: str

    def __call__(self, exchange: Exchange, /) -> None: ...


class GoneError(Exception):
    """One of the two sides has closed its connection."""


class FaultyProxy:
    """Listens while the `with` block lasts, in front of one API server; `log` is what was asked, and what was done.

    `decide` is asked about each request, in many threads at a time, and may be replaced at any time.
    """

    def __init__(self, upstream: Access, certificate: Certificate, decide: Decide) -> None:
        self.upstream, self.decide = upstream, decide
        self.api = Api(upstream)
        self.log: list[tuple[Asked, str]] = []
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._counts: Counter[tuple[str, str]] = Counter()
        self._under_way = 0
        self._open: set[socket.socket] = set()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate.path, certificate.key)
        self._trust = ssl.create_default_context(cafile=upstream.ca)
        self._trust.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)  # as in control_plane.transport

    def __enter__(self) -> Self:
        threading.Thread(target=self._listen, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.closing.set()
        self._listener.shutdown(socket.SHUT_RDWR)  # close() alone would not wake accept()
        self._listener.close()
        with self._lock:
            left, self._open = self._open, set()
        for connection in left:
            abort(connection)
        self.api.close()

    @property
    def server(self) -> str:
        return f"https://127.0.0.1:{self._listener.getsockname()[1]}"

    @property
    def writes(self) -> list[Asked]:
        """The writes that came so far."""
        return [asked for asked, _ in list(self.log) if asked.is_write]

    def kubeconfig(self, directory: Path, authority: Authority) -> Path:
        """The same user's way through this proxy."""
        through = Access(server=self.server, ca=authority.certificate.path, token=self.upstream.token)
        return write_kubeconfig(directory, through)

    def connect(self) -> ssl.SSLSocket:
        """A new connection to the API server."""
        url = urlsplit(self.upstream.server)
        plain = socket.create_connection((url.hostname or "", url.port or 443), timeout=60)
        return self._trust.wrap_socket(plain, server_hostname=url.hostname)

    def begin(self, method: str, path: str) -> tuple[Asked, Fault]:
        """Note that a request came, and have it judged."""
        with self._lock:
            nth, self._counts[method, path] = self._counts[method, path], self._counts[method, path] + 1
            self._under_way += method != "GET"
            asked = Asked(method=method, path=path, nth=nth, under_way=self._under_way)
        fault = self.decide(asked)
        self.log.append((asked, fault.__name__))
        return asked, fault

    def end(self, asked: Asked) -> None:
        """Note that a request is answered, or never will be."""
        with self._lock:
            self._under_way -= asked.is_write

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, plain: socket.socket) -> None:
        plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            client = self._context.wrap_socket(plain, server_side=True)
        except (OSError, ValueError):
            plain.close()
            return
        with self._lock:
            self._open.add(client)
        connection = _Connection(self)
        with suppress(OSError, ValueError, GoneError, HTTPException):
            connection.serve(client)
        with self._lock:
            self._open.discard(client)
        connection.close(client)


Decide: TypeAlias = "Callable[[Asked], Fault]"


class _Connection:
    """A client's connection and the one to the API server that goes with it, made when it is needed."""

    def __init__(self, proxy: FaultyProxy) -> None:
        self.proxy = proxy
        self.upstream: ssl.SSLSocket | None = None

    def serve(self, client: ssl.SSLSocket) -> None:
        """Answer one request after the other, until one of them or a side ends it."""
        with client.makefile("rb") as stream:
            while head := _head_from(stream):
                method, path = head.split(b" ", 2)[:2]
                asked, fault = self.proxy.begin(method.decode(), path.decode().partition("?")[0])
                try:
                    fault(Exchange(asked, self, client, head + stream.read(_length_in(head))))
                finally:
                    self.proxy.end(asked)

    def forwarded(self, request: bytes, method: str) -> Answer:
        """What the API server says to it."""
        if self.upstream is None:
            self.upstream = self.proxy.connect()
        self.upstream.sendall(request)
        response = HTTPResponse(self.upstream, method=method)
        response.begin()
        headers = tuple((name, value) for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP)
        return Answer(status=f"{response.status} {response.reason}", headers=headers, body=response.read())

    def close(self, client: ssl.SSLSocket) -> None:
        client.close()
        if self.upstream is not None:
            self.upstream.close()


class Exchange:
    """One request on its way: what a fault may do with it."""

    def __init__(self, asked: Asked, connection: _Connection, client: ssl.SSLSocket, request: bytes) -> None:
        self.asked, self.proxy = asked, connection.proxy
        self._connection, self._client, self._request = connection, client, request

    def forward(self) -> Answer:
        """Let the API server have it, and keep the answer."""
        return self._connection.forwarded(self._request, self.asked.method)

    def reply(self, answer: Answer) -> None:
        self._client.sendall(answer.head + answer.body)

    def reply_in_part(self, answer: Answer) -> None:
        """Promise the whole answer, and go away after half of its body."""
        self._client.sendall(answer.head + answer.body[: len(answer.body) // 2])
        raise GoneError

    def reply_in_drops(self, answer: Answer, drops: int, pause: float) -> None:
        """The whole answer, in so many pieces with so many seconds between them."""
        whole = answer.head + answer.body
        size = len(whole) // drops + 1
        for start in range(0, len(whole), size):
            self._client.sendall(whole[start : start + size])
            self.wait(pause)

    def reset(self) -> None:
        """Break the connection: the other side gets a reset."""
        abort(self._client)
        raise GoneError

    def wait(self, seconds: float) -> None:
        """Let time pass, but not beyond the end of the proxy."""
        if self.proxy.closing.wait(seconds):
            raise GoneError


def abort(connection: socket.socket) -> None:
    """Close a connection with a reset."""
    with suppress(OSError):
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
        connection.shutdown(socket.SHUT_RD)
    connection.close()


class _Stream(Protocol):
    def readline(self) -> bytes: ...


def _head_from(stream: _Stream) -> bytes:
    """A request's first line and headers, with the empty line behind them; empty when none comes any more."""
    head = line = stream.readline()
    while line not in (b"\r\n", b""):
        line = stream.readline()
        head += line
    return head if line else b""


def _length_in(head: bytes) -> int:
    fields = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    return next((int(value) for name, _, value in fields if name.lower() == b"content-length"), 0)
