"""A recording forward proxy that resolves every name and address to this machine."""

from __future__ import annotations

import base64
import contextlib
import socket
import threading
from typing import Self


class ProxyServer:
    """Answers CONNECT and forwards every tunnel to 127.0.0.1, to the requested port or to `port` if set.

    `targets` are the HOST:PORT asked for, `credentials` the user:password given, each in order.
    """

    def __init__(self, port: int = 0) -> None:
        self._target_port = port
        self.targets: list[str] = []
        self.credentials: list[str] = []
        self.refuses = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def taken(self) -> list[str]:
        """Return and clear the targets so far."""
        targets, self.targets = self.targets, []
        return targets

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, contextlib.suppress(OSError):
            request = self._head(client).decode().splitlines()
            target = request[0].split()[1]
            self.targets.append(target)
            self.credentials += [_decoded(line) for line in request if line.lower().startswith("proxy-authorization:")]
            if self.refuses:
                client.sendall(self.refuses)
                return
            self._lead(client, target, b"HTTP/1.1 200 Connection established\r\n\r\n")

    def _lead(self, client: socket.socket, target: str, word: bytes) -> None:
        port = self._target_port or int(target.rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as server:
            client.sendall(word)
            threading.Thread(target=_pump, args=(server, client), daemon=True).start()
            _pump(client, server)

    def _head(self, client: socket.socket) -> bytes:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            piece = client.recv(1)
            if not piece:
                raise OSError
            head += piece
        return head


class SocksServer(ProxyServer):
    """The same for SOCKS 5, with and without username and password (RFC 1928 and 1929)."""

    def _serve(self, client: socket.socket) -> None:
        with client, client.makefile("rb") as asked, contextlib.suppress(OSError):
            _, count = asked.read(2)
            takes_password = 2 in asked.read(count)
            client.sendall(bytes([5, 2 if takes_password else 0]))
            if takes_password:
                asked.read(1)
                self.credentials.append(":".join(asked.read(asked.read(1)[0]).decode() for _ in range(2)))
                client.sendall(b"\1\0")
            asked.read(3)
            if asked.read(1) == b"\3":
                host = asked.read(asked.read(1)[0]).decode()
            else:
                host = socket.inet_ntoa(asked.read(4))
            target = f"{host}:{int.from_bytes(asked.read(2))}"
            self.targets.append(target)
            if self.refuses:
                client.sendall(self.refuses)
                return
            self._lead(client, target, b"\5\0\0\1" + bytes(6))


def _decoded(line: str) -> str:
    return base64.b64decode(line.rsplit(maxsplit=1)[-1]).decode()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    with contextlib.suppress(OSError):
        while piece := source.recv(65536):
            sink.sendall(piece)
        sink.shutdown(socket.SHUT_WR)
