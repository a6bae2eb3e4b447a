"""Registries through each kind of proxy, with and without TLS, on connections that are kept."""

from __future__ import annotations

import socket
import ssl
import threading
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

import pytest

from kubeconfig.proxyserver import ProxyServer, SocksServer
from pullsecret.network.http.connection import Route
from pullsecret.network.http.message import NoAnswerError, Request
from pullsecret.network.http.pool import Pool
from pullsecret.network.timeouts import Timeouts
from pullsecret.network.tls import Trust, context_for
from registry.fake_server import FakeServer, Received, Reply

if TYPE_CHECKING:
    from collections.abc import Iterator

    from kubeconfig.certificates import Authority, Certificate
    from registry.conftest import Start

TIMEOUTS = Timeouts(connect=10, read=10, total=10)


def respond(received: Received) -> Reply:
    return Reply(content={"path": received.path})


@contextmanager
def tls_before(port: int, certificate: Certificate) -> Iterator[int]:
    """The port of a TLS server that passes everything on to another port of this machine."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate.path, certificate.key)

    def pump(source: socket.socket, sink: socket.socket) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                sink.sendall(piece)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)

    def serve(listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client = context.wrap_socket(listener.accept()[0], server_side=True)
                server = socket.create_connection(("127.0.0.1", port))
                threading.Thread(target=pump, args=(client, server), daemon=True).start()
                threading.Thread(target=pump, args=(server, client), daemon=True).start()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=serve, args=(listener,), daemon=True).start()
        yield listener.getsockname()[1]


@pytest.fixture(params=["http", "https", "socks5"])
def proxy(request: pytest.FixtureRequest, certificate: Certificate) -> Iterator[tuple[str, ProxyServer]]:
    """A proxy's URL, and its record."""
    with ExitStack() as running:
        server = running.enter_context(SocksServer() if request.param == "socks5" else ProxyServer())
        port = server.port
        if request.param == "https":
            port = running.enter_context(tls_before(port, certificate))
        yield f"{request.param}://paula:p%40ss@127.0.0.1:{port}", server


def test_requests_to_a_tls_server_share_a_tunnel(
    start: Start, authority: Authority, proxy: tuple[str, ProxyServer]
) -> None:
    url, record = proxy
    server = start(respond)
    pool = pool_through(url, server, authority)

    bodies = [pool.roundtrip(get(server, f"/{number}"), TIMEOUTS.start()).json_object for number in range(3)]

    assert bodies == [{"path": f"/{number}"} for number in range(3)]
    assert record.targets == [server.host]
    assert record.credentials == ["paula:p@ss"]
    pool.close()


def test_proxy_that_is_not_there_is_no_answer(start: Start, authority: Authority) -> None:
    server = start(respond)

    for scheme in ("http", "socks5"):
        with pytest.raises(NoAnswerError) as caught:
            pool_through(f"{scheme}://127.0.0.1:1", server, authority).roundtrip(get(server, "/"), TIMEOUTS.start())
        assert isinstance(caught.value.reason, ConnectionRefusedError)
        assert not caught.value.sent


def pool_through(url: str, server: FakeServer, authority: Authority) -> Pool:
    """Connections that trust the authority and go through a proxy."""
    context = context_for(Trust(ca=authority.certificate.path.read_bytes()), {})
    proxy_context = context if url.startswith("https:") else None
    route = Route(origin=server.url, proxy=url, context=context, proxy_context=proxy_context)
    return Pool(lambda _: route)


def get(server: FakeServer, path: str) -> Request:
    """A request for a path."""
    return Request(method="GET", origin=server.url, target=path)
