"""A TLS server that answers reads as Kubernetes does, and each write with an error that quotes the request."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from local_server import LocalServer, Response, body_of, server_context

if TYPE_CHECKING:
    from collections.abc import Callable
    from http.server import BaseHTTPRequestHandler

    from kubeconfig.certificates import Certificate

REASONS = {
    401: "Unauthorized",
    403: "Forbidden",
    404: "NotFound",
    409: "Conflict",
    422: "Invalid",
    500: "InternalError",
}
KINDS = {"namespaces": "Namespace", "secrets": "Secret", "serviceaccounts": "ServiceAccount", "pods": "Pod"}


def data_in(body: str) -> str:
    """What is in the data of a secret, decoded: a webhook may well look at it."""
    data = json.loads(body).get("data", {}) if body else {}
    return " ".join(base64.b64decode(value).decode() for value in data.values())


QUOTES: dict[str, Callable[[str], str]] = {
    "whole": lambda body: f"admission webhook denied the request: {body}",
    "cut": lambda body: f"denied: {body[: len(body) * 2 // 3]}...",
    "decoded": lambda body: f"denied: {data_in(body)}",
    "passwords": lambda body: "denied: " + ", ".join(passwords_in(body)),
}
"""How an error quotes the body."""


def passwords_in(body: str) -> list[str]:
    """The clear passwords that a webhook would find."""
    auths = json.loads(data_in(body) or "{}").get("auths", {})
    return [entry["password"] for entry in auths.values()]


class EchoingServer(LocalServer):
    """Listens while the `with` block lasts.

    `statuses` are for the writes to come, the last one for all that follow; `form` is `status` (a Status object),
    `text`, `json`, or `header` (a Warning header beside a Status); `echoes_reads` makes reads fail as well, with an
    error that quotes all headers.
    """

    def __init__(self, certificate: Certificate) -> None:
        self.statuses = [500]
        self.form, self.quote = "status", QUOTES["whole"]
        self.echoes_reads = False
        self.writes = 0
        super().__init__(server_context(certificate))

    def respond(self, request: BaseHTTPRequestHandler) -> Response:
        """Answer a request."""
        status, headers, text = self.answer(request.command, request.path, str(request.headers), body_of(request))
        return status, headers.items(), text.encode()

    def answer(self, method: str, path: str, headers: str, body: str) -> tuple[int, dict[str, str], str]:
        """Status, headers and body for a request."""
        if method == "GET" and not self.echoes_reads:
            status, content = read(path)
            return status, {"Content-Type": "application/json"}, json.dumps(content)
        self.writes += 1
        status = self.statuses[0] if len(self.statuses) == 1 else self.statuses.pop(0)
        return self._error(status, headers if method == "GET" else self.quote(body))

    def _error(self, status: int, quoted: str) -> tuple[int, dict[str, str], str]:
        if self.form == "text":
            return status, {"Content-Type": "text/plain"}, quoted
        if self.form == "json":
            return status, {"Content-Type": "application/json"}, json.dumps({"sent": quoted})
        headers = {"Content-Type": "application/json"}
        if self.form == "header":
            escaped = quoted.replace("\\", "\\\\").replace('"', '\\"')
            headers["Warning"] = f'299 - "{escaped}"'
        message = "denied" if self.form == "header" else quoted
        content = {"kind": "Status", "apiVersion": "v1", "status": "Failure", "reason": REASONS.get(status, "")}
        return status, headers, json.dumps({**content, "message": message, "code": status})


def read(path: str) -> tuple[int, Any]:
    """A namespace and a service account, whatever their names; no secret; and empty lists."""
    steps = path.partition("?")[0].split("/")[3:]
    kind, name = (steps[-2], steps[-1]) if len(steps) % 2 == 0 else (steps[-1], "")
    metadata = {"name": name, "uid": "u", "resourceVersion": "1", **({"namespace": steps[1]} if len(steps) > 2 else {})}
    if not name:
        return 200, {"kind": f"{KINDS[kind]}List", "apiVersion": "v1", "metadata": {}, "items": []}
    if kind == "secrets":
        message = f'secrets "{name}" not found'
        return 404, {"kind": "Status", "message": message, "reason": "NotFound", "code": 404}
    return 200, {"kind": KINDS[kind], "apiVersion": "v1", "metadata": metadata}
