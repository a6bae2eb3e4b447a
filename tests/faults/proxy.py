"""A TLS proxy on the loopback interface; a test decides for each request whether it is forwarded or gets a fault."""

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
"""SO_LINGER with a timeout of zero: closing sends RST instead of FIN."""

HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "content-length"})


@dataclass(frozen=True, kw_only=True)
class ProxiedRequest:
    """A request for which a test chooses a fault.

    `nth` is how many times the same came before, whatever its query; `in_flight` is how many writes are in flight with
    this one.
    """

    method: str
    path: str
    nth: int
    in_flight: int
    query: str = ""

    @property
    def is_write(self) -> bool:
        return self.method != "GET"

    @property
    def namespace(self) -> str:
        """The namespace in its path; "" for requests without one."""
        parts = self.path.split("/")  # /api/v1/namespaces/NAMESPACE/...
        return parts[4] if len(parts) > 5 else ""


@dataclass(frozen=True, kw_only=True)
class Answer:
    """A complete answer: the status line without the protocol, the headers, and the body."""

    status: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""

    @property
    def head(self) -> bytes:
        headers = (*self.headers, ("Content-Length", str(len(self.body))))
        lines = (f"HTTP/1.1 {self.status}", *(f"{name}: {value}" for name, value in headers), "", "")
        return "\r\n".join(lines).encode()


class Fault(Protocol):
    """What happens to a request; its name is for the log."""

    __name__: str

    def __call__(self, exchange: Exchange, /) -> None: ...


class GoneError(Exception):
    """One of the two sides has closed its connection."""


class FaultyProxy:
    """Listens in front of an API server during the `with` block; `log` has the requests and their faults.

    `decide` is called for each request, in many threads at a time, and may be replaced at any time.
    """

    def __init__(self, upstream: Access, certificate: Certificate, decide: Decide) -> None:
        self.upstream, self.decide = upstream, decide
        self.api = Api(upstream)
        self.log: list[tuple[ProxiedRequest, str]] = []
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
    def writes(self) -> list[ProxiedRequest]:
        """The writes so far."""
        return [request for request, _ in list(self.log) if request.is_write]

    def kubeconfig(self, directory: Path, authority: Authority) -> Path:
        """A kubeconfig of the same user for this proxy."""
        through = Access(server=self.server, ca=authority.certificate.path, token=self.upstream.token)
        return write_kubeconfig(directory, through)

    def connect(self) -> ssl.SSLSocket:
        """Open a connection to the API server."""
        url = urlsplit(self.upstream.server)
        plain = socket.create_connection((url.hostname or "", url.port or 443), timeout=60)
        return self._trust.wrap_socket(plain, server_hostname=url.hostname)

    def begin(self, method: str, target: str) -> tuple[ProxiedRequest, Fault]:
        """Log a request and choose its fault."""
        path, _, query = target.partition("?")
        with self._lock:
            nth, self._counts[method, path] = self._counts[method, path], self._counts[method, path] + 1
            self._under_way += method != "GET"
            request = ProxiedRequest(method=method, path=path, nth=nth, in_flight=self._under_way, query=query)
        fault = self.decide(request)
        self.log.append((request, fault.__name__))
        return request, fault

    def end(self, request: ProxiedRequest) -> None:
        """Note the end of a request, answered or not."""
        with self._lock:
            self._under_way -= request.is_write

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


Decide: TypeAlias = "Callable[[ProxiedRequest], Fault]"


class _Connection:
    """A client's connection and the corresponding one to the API server, opened when needed."""

    def __init__(self, proxy: FaultyProxy) -> None:
        self.proxy = proxy
        self.upstream: ssl.SSLSocket | None = None

    def serve(self, client: ssl.SSLSocket) -> None:
        """Answer requests until a fault or one of the sides closes the connection."""
        with client.makefile("rb") as stream:
            while head := _head_from(stream):
                method, path = head.split(b" ", 2)[:2]
                request, fault = self.proxy.begin(method.decode(), path.decode())
                try:
                    fault(Exchange(request, self, client, head + stream.read(_length_in(head))))
                finally:
                    self.proxy.end(request)

    def forward(self, raw: bytes, method: str) -> Answer:
        """Send a request to the API server and return its answer."""
        if self.upstream is None:
            self.upstream = self.proxy.connect()
        self.upstream.sendall(raw)
        response = HTTPResponse(self.upstream, method=method)
        response.begin()
        headers = tuple((name, value) for name, value in response.getheaders() if name.lower() not in HOP_BY_HOP)
        return Answer(status=f"{response.status} {response.reason}", headers=headers, body=response.read())

    def close(self, client: ssl.SSLSocket) -> None:
        client.close()
        if self.upstream is not None:
            self.upstream.close()


class Exchange:
    """One request under way, with what a fault may do to it."""

    def __init__(self, request: ProxiedRequest, connection: _Connection, client: ssl.SSLSocket, raw: bytes) -> None:
        self.request, self.proxy = request, connection.proxy
        self._connection, self._client, self._bytes = connection, client, raw

    def forward(self) -> Answer:
        """Send the request to the API server and return the answer."""
        return self._connection.forward(self._bytes, self.request.method)

    def reply(self, answer: Answer) -> None:
        self._client.sendall(answer.head + answer.body)

    def reply_in_part(self, answer: Answer) -> None:
        """Announce the whole answer, and close the connection after half of its body."""
        self._client.sendall(answer.head + answer.body[: len(answer.body) // 2])
        raise GoneError

    def reply_in_drops(self, answer: Answer, drops: int, pause: float) -> None:
        """Send the whole answer in pieces, with a pause after each."""
        whole = answer.head + answer.body
        size = len(whole) // drops + 1
        for start in range(0, len(whole), size):
            self._client.sendall(whole[start : start + size])
            self.wait(pause)

    def reset(self) -> None:
        """Reset the connection."""
        abort(self._client)
        raise GoneError

    def wait(self, seconds: float) -> None:
        """Wait, but not beyond the end of the proxy."""
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
    """A request's first line and headers, with the empty line after them; empty at the end of the stream."""
    head = line = stream.readline()
    while line not in (b"\r\n", b""):
        line = stream.readline()
        head += line
    return head if line else b""


def _length_in(head: bytes) -> int:
    fields = (line.partition(b":") for line in head.split(b"\r\n")[1:])
    return next((int(value) for name, _, value in fields if name.lower() == b"content-length"), 0)
