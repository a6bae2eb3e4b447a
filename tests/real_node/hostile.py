"""Registries that fail in various ways, and a name server that knows no name: each a server on a thread."""

from __future__ import annotations

import re
import socketserver
import ssl
import struct
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubeconfig.certificates import Certificate

MISBEHAVING = b"\x06broken"
"""The first label of the name for which the name server returns a server failure."""
TOKEN = b'{"token": "any", "access_token": "any"}'
"""With both field names: a client that uses GET reads the first, one that uses POST the second."""
NAME_ERROR, SERVER_FAILURE = 3, 2  # RFC 1035, 4.1.1


class TokenLogin(BaseHTTPRequestHandler):
    """A registry with token login whose path selects the response.

    For `/v2/token-429/...` the token server returns status 429; for `/v2/manifest-403/...` the client gets a token, and
    then 403 for the manifest; for `manifest-401` the scope of the token is insufficient.
    """

    def do_GET(self) -> None:
        """Return a token, or the status in the path."""
        status = self._number("token")
        self._answer(status, {"Content-Type": "application/json"}, TOKEN if status == 200 else b"{}")

    def do_POST(self) -> None:
        """The same for a user; without one, containerd uses GET."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_HEAD(self) -> None:
        """Return a challenge for a manifest, then the status in the path."""
        host, repository = self.headers["Host"], "/".join(self.path.split("/")[2:-2])
        what, _, status = self.path.split("/")[2].partition("-")
        scope = f'service="{host}",scope="repository:{repository}:pull"'
        challenge = f'Bearer realm="https://{host}/{what}-{status}",{scope}'
        if "Authorization" not in self.headers:
            self._answer(401, {"WWW-Authenticate": challenge})
        else:
            self._answer(self._number("manifest"), {"WWW-Authenticate": f'{challenge},error="insufficient_scope"'})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name in the base class
        """Log nothing."""

    def _number(self, what: str) -> int:
        found = re.search(rf"/{what}-(\d+)", self.path)
        return int(found[1]) if found else 200

    def _answer(self, status: int, headers: dict[str, str], body: bytes = b"") -> None:
        self.send_response(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class Silent(socketserver.BaseRequestHandler):
    """A connection that never gets a response."""

    def handle(self) -> None:
        """Read until the client closes the connection."""
        while self.request.recv(1024):
            pass


class Unknown(socketserver.BaseRequestHandler):
    """A name server that knows no name."""

    def handle(self) -> None:
        """Return the query with an error."""
        question, channel = self.request
        code = SERVER_FAILURE if question[12:].startswith(MISBEHAVING) else NAME_ERROR
        channel.sendto(question[:2] + struct.pack("!H", 0x8180 | code) + question[4:], self.client_address)


class SilentServer(socketserver.ThreadingTCPServer):
    """A server whose connections end with the process at the latest."""

    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    """Serve on a thread during the `with` block."""
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def token_login(address: str, certificate: Certificate) -> ThreadingHTTPServer:
    """A registry with token login, over TLS."""
    server = ThreadingHTTPServer((address, 443), TokenLogin)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.path, certificate.key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    return server


def plain(address: str) -> ThreadingHTTPServer:
    """The same without TLS at the port where TLS is expected."""
    return ThreadingHTTPServer((address, 443), TokenLogin)


def silent(address: str) -> SilentServer:
    """A registry that never answers."""
    return SilentServer((address, 443), Silent)


def name_server() -> socketserver.UDPServer:
    """A name server for the box."""
    return socketserver.UDPServer(("127.0.0.1", 53), Unknown)
