"""A server that answers as a test wants registries and token servers to answer, and remembers what it received."""

from __future__ import annotations

import base64
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import parse_qs, urlsplit

from local_server import LocalServer, Response, body_of, server_context

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler

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


class FakeServer(LocalServer):
    """Listens while the `with` block lasts; with TLS if there is a certificate.

    `most` is how many requests were under way at the same time.
    """

    def __init__(self, answer: Answer, certificate: Certificate | None = None) -> None:
        self.answer, self.received, self.most = answer, list[Received](), 0
        self._busy, self._changed = 0, threading.Condition()
        super().__init__(server_context(certificate))

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

    def respond(self, request: BaseHTTPRequestHandler) -> Response:
        """Answer a request as the test wants."""
        said = self.said(_received(request))
        body = said.content if isinstance(said.content, str) else json.dumps(said.content)
        return said.status, said.headers, body.encode()


def _received(handler: BaseHTTPRequestHandler) -> Received:
    url = urlsplit(handler.path)
    return Received(
        method=handler.command,
        path=url.path,
        query=parse_qs(url.query),
        headers=dict(handler.headers.items()),
        body=body_of(handler),
    )
