"""Registries through the environment's proxy, by Go's rules; the proxy resolves every name to this machine."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubeconfig.certificates import Authority
from kubeconfig.proxyserver import ProxyServer
from objects import made_up_password
from pullsecret.errors import ConfigError
from pullsecret.model.images.verdict import Identity, Result
from registry.fake_server import FakeServer, Received, Reply
from registry.queries import RegistryClient, query

if TYPE_CHECKING:
    from pathlib import Path


def answer(received: Received) -> Reply:
    return Reply() if received.authorization else Reply(status=401, headers=(("WWW-Authenticate", "Basic realm=x"),))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_proxied_registry_hides_credentials_from_the_proxy(authority: Authority, variable: str) -> None:
    puller = Identity(username="puller", password=made_up_password())
    certificate = authority.issue("reg", "subjectAltName=DNS:reg.example")

    with FakeServer(answer, certificate) as server, ProxyServer() as proxy:
        host = f"reg.example:{server.host.rpartition(':')[2]}"
        client = RegistryClient(
            ca=authority.certificate.path, environ={variable: f"http://me:pw@127.0.0.1:{proxy.port}"}
        )
        verdict = client.one(query(host, "team/app", puller))

    assert verdict.result is Result.WORKS
    assert set(proxy.targets) == {host}
    assert set(proxy.credentials) == {"me:pw"}
    assert set(server.logins) == {("puller", puller.password)}


def test_loopback_is_not_proxied(authority: Authority) -> None:
    certificate = authority.issue("here", "subjectAltName=IP:127.0.0.1")

    with FakeServer(answer, certificate) as server, ProxyServer() as proxy:
        client = RegistryClient(
            ca=authority.certificate.path, environ={"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}
        )
        client.one(query(server.host, "team/app"))

    assert proxy.targets == []
    assert server.received


HUB = ("docker.io", "index.docker.io")


@pytest.mark.parametrize("host", HUB)
def test_docker_hub_is_contacted_at_its_registry_host(authority: Authority, host: str) -> None:
    with ProxyServer() as proxy:
        client = RegistryClient(
            ca=authority.certificate.path, environ={"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"}
        )
        proxy.refuses = b"HTTP/1.1 403 Forbidden\r\n\r\n"
        verdict = client.one(query(host, "library/nginx"))

    assert proxy.targets == ["registry-1.docker.io:443"]
    assert verdict.result is Result.UNREACHABLE


def test_remote_plain_http_needs_the_flag(authority: Authority) -> None:
    puller = Identity(username="puller", password=made_up_password())
    with FakeServer(answer) as server, ProxyServer() as proxy:
        host = f"reg.example:{server.host.rpartition(':')[2]}"
        environ = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY"), f"http://127.0.0.1:{proxy.port}")
        client = RegistryClient(ca=authority.certificate.path, environ=environ)
        verdict = client.one(query(host, "team/app", puller))

    assert verdict.result is Result.INSECURE
    assert server.logins == []


def test_unsupported_proxy_is_an_error(authority: Authority) -> None:
    client = RegistryClient(ca=authority.certificate.path, environ={"HTTPS_PROXY": "ftp://127.0.0.1"})

    with pytest.raises(ConfigError, match="unsupported proxy scheme"):
        client.one(query("reg.example", "team/app"))
