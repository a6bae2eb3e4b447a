"""The base of the fake servers: HTTP on a port of this machine, with or without TLS."""

from __future__ import annotations

import ssl
import threading
from abc import ABC, abstractmethod
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Self, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterable

    from kubeconfig.certificates import Certificate

Response: TypeAlias = "tuple[int, Iterable[tuple[str, str]], bytes]"
"""Status, headers without Content-Length, and body."""


class LocalServer(ABC):
    """Listens on a port of 127.0.0.1 while the `with` block lasts; with TLS if there is a context."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        handler = type("Handler", (_Handler,), {"owner": self})
        self._server = _Server(("127.0.0.1", 0), handler)
        self.port = self._server.server_address[1]
        self.host = f"127.0.0.1:{self.port}"
        self.url = f"{'https' if context else 'http'}://{self.host}"
        if context:
            self._server.socket = context.wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    @abstractmethod
    def respond(self, request: BaseHTTPRequestHandler) -> Response:
        """Return the response to a request of any method."""


def server_context(certificate: Certificate | None) -> ssl.SSLContext | None:
    """The TLS context of a server with this certificate; None without one."""
    if certificate is None:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.path, certificate.key)
    return context


def body_of(request: BaseHTTPRequestHandler) -> str:
    """Read the body of a request."""
    return request.rfile.read(int(request.headers.get("Content-Length") or 0)).decode()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def handle_error(self, *_: object) -> None:
        """Log nothing: tests expect clients that reject the certificate."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    owner: LocalServer

    def handle_any(self) -> None:
        status, headers, body = self.owner.respond(self)
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    do_GET = do_HEAD = do_POST = do_PUT = do_PATCH = do_DELETE = handle_any  # noqa: N815  http.server's names

    def log_message(self, *_: object) -> None:
        """Log nothing."""
