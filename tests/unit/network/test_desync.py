"""Servers and proxies that send more, less or other responses than were asked for: no wrong one is believed."""

from __future__ import annotations

import json
import random
import socket
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Self

import pytest

from pullsecret.cluster import connect
from pullsecret.cluster.http.request import ApiRequest, path_to
from pullsecret.cluster.http.response import object_in
from pullsecret.errors import ApiError, ConnectError
from pullsecret.model.objects.objects import Kind, name_of, namespace_of, text_at
from pullsecret.model.request.connection import ConnectionFlags

if TYPE_CHECKING:
    from pathlib import Path

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.objects.objects import Object

SEEDS = 2500
REQUESTS = 3


def response_to(path: str) -> bytes:
    """The secret of a path, as an API server sends it."""
    *_, namespace, _, name = path.split("/")
    metadata = {"namespace": namespace, "name": name, "uid": f"uid-of-{namespace}-{name}"}
    body = json.dumps({"kind": "Secret", "apiVersion": "v1", "metadata": metadata}).encode()
    return b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body)


class MutatingServer:
    """An API server on this machine that spoils responses by a seed."""

    def __init__(self) -> None:
        self.chance = random.Random(0)  # noqa: S311  the same mutations in each run
        self._last = b""
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def __enter__(self) -> Self:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while head := connection.recv(65536):
                path = head.split(b" ", 2)[1].decode()
                if not self._respond(connection, response_to(path)):
                    return

    def _respond(self, connection: socket.socket, right: bytes) -> bool:
        """Send a response, right or not; whether the connection stays open."""
        last, self._last = self._last, right
        pause, head = threading.Event(), right.partition(b"\r\n\r\n")[0]
        match self.chance.randrange(12):
            case 0:
                connection.sendall(right + right)
            case 1 | 2 | 3:  # the same response again, a moment later
                connection.sendall(right)
                pause.wait(self.chance.choice([0, 0.0002, 0.001]))
                connection.sendall(right)
            case 4:
                connection.sendall(last or right)
            case 5:
                connection.sendall(right)
                pause.wait(self.chance.choice([0, 0.0005]))
                connection.sendall(last)
            case 6:
                connection.sendall(right[: self.chance.randrange(1, len(right))])
                return False
            case 7:
                at = self.chance.randrange(len(head))
                connection.sendall(right[:at] + bytes([self.chance.randrange(256)]) + right[at + 1 :])
                return False
            case 8:
                connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n" + right)
            case 9:
                connection.sendall(right + b"HTTP/1.1 200")
            case _:
                connection.sendall(right)
        return True


@pytest.mark.parametrize("unattended", [False, True], ids=["the client's pool", "a single connection"])
def test_no_wrong_response_is_taken(tmp_path: Path, unattended: bool) -> None:
    taken = refused = 0
    with MutatingServer() as server:
        flags = ConnectionFlags(server=server.url, request_timeout="2s")
        cluster = connect(flags, environ={"HOME": str(tmp_path)}, unattended=unattended)
        for seed in range(SEEDS):
            server.chance.seed(seed)
            for number in range(REQUESTS):
                namespace, name = f"ns{seed % 7}", f"s{seed}-{number}"
                try:
                    found = read(cluster, namespace, name)
                except (ConnectError, ApiError):
                    refused += 1
                    continue
                taken += 1
                assert (namespace_of(found), name_of(found)) == (namespace, name), seed
                assert text_at(found, "metadata", "uid") == f"uid-of-{namespace}-{name}", seed
        cluster.close()

    assert taken > SEEDS
    assert refused > SEEDS / 10


def read(cluster: Cluster, namespace: str, name: str) -> Object:
    """One attempt to read a secret."""
    request = ApiRequest(
        method="GET", path=path_to(Kind.SECRET, namespace, name), kind=Kind.SECRET, namespace=namespace, name=name
    )
    return object_in(cluster._transport.send(request), "get secrets")  # noqa: SLF001  one attempt, not four
