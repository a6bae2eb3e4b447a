"""A server that answers as a test wants registries and token servers to answer, and remembers what it received."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self, TypeAlias
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from kubeconfig.certificates import Certificate


@dataclass(frozen=True, kw_only=True)
class Received:
    """A request as it was received."""

    method: str
    path: str
    query: Mapping[str, list[str]]
    headers: Mapping[str, str]
    body: str = ""

    @property
    def authorization(self) -> str:
        """The header, or ""."""
        return self.headers.get("Authorization", "")

    @property
    def login(self) -> tuple[str, str]:
        """Username and password of a Basic header; empty without one."""
        scheme, _, rest = self.authorization.partition(" ")
        username, _, password = base64.b64decode(rest if scheme == "Basic" else "").decode().partition(":")
        return username, password

    @property
    def text(self) -> str:
        """The whole request, to search in; header values in base64 decoded, too."""
        return "\n".join([self.path, str(self.query), str(self.headers), self.body, ":".join(self.login)])


@dataclass(frozen=True, kw_only=True)
class Reply:
    """A response."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content: object = field(default_factory=dict)


Answer: TypeAlias = Callable[[Received], Reply]


class Server(ThreadingHTTPServer):
    """Does not log clients that reject its certificate."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Log nothing."""


class FakeServer:
    """Listens on a port of 127.0.0.1 while the `with` block lasts; with a certificate over TLS, else without.

    `most` is how many requests were under way at the same time.
    """

    def __init__(self, answer: Answer, certificate: Certificate | None = None) -> None:
        self.answer, self.received, self.most = answer, list[Received](), 0
        self._busy, self._changed = 0, threading.Condition()
        self._server = Server(("127.0.0.1", 0), self._handler())
        self.host = f"127.0.0.1:{self._server.server_address[1]}"
        self.url = f"{'https' if certificate else 'http'}://{self.host}"
        if certificate:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain(certificate.path, certificate.key)
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def logins(self) -> list[tuple[str, str]]:
        """Username and password of each request that had them."""
        return [request.login for request in self.received if request.login != ("", "")]

    def said(self, request: Received) -> Reply:
        """Record a request and return the response."""
        with self._changed:
            self.received.append(request)
            self._busy += 1
            self.most = max(self.most, self._busy)
            self._changed.notify_all()
        try:
            return self.answer(request)
        finally:
            with self._changed:
                self._busy -= 1

    def hold(self, *, until_busy: int, within: float) -> bool:
        """Wait until so many requests are in progress, at most so many seconds; return whether they are."""
        with self._changed:
            return self._changed.wait_for(lambda: self._busy >= until_busy, within)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        fake_server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                said = fake_server.said(_received(self))
                body = said.content.encode() if isinstance(said.content, str) else json.dumps(said.content).encode()
                self.send_response(said.status)
                for name, value in said.headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                if self.command != "HEAD":
                    self.wfile.write(body)

            def do_HEAD(self) -> None:
                self.do_GET()

            def do_POST(self) -> None:
                self.do_GET()

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        return Handler


def _received(handler: BaseHTTPRequestHandler) -> Received:
    url = urlsplit(handler.path)
    return Received(
        method=handler.command,
        path=url.path,
        query=parse_qs(url.query),
        headers=dict(handler.headers.items()),
        body=handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode(),
    )
