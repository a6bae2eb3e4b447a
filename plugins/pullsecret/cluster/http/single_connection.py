"""A single connection without the Kubernetes client, for one question at a time: what TAB asks.

Who presses TAB waits for every import, and the client's are two thirds of them. It goes straight to the server: a proxy
is the client's business (pool.py).
"""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pullsecret.cluster.http.roundtrip import NoAnswerError, exchanged
from pullsecret.cluster.login.clientcert import create_client_context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.cluster.http.response import Answer
    from pullsecret.cluster.http.roundtrip import Question
    from pullsecret.cluster.kubeconfig.connection import Connection
    from pullsecret.cluster.kubeconfig.user import KeyPair
    from pullsecret.network.timeouts import Timeouts

_PORTS = {"http": 80, "https": 443}


class DirectPool:
    """One connection, kept from question to question; a Pool for one thread."""

    def __init__(self, connection: Connection, pair: KeyPair | None, environ: Mapping[str, str]) -> None:
        url = urlsplit(connection.server)
        self._address = (url.hostname or "", url.port or _PORTS[url.scheme])
        self._server_name = connection.trust.server_name or self._address[0].partition("%")[0]
        is_secure = url.scheme == "https"
        self._context = create_client_context(pair, connection.trust, environ) if is_secure else None
        self._sock: socket.socket | None = None

    def exchange(self, question: Question, timeouts: Timeouts) -> Answer:
        """Send a request and read the whole answer; raises NoAnswerError."""
        if self._sock is None:
            self._sock = self._connected(timeouts.connect)
        may_follow = False
        try:
            answer, may_follow = exchanged(self._sock, question, timeouts)
        finally:
            if not may_follow:
                self.close()
        return answer

    def close(self) -> None:
        """Close the connection."""
        if self._sock is not None:
            self._sock.close()
            self._sock = None

    def _connected(self, seconds: float) -> socket.socket:
        try:
            plain = socket.create_connection(self._address, seconds)
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return self._context.wrap_socket(plain, server_hostname=self._server_name) if self._context else plain
        except TimeoutError as error:
            raise NoAnswerError(sent=False, timed_out=True) from error
        except (OSError, ssl.CertificateError) as error:
            raise NoAnswerError(sent=False, reason=error) from error
