"""Which proxy both use: kubeconfig's, the environment's, or none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kubeconfig.files import simple
from kubeconfig.kubectl_oracle import ask_us, kubectl_error
from kubeconfig.proxyserver import ProxyServer, SocksServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from kubeconfig.certificates import Authority
    from kubeconfig.conftest import Both
    from kubeconfig.recorder import Recorder


@pytest.fixture
def proxy() -> Iterator[ProxyServer]:
    with ProxyServer() as server:
        yield server


@pytest.fixture
def named(recorder: Recorder, authority: Authority) -> dict[str, Any]:
    """The recorder under a name that only the proxy resolves."""
    return {
        "server": f"https://api.example.com:{recorder.port}",
        "certificate-authority": str(authority.certificate.path),
    }


def test_proxy_url_of_the_cluster(both: Both, tmp_path: Path, named: dict[str, Any], proxy: ProxyServer) -> None:
    through = {**named, "proxy-url": f"http://127.0.0.1:{proxy.port}"}

    both.request(f"--kubeconfig={simple(tmp_path / 'config', through, {'token': 't'})}", NO_PROXY="*")
    assert set(proxy.taken()) == {named["server"].removeprefix("https://")}


def test_proxy_url_with_a_password(both: Both, tmp_path: Path, named: dict[str, Any], proxy: ProxyServer) -> None:
    through = {**named, "proxy-url": f"http://paula:p%40ss@127.0.0.1:{proxy.port}"}

    both.request(f"--kubeconfig={simple(tmp_path / 'config', through, {'token': 't'})}")
    assert set(proxy.credentials) == {"paula:p@ss"}


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        pytest.param("HTTPS_PROXY", "http://127.0.0.1:{port}", id="upper case"),
        pytest.param("https_proxy", "http://127.0.0.1:{port}", id="lower case"),
        pytest.param("HTTPS_PROXY", "127.0.0.1:{port}", id="without a scheme"),
    ],
)
def test_proxy_of_the_environment(
    both: Both, tmp_path: Path, named: dict[str, Any], proxy: ProxyServer, variable: str, value: str
) -> None:
    flag = f"--kubeconfig={simple(tmp_path / 'config', named, {'token': 't'})}"

    both.request(flag, **{variable: value.format(port=proxy.port)})
    assert proxy.taken()


def test_upper_case_takes_precedence(both: Both, tmp_path: Path, named: dict[str, Any], proxy: ProxyServer) -> None:
    flag = f"--kubeconfig={simple(tmp_path / 'config', named, {'token': 't'})}"

    both.request(flag, HTTPS_PROXY=f"127.0.0.1:{proxy.port}", https_proxy="127.0.0.1:1")


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_never_proxied(
    both: Both, tmp_path: Path, cluster: dict[str, Any], recorder: Recorder, host: str
) -> None:
    here = {**cluster, "server": f"https://{host}:{recorder.port}"}

    both.request(f"--kubeconfig={simple(tmp_path / 'config', here, {'token': 't'})}", HTTPS_PROXY="127.0.0.1:1")


@pytest.mark.parametrize(
    ("no_proxy", "is_proxied"),
    [
        pytest.param("example.com", False, id="domain"),
        pytest.param(".example.com", False, id="dot and domain"),
        pytest.param("*.example.com", False, id="star and domain"),
        pytest.param("API.example.com", False, id="uppercase host"),
        pytest.param("ple.com", True, id="part of a domain"),
        pytest.param(".api.example.com", True, id="subdomains"),
        pytest.param("api.example.com:1", True, id="another port"),
        pytest.param("other, *", False, id="star"),
        pytest.param("10.0.0.0/8,::1/128", True, id="range"),
    ],
)
def test_no_proxy_excludes_the_host(
    environ: dict[str, str],
    tmp_path: Path,
    named: dict[str, Any],
    proxy: ProxyServer,
    no_proxy: str,
    *,
    is_proxied: bool,
) -> None:
    flag = f"--kubeconfig={simple(tmp_path / 'config', named, {'token': 't'})}"
    variables = {**environ, "HTTPS_PROXY": f"127.0.0.1:{proxy.port}", "NO_PROXY": no_proxy}

    kubectl_error(flag, environ=variables)
    assert bool(proxy.taken()) == is_proxied
    ask_us(flag, environ=variables)
    assert bool(proxy.taken()) == is_proxied


def test_proxy_that_denies_access(both: Both, tmp_path: Path, named: dict[str, Any], proxy: ProxyServer) -> None:
    proxy.refuses = b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n"
    through = {**named, "proxy-url": f"http://paula:S3CRET@127.0.0.1:{proxy.port}"}

    assert "S3CRET" not in both.error(f"--kubeconfig={simple(tmp_path / 'config', through, {'token': 't'})}")


def test_proxy_that_is_unreachable(both: Both, tmp_path: Path, named: dict[str, Any]) -> None:
    file = simple(tmp_path / "config", {**named, "proxy-url": "http://paula:S3CRET@127.0.0.1:1"}, {"token": "t"})

    theirs, ours = both.errors(f"--kubeconfig={file}")
    assert "was refused" in theirs  # it reports the server, not the proxy
    assert ours == (
        "Unable to connect to the server: proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused"
    )


def test_proxy_of_an_unsupported_scheme(both: Both, tmp_path: Path, named: dict[str, Any]) -> None:
    file = simple(tmp_path / "config", {**named, "proxy-url": "ftp://127.0.0.1:1"}, {"token": "t"})

    theirs, ours = both.errors(f"--kubeconfig={file}")
    reason = 'unsupported scheme "ftp", must be http, https, or socks5'
    assert theirs.endswith(reason)
    assert ours.endswith(reason)


def test_socks_proxy_resolves_the_name(both: Both, tmp_path: Path, named: dict[str, Any]) -> None:
    with SocksServer() as socks:
        through = {**named, "proxy-url": f"socks5://127.0.0.1:{socks.port}"}

        both.request(f"--kubeconfig={simple(tmp_path / 'config', through, {'token': 't'})}")
        assert set(socks.taken()) == {named["server"].removeprefix("https://")}


def test_socks_proxy_with_a_password(both: Both, tmp_path: Path, named: dict[str, Any]) -> None:
    with SocksServer() as socks:
        through = {**named, "proxy-url": f"socks5://paula:pass@127.0.0.1:{socks.port}"}

        both.request(f"--kubeconfig={simple(tmp_path / 'config', through, {'token': 't'})}")
        assert set(socks.credentials) == {"paula:pass"}


def test_socks_proxy_that_is_unreachable(both: Both, tmp_path: Path, named: dict[str, Any]) -> None:
    file = simple(tmp_path / "config", {**named, "proxy-url": "socks5://paula:S3CRET@127.0.0.1:1"}, {"token": "t"})

    theirs, ours = both.errors(f"--kubeconfig={file}")
    assert "was refused" in theirs  # it reports the server, not the proxy
    assert ours == (
        "Unable to connect to the server: proxyconnect tcp: dial tcp 127.0.0.1:1: connect: connection refused"
    )


def test_socks_proxy_that_denies_access(both: Both, tmp_path: Path, named: dict[str, Any]) -> None:
    with SocksServer() as socks:
        socks.refuses = b"\5\4\0\1" + bytes(6)
        file = simple(tmp_path / "config", {**named, "proxy-url": f"socks5://127.0.0.1:{socks.port}"}, {"token": "t"})

        theirs, ours = both.errors(f"--kubeconfig={file}")
    assert theirs.endswith("host unreachable")
    assert ours.endswith("host unreachable")
