"""Registries that answer in unfriendly ways, and a name server that knows nobody: each a server on a thread."""

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
"""The first label of the one name about which the name server answers with a failure of its own."""
TOKEN = b'{"token": "any", "access_token": "any"}'
"""Under both names: a client that asks by GET reads the first, one that asks by POST the second."""
NAME_ERROR, SERVER_FAILURE = 3, 2  # RFC 1035, 4.1.1


class TokenLogin(BaseHTTPRequestHandler):
    """A registry with token login whose path says what it answers.

    `/v2/token-429/...` sends the client for a token, and there it meets status 429; `/v2/manifest-403/...` gives a
    token, and answers 403 to it; `manifest-401` says that the token is not enough.
    """

    def do_GET(self) -> None:
        """Tokens, or not."""
        status = self._number("token")
        self._answer(status, {"Content-Type": "application/json"}, TOKEN if status == 200 else b"{}")

    def do_POST(self) -> None:
        """Tokens for a user; without one containerd asks by GET."""
        self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.do_GET()

    def do_HEAD(self) -> None:
        """Manifests: a challenge first, then what the path says."""
        host, repository = self.headers["Host"], "/".join(self.path.split("/")[2:-2])
        what, _, status = self.path.split("/")[2].partition("-")
        scope = f'service="{host}",scope="repository:{repository}:pull"'
        challenge = f'Bearer realm="https://{host}/{what}-{status}",{scope}'
        if "Authorization" not in self.headers:
            self._answer(401, {"WWW-Authenticate": challenge})
        else:
            self._answer(self._number("manifest"), {"WWW-Authenticate": f'{challenge},error="insufficient_scope"'})

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  its name in the base class
        """Say nothing."""

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
    """Somebody who takes the call and never says a word."""

    def handle(self) -> None:
        """Listen until the other side hangs up."""
        while self.request.recv(1024):
            pass


class Unknown(socketserver.BaseRequestHandler):
    """A name server to which every name is unknown."""

    def handle(self) -> None:
        """The question back, with an error."""
        question, channel = self.request
        code = SERVER_FAILURE if question[12:].startswith(MISBEHAVING) else NAME_ERROR
        channel.sendto(question[:2] + struct.pack("!H", 0x8180 | code) + question[4:], self.client_address)


class SilentServer(socketserver.ThreadingTCPServer):
    """Its calls end with the process at the latest."""

    daemon_threads = True
    allow_reuse_address = True


@contextmanager
def serving(server: socketserver.BaseServer) -> Iterator[None]:
    """Serve on a thread while the block runs."""
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
