"""Registries through the environment's proxy, by Go's rules; the names are found on this machine there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubeconfig.certificates import Authority
from kubeconfig.proxyserver import ProxyServer
from objects import made_up_password
from pullsecret.errors import ConfigError
from pullsecret.model.images.verdict import Identity, Result
from registry.queries import Asking, query
from registry.standin import Got, Said, StandIn

if TYPE_CHECKING:
    from pathlib import Path


def answer(got: Got) -> Said:
    return Said() if got.authorization else Said(status=401, headers=(("WWW-Authenticate", "Basic realm=x"),))


@pytest.fixture
def authority(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "authority")


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy"])
def test_registry_is_asked_through_the_proxy_which_sees_no_credential(authority: Authority, variable: str) -> None:
    robot = Identity(username="robot", password=made_up_password())
    certificate = authority.issue("reg", "subjectAltName=DNS:reg.example")

    with StandIn(answer, certificate) as server, ProxyServer() as proxy:
        host = f"reg.example:{server.host.rpartition(':')[2]}"
        asking = Asking(ca=authority.certificate.path, environ={variable: f"http://me:pw@127.0.0.1:{proxy.port}"})
        verdict = asking.one(query(host, "team/app", robot))

    assert verdict.result is Result.WORKS
    assert set(proxy.targets) == {host}
    assert set(proxy.credentials) == {"me:pw"}
    assert set(server.logins) == {("robot", robot.password)}


def test_this_machine_needs_no_proxy(authority: Authority) -> None:
    certificate = authority.issue("here", "subjectAltName=IP:127.0.0.1")

    with StandIn(answer, certificate) as server, ProxyServer() as proxy:
        asking = Asking(ca=authority.certificate.path, environ={"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"})
        asking.one(query(server.host, "team/app"))

    assert proxy.targets == []
    assert server.got


HUB = ("docker.io", "index.docker.io")


@pytest.mark.parametrize("host", HUB)
def test_docker_hub_is_asked_where_its_registry_is(authority: Authority, host: str) -> None:
    with ProxyServer() as proxy:
        asking = Asking(ca=authority.certificate.path, environ={"HTTPS_PROXY": f"http://127.0.0.1:{proxy.port}"})
        proxy.refuses = b"HTTP/1.1 403 Forbidden\r\n\r\n"
        verdict = asking.one(query(host, "library/nginx"))

    assert proxy.targets == ["registry-1.docker.io:443"]
    assert verdict.result is Result.UNREACHABLE


def test_plain_http_elsewhere_needs_the_flag(authority: Authority) -> None:
    robot = Identity(username="robot", password=made_up_password())
    with StandIn(answer) as server, ProxyServer() as proxy:
        host = f"reg.example:{server.host.rpartition(':')[2]}"
        environ = dict.fromkeys(("HTTPS_PROXY", "HTTP_PROXY"), f"http://127.0.0.1:{proxy.port}")
        asking = Asking(ca=authority.certificate.path, environ=environ)
        verdict = asking.one(query(host, "team/app", robot))

    assert verdict.result is Result.INSECURE
    assert server.logins == []


def test_unusable_proxy_is_told(authority: Authority) -> None:
    asking = Asking(ca=authority.certificate.path, environ={"HTTPS_PROXY": "ftp://127.0.0.1"})

    with pytest.raises(ConfigError, match="unsupported proxy scheme"):
        asking.one(query("reg.example", "team/app"))
