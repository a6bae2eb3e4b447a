"""A server that resembles Kubernetes enough for one GET, and records the requests."""

from __future__ import annotations

import json
import ssl
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import unquote

if TYPE_CHECKING:
    from collections.abc import Callable

    from kubeconfig.certificates import Authority, Certificate

IDENTITY = ("authorization", "impersonate-")
"""Prefixes of the headers that identify the user."""

VERSIONS = {"kind": "APIVersions", "versions": ["v1"]}
GROUPS = {"kind": "APIGroupList", "apiVersion": "v1", "groups": []}
RESOURCES = {
    "kind": "APIResourceList",
    "groupVersion": "v1",
    "resources": [
        {"name": "secrets", "singularName": "secret", "namespaced": True, "kind": "Secret", "verbs": ["get"]}
    ],
}
DISCOVERY = {"/api": VERSIONS, "/apis": GROUPS, "/api/v1": RESOURCES}


@dataclass(frozen=True, kw_only=True)
class Asked:
    """One request as the server saw it; `identity` has the headers that identify the user, in lower case and in order.

    `form` is the body.
    """

    method: str
    path: str
    host: str
    identity: tuple[tuple[str, str], ...]
    certificate: str
    server_name: str | None
    form: str = ""

    @property
    def is_the_question(self) -> bool:
        """Whether it reads the secret; kubectl sends discovery requests first."""
        return "/secrets/" in self.path


class Server(ThreadingHTTPServer):
    """Does not log clients that reject its certificate: tests expect them."""

    daemon_threads = True

    def handle_error(self, *_: object) -> None:
        """Print nothing."""


class Recorder:
    """Listens on a port of 127.0.0.1 while the `with` block lasts; with TLS if there is a certificate.

    `answer` may be replaced: it gets a path and gives a status and an object. `prefix` is where the API begins,
    `headers` are sent with every answer.
    """

    def __init__(self, certificate: Certificate | None = None, clients: Authority | None = None) -> None:
        self.requests: list[Asked] = []
        self.prefix = ""
        self.headers: tuple[tuple[str, str], ...] = ()
        self.answer: Callable[[str], tuple[int, Any]] = secret_at
        self.server_names: dict[int, str | None] = {}
        self._server = Server(("127.0.0.1", 0), self._handler())
        self.port = self._server.server_address[1]
        self.url = f"{'https' if certificate else 'http'}://127.0.0.1:{self.port}"
        if certificate:
            self._server.socket = self._tls(certificate, clients).wrap_socket(
                self._server.socket, server_side=True, do_handshake_on_connect=False
            )

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

    def taken(self) -> list[Asked]:
        """Return and clear the requests for the secret."""
        asked, self.requests = [item for item in self.requests if item.is_the_question], []
        return asked

    def _tls(self, certificate: Certificate, clients: Authority | None) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.path, certificate.key)
        context.sni_callback = lambda connection, name, _: self.server_names.__setitem__(id(connection), name)
        if clients:
            context.load_verify_locations(clients.certificate.path)
            context.verify_mode = ssl.CERT_OPTIONAL
        return context

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        recorder = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_POST(self) -> None:
                self.do_GET()

            def do_GET(self) -> None:
                recorder.requests.append(recorder.asked_by(self))
                path = self.path.partition("?")[0].removeprefix(recorder.prefix)
                status, content = (200, DISCOVERY[path]) if path in DISCOVERY else recorder.answer(path)
                body = json.dumps(content).encode()
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                for name, value in recorder.headers:
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        return Handler

    def asked_by(self, handler: BaseHTTPRequestHandler) -> Asked:
        """Record the request of a handler."""
        connection: Any = handler.connection
        peer: Any = connection.getpeercert() if isinstance(connection, ssl.SSLSocket) else None
        headers = [(name.lower(), value) for name, value in handler.headers.items()]
        subject = dict(pair for part in (peer or {}).get("subject", ()) for pair in part)
        return Asked(
            method=handler.command,
            path=handler.path,
            host=handler.headers.get("Host", ""),
            identity=tuple(sorted(item for item in headers if item[0].startswith(IDENTITY))),
            certificate=subject.get("commonName", ""),
            server_name=self.server_names.get(id(connection)),
            form=handler.rfile.read(int(handler.headers.get("Content-Length") or 0)).decode(),
        )


def secret_at(path: str) -> tuple[int, Any]:
    """Return the secret at a path."""
    *_, namespace, _, name = (unquote(step) for step in path.split("/"))
    metadata = {"name": name, "namespace": namespace, "uid": "u", "resourceVersion": "1"}
    return 200, {"kind": "Secret", "apiVersion": "v1", "metadata": metadata}
