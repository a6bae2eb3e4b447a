"""A server that answers as a test wants registries and token servers to answer, and remembers what it got."""

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
class Got:
    """A request as it came."""

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
        """User name and password of a Basic header; empty without one."""
        scheme, _, rest = self.authorization.partition(" ")
        username, _, password = base64.b64decode(rest if scheme == "Basic" else "").decode().partition(":")
        return username, password

    @property
    def text(self) -> str:
        """All of it, to search in: header values in base64 also as what they stand for."""
        return "\n".join([self.path, str(self.query), str(self.headers), self.body, ":".join(self.login)])


@dataclass(frozen=True, kw_only=True)
class Said:
    """An answer."""

    status: int = 200
    headers: tuple[tuple[str, str], ...] = ()
    content: object = field(default_factory=dict)


Answer: TypeAlias = Callable[[Got], Said]


class Server(ThreadingHTTPServer):
    """Silent about clients that do not like its certificate."""

    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Says nothing."""


class StandIn:
    """Listens on a port of 127.0.0.1 while the `with` block lasts; with a certificate by TLS, else in clear.

    `most` is how many requests were under way at the same time.
    """

    def __init__(self, answer: Answer, certificate: Certificate | None = None) -> None:
        self.answer, self.got, self.most = answer, list[Got](), 0
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
        """User name and password of each request that had them."""
        return [request.login for request in self.got if request.login != ("", "")]

    def said(self, request: Got) -> Said:
        """The answer, when it is its turn."""
        with self._changed:
            self.got.append(request)
            self._busy += 1
            self.most = max(self.most, self._busy)
            self._changed.notify_all()
        try:
            return self.answer(request)
        finally:
            with self._changed:
                self._busy -= 1

    def hold(self, *, until_busy: int, within: float) -> bool:
        """Keep a request waiting until so many are under way, or for so many seconds; whether they were."""
        with self._changed:
            return self._changed.wait_for(lambda: self._busy >= until_busy, within)

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        stand_in = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                said = stand_in.said(_got(self))
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
                """Stays silent."""

        return Handler


def _got(handler: BaseHTTPRequestHandler) -> Got:
    url = urlsplit(handler.path)
    return Got(
        method=handler.command,
        path=url.path,
        query=parse_qs(url.query),
        headers=dict(handler.headers.items()),
        body=handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode(),
    )
