"""A TLS server that answers reads as Kubernetes does, and each write with an error that quotes the request."""

from __future__ import annotations

import base64
import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self

if TYPE_CHECKING:
    from collections.abc import Callable

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


class EchoingServer:
    """Listens on a port of 127.0.0.1 while the `with` block lasts.

    `statuses` are for the writes to come, the last one for all that follow; `form` is `status` (a Status object),
    `text`, `json`, or `header` (a Warning header beside a Status); `echoes_reads` makes reads fail as well, with an
    error that quotes all headers.
    """

    def __init__(self, certificate: Certificate) -> None:
        self.statuses = [500]
        self.form, self.quote = "status", QUOTES["whole"]
        self.echoes_reads = False
        self.writes = 0
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate.path, certificate.key)
        self._server.socket = context.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.url = f"https://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()

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

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        server = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def handle_any(self) -> None:
                body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
                status, headers, text = server.answer(self.command, self.path, str(self.headers), body)
                self.send_response(status)
                for name, value in {**headers, "Content-Length": str(len(text.encode()))}.items():
                    self.send_header(name, value)
                self.end_headers()
                self.wfile.write(text.encode())

            do_GET = do_POST = do_PATCH = do_DELETE = handle_any  # noqa: N815  http.server's names

            def log_message(self, *_: object) -> None:
                """Log nothing."""

        return Handler


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
