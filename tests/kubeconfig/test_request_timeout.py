"""--request-timeout ends a request at any point, and without it every request still ends."""

from __future__ import annotations

import socket
import threading
import time
from typing import TYPE_CHECKING

import pytest

from kubeconfig.kubectl_oracle import ask_us

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubeconfig.conftest import Both

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 1000000\r\n\r\n"


@pytest.fixture
def silent() -> Iterator[int]:
    """The port of a server that accepts connections and never answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def trickling() -> Iterator[int]:
    """The port of a server whose answer comes one byte at a time, fast enough to avoid a read timeout."""
    stop = threading.Event()

    def serve(listener: socket.socket) -> None:
        connection, _ = listener.accept()
        with connection:
            connection.recv(65536)
            connection.sendall(HEAD)
            while not stop.wait(0.05):
                connection.sendall(b" ")

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield listener.getsockname()[1]
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    ("scheme", "words"),
    [("http", "context deadline exceeded"), ("https", "net/http: request canceled while waiting for connection")],
)
def test_silent_server(both: Both, silent: int, scheme: str, words: str) -> None:
    theirs, ours = both.errors(f"--server={scheme}://127.0.0.1:{silent}", "--token=t", "--request-timeout=300ms")

    assert "context deadline exceeded" in theirs or "Client.Timeout exceeded" in theirs  # which one is a race in Go
    assert ours == f"Unable to connect to the server: {words} (Client.Timeout exceeded while awaiting headers)"


def test_trickling_server(trickling: int, environ: dict[str, str]) -> None:
    started = time.monotonic()
    error = ask_us(f"--server=http://127.0.0.1:{trickling}", "--request-timeout=300ms", environ=environ).error

    assert "Client.Timeout" in error
    assert time.monotonic() - started < 10
