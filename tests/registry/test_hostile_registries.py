"""Registries that never end a response, send nonsense, or point into the user's own network."""

from __future__ import annotations

import socket
import threading
import time
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from kubeconfig.proxyserver import ProxyServer
from pullsecret.model.images.verdict import Identity, RegistryQuery, Result
from registry.answers import challenged, moved, registry
from registry.fake_server import FakeServer, Received, Reply
from registry.queries import RegistryClient, query

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubeconfig.certificates import Certificate
    from registry.conftest import Start

OK = b"HTTP/1.1 200 OK\r\n"
CHALLENGE = b'HTTP/1.1 401 Unauthorized\r\nWWW-Authenticate: Basic realm="x"\r\n'


@contextmanager
def raw_server(start: bytes, drop: bytes = b"") -> Iterator[str]:
    """HOST:PORT of a plain HTTP server that responds with some bytes, then with a few more again and again."""
    stop = threading.Event()

    def respond(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            if connection.recv(65536).startswith(b"\x16"):  # TLS
                connection.sendall(b"HTTP/1.1 400 Bad Request\r\n\r\n")
                return
            connection.sendall(start)
            while drop and not stop.wait(0.05):
                connection.sendall(drop)

    def serve() -> None:
        while not stop.is_set():
            with suppress(TimeoutError):
                connection, _ = listener.accept()
                connection.settimeout(10)
                threads.append(threading.Thread(target=respond, args=(connection,)))
                threads[-1].start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        listener.settimeout(0.05)
        threads = [threading.Thread(target=serve)]
        threads[0].start()
        yield f"127.0.0.1:{listener.getsockname()[1]}"
        stop.set()
        for thread in threads:
            thread.join()


TRICKLES = {
    "head": (b"", b"x"),
    "body": (CHALLENGE + b"Content-Length: 100000\r\n\r\n", b"x"),
    "chunks": (OK + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    "provisional responses": (b"", b"HTTP/1.1 100 Continue\r\n\r\n"),
}


@pytest.mark.parametrize(("start", "drop"), TRICKLES.values(), ids=TRICKLES.keys())
def test_trickling_registry_is_unreachable_in_time(
    client: RegistryClient, puller: Identity, start: bytes, drop: bytes
) -> None:
    hasty = RegistryClient(ca=client.ca, timeout="500ms")
    began = time.monotonic()

    with raw_server(start, drop) as host:
        verdict = hasty.one(query(host, "team/app", puller))

    assert verdict.result is Result.UNREACHABLE
    assert time.monotonic() - began < 8


NONSENSE = {
    "negative-chunk": OK + b"Transfer-Encoding: chunked\r\n\r\n-5\r\n",
    "length-of-5000-digits": OK + b"Content-Length: " + b"9" * 5000 + b"\r\n\r\n",
    "negative-length": OK + b"Content-Length: -1\r\n\r\n",
    "another-protocol": b"220 mail.example ESMTP\r\n\r\n",
    "nothing": b"",
}


@pytest.mark.parametrize("raw", NONSENSE.values(), ids=NONSENSE.keys())
def test_malformed_response_spoils_no_other_verdict(
    start: Start, client: RegistryClient, puller: Identity, raw: bytes
) -> None:
    good = start(registry("Basic realm=x"))

    with raw_server(raw) as host:
        bad = query(host, "team/app", puller)
        verdicts = client.all([bad, query(good.host, "team/app", puller)])

    assert verdicts.pop(bad).result in {Result.UNREACHABLE, Result.FAILED, Result.WORKS}
    assert [verdict.result for verdict in verdicts.values()] == [Result.WORKS]


@pytest.mark.parametrize(
    "url", ["https://10.0.0.1/t", "https://169.254.169.254/latest", "https://[fd00::1]/", "https://[::ffff:10.0.0.1]/"]
)
def test_registry_on_this_machine_points_to_no_other_network(
    start: Start, client: RegistryClient, puller: Identity, url: str
) -> None:
    by_realm = start(lambda _: challenged(f'Bearer realm="{url}"'))
    by_redirect = start(registry("Basic realm=x", moved(url)))

    for host in (by_realm.host, by_redirect.host):
        verdict = client.one(query(host, "team/app", puller))
        assert verdict.result is Result.INTERNAL_ADDRESS
        assert " address" in verdict.detail


@pytest.mark.parametrize("place", ["127.0.0.1", "localhost", "127.1"])
def test_remote_registry_points_to_nothing_on_this_machine(
    start: Start, client: RegistryClient, puller: Identity, certificate: Certificate, place: str
) -> None:
    victim = start(lambda _: Reply(content={"token": "x"}))
    realm = f"https://{place}:{victim.host.rpartition(':')[2]}/t"
    remote = start(lambda _: challenged(f'Bearer realm="{realm}"'), by=certificate)

    with ProxyServer() as proxy:
        far = RegistryClient(ca=client.ca, environ={"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"})
        verdict = far.one(_through(remote, puller))

    assert verdict.result is Result.INTERNAL_ADDRESS, verdict
    assert victim.received == []


def _through(server: FakeServer, identity: Identity) -> RegistryQuery:
    """A query for a registry whose name only the proxy knows."""
    return query(f"registry.example.com:{server.host.rpartition(':')[2]}", "team/app", identity)


def test_redirects_share_one_deadline(start: Start, client: RegistryClient, puller: Identity) -> None:
    def slow(received: Received) -> Reply:
        if received.path != "/again" and "/manifests/" not in received.path:
            return Reply() if received.authorization else challenged("Basic realm=x")
        threading.Event().wait(0.4 if received.path == "/again" else 0)
        return moved("/again")

    hasty = RegistryClient(ca=client.ca, timeout="1s")
    verdict = hasty.one(query(start(slow).host, "team/app", puller))

    assert verdict.result is Result.UNREACHABLE
