"""A server that resembles Kubernetes enough for one GET, and records the requests."""

from __future__ import annotations

import json
import ssl
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote

from local_server import LocalServer, Response, body_of, server_context

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

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


class Recorder(LocalServer):
    """Listens while the `with` block lasts; with TLS if there is a certificate.

    `answer` may be replaced: it gets a path and gives a status and an object. `prefix` is where the API begins,
    `headers` are sent with every answer.
    """

    def __init__(self, certificate: Certificate | None = None, clients: Authority | None = None) -> None:
        self.requests: list[Asked] = []
        self.prefix = ""
        self.headers: tuple[tuple[str, str], ...] = ()
        self.answer: Callable[[str], tuple[int, Any]] = secret_at
        self.server_names: dict[int, str | None] = {}
        super().__init__(self._tls(certificate, clients))

    def taken(self) -> list[Asked]:
        """Return and clear the requests for the secret."""
        asked, self.requests = [item for item in self.requests if item.is_the_question], []
        return asked

    def _tls(self, certificate: Certificate | None, clients: Authority | None) -> ssl.SSLContext | None:
        if (context := server_context(certificate)) is None:
            return None
        context.sni_callback = lambda connection, name, _: self.server_names.__setitem__(id(connection), name)
        if clients:
            context.load_verify_locations(clients.certificate.path)
            context.verify_mode = ssl.CERT_OPTIONAL
        return context

    def respond(self, request: BaseHTTPRequestHandler) -> Response:
        """Record a request and answer it."""
        self.requests.append(self.asked_by(request))
        path = request.path.partition("?")[0].removeprefix(self.prefix)
        status, content = (200, DISCOVERY[path]) if path in DISCOVERY else self.answer(path)
        return status, [("Content-Type", "application/json"), *self.headers], json.dumps(content).encode()

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
            form=body_of(handler),
        )


def secret_at(path: str) -> tuple[int, Any]:
    """Return the secret at a path."""
    *_, namespace, _, name = (unquote(step) for step in path.split("/"))
    metadata = {"name": name, "namespace": namespace, "uid": "u", "resourceVersion": "1"}
    return 200, {"kind": "Secret", "apiVersion": "v1", "metadata": metadata}
