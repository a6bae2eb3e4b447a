"""HTTPS_PROXY and NO_PROXY as Go reads them; the cases of httpproxy's own tests, and those it has no test for."""

from __future__ import annotations

import pytest

from pullsecret.network.proxy import proxy_for

PROXY = "http://proxy:3128"


@pytest.mark.parametrize(
    ("url", "environ", "expected"),
    [
        pytest.param("https://c", {}, "", id="nothing set"),
        pytest.param("https://c", {"HTTPS_PROXY": PROXY}, PROXY, id="https"),
        pytest.param("https://c", {"HTTP_PROXY": PROXY}, "", id="http's is not https's"),
        pytest.param("http://c", {"HTTP_PROXY": PROXY}, PROXY, id="http"),
        pytest.param("http://c", {"HTTPS_PROXY": PROXY}, "", id="https's is not http's"),
        pytest.param("https://c", {"https_proxy": PROXY}, PROXY, id="lower case"),
        pytest.param("https://c", {"HTTPS_PROXY": PROXY, "https_proxy": "http://x"}, PROXY, id="upper case first"),
        pytest.param("https://c", {"HTTPS_PROXY": "", "https_proxy": PROXY}, PROXY, id="empty is not set"),
        pytest.param("https://c", {"HTTPS_PROXY": "proxy:3128"}, PROXY, id="no scheme"),
        pytest.param("https://c", {"HTTPS_PROXY": "proxy"}, "http://proxy", id="host alone"),
        pytest.param("https://c", {"HTTPS_PROXY": "socks5://p:1"}, "socks5://p:1", id="socks"),
        pytest.param("https://c", {"ALL_PROXY": PROXY}, "", id="Go knows no ALL_PROXY"),
        pytest.param("https://c", {"HTTPS_PROXY": "http://[::1"}, "", id="no URL"),
        pytest.param("https://localhost", {"HTTPS_PROXY": PROXY}, "", id="localhost"),
        pytest.param("https://127.1.2.3:6443", {"HTTPS_PROXY": PROXY}, "", id="loopback"),
        pytest.param("https://[::1]:6443", {"HTTPS_PROXY": PROXY}, "", id="loopback of IPv6"),
        pytest.param("https://[::ffff:127.0.0.1]", {"HTTPS_PROXY": PROXY}, "", id="loopback of IPv4 in IPv6"),
        pytest.param("https://localhost.example.com", {"HTTPS_PROXY": PROXY}, PROXY, id="only begins with localhost"),
    ],
)
def test_proxy_of_the_environment(url: str, environ: dict[str, str], expected: str) -> None:
    assert proxy_for(url, environ) == expected


@pytest.mark.parametrize(
    ("rules", "host", "is_direct"),
    [
        ("", "example.com", False),
        ("*", "example.com", True),
        ("other, * ,", "example.com", True),
        ("example.com", "example.com", True),
        ("example.com", "api.example.com", True),
        ("example.com", "badexample.com", False),
        ("EXAMPLE.com", "api.Example.COM", True),
        (".example.com", "api.example.com", True),
        (".example.com", "example.com", False),
        ("*.example.com", "api.example.com", True),
        ("*.example.com", "example.com", False),
        ("a*.example.com", "api.example.com", False),
        ("example.com:443", "example.com", True),
        ("example.com:443", "example.com:6443", False),
        ("example.com:6443", "api.example.com:6443", True),
        (".example.com:6443", "api.example.com:6443", True),
        (":443", "example.com", False),
        ("10.0.0.1", "10.0.0.1", True),
        ("10.0.0.1:6443", "10.0.0.1:6443", True),
        ("10.0.0.1:443", "10.0.0.1:6443", False),
        ("10.0.0.0/8", "10.9.8.7", True),
        ("10.0.0.5/8", "10.9.8.7", True),
        ("10.0.0.0/8", "11.0.0.1", False),
        ("10.0.0.0/8", "10.example.com", False),
        ("10.0.0.0/99", "10.9.8.7", False),
        ("0.0.1", "10.0.0.1", False),
        ("2001:db8::/32", "[2001:db8::1]", True),
        ("2001:db8::1", "[2001:db8::1]", True),
        ("[2001:db8::1]:443", "[2001:db8::1]", True),
        ("[2001:db8::1]:443", "[2001:db8::1]:6443", False),
        ("::ffff:10.0.0.1", "10.0.0.1", True),
        ("10.0.0.0/8", "[::ffff:10.1.1.1]", True),
        ("a,,b , example.com", "example.com", True),
    ],
)
def test_no_proxy(rules: str, host: str, *, is_direct: bool) -> None:
    proxy = proxy_for(f"https://{host}", {"HTTPS_PROXY": PROXY, "NO_PROXY": rules})

    assert proxy == ("" if is_direct else PROXY)


def test_lower_case_no_proxy() -> None:
    assert not proxy_for("https://c", {"HTTPS_PROXY": PROXY, "no_proxy": "c"})
