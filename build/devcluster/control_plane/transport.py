"""HTTPS requests over pooled connections that all threads share."""

from __future__ import annotations

import ssl
from collections import deque
from http.client import HTTPException, HTTPSConnection
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path


class Connections:
    """Idle connections to one server, as many as were ever used at once. `timeout` is in seconds."""

    def __init__(self, server: str, ca: Path | None, timeout: float) -> None:
        self._host = urlsplit(server).netloc
        self._timeout = timeout
        self._trust = ssl.create_default_context(cafile=ca)
        # The API server's self-signed certificate lacks fields that Python 3.13 requires.
        self._trust.verify_flags &= ~getattr(ssl, "VERIFY_X509_STRICT", 0)
        self._idle: deque[HTTPSConnection] = deque()  # append and pop are atomic

    def exchange(self, method: str, path: str, body: str | None, headers: Mapping[str, str]) -> tuple[int, bytes]:
        """Return status and body of the response. Raises OSError or http.client.HTTPException without one."""
        while self._idle:
            kept = self._idle.pop()
            try:
                return self._exchange_on(kept, method, path, body, headers)
            except (ConnectionError, ssl.SSLEOFError, HTTPException):
                continue  # the server closed it or was restarted
        fresh = HTTPSConnection(self._host, timeout=self._timeout, context=self._trust)
        return self._exchange_on(fresh, method, path, body, headers)

    def close(self) -> None:
        """Close idle connections."""
        while self._idle:
            self._idle.pop().close()

    def _exchange_on(
        self, connection: HTTPSConnection, method: str, path: str, body: str | None, headers: Mapping[str, str]
    ) -> tuple[int, bytes]:
        try:
            connection.request(method, path, body, dict(headers))
            response = connection.getresponse()
            answer = response.status, response.read()
        except (OSError, HTTPException):
            connection.close()
            raise
        self._idle.append(connection)
        return answer
