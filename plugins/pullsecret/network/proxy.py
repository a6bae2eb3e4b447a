"""Which proxy a request goes through, by HTTPS_PROXY, HTTP_PROXY and NO_PROXY as Go reads them; and proxy URLs.

Source: golang.org/x/net/http/httpproxy/proxy.go, which kubectl uses for every cluster without a `proxy-url`.
"""

from __future__ import annotations

import base64
import ipaddress
from typing import TYPE_CHECKING, TypeAlias
from urllib.parse import SplitResult, unquote, urlsplit

from pullsecret.errors import ConfigError
from pullsecret.network.address import url_parts
from pullsecret.network.go_text import quoted

if TYPE_CHECKING:
    from collections.abc import Mapping


_Address: TypeAlias = ipaddress.IPv4Address | ipaddress.IPv6Address

_PORTS = {"http": "80", "https": "443"}


def proxy_for(url: str, environ: Mapping[str, str]) -> str:
    """The URL of the proxy for a server's URL; empty when the request goes there directly.

    A variable that is not a URL counts as not set.
    """
    target = urlsplit(url)
    names = (f"{target.scheme.upper()}_PROXY", f"{target.scheme}_proxy")
    proxy = _first_set(environ, *names)
    if not proxy or _is_direct(target, _first_set(environ, "NO_PROXY", "no_proxy")):
        return ""
    url = proxy if "://" in proxy else f"http://{proxy}"
    return url if _is_url(url) else ""


def _first_set(environ: Mapping[str, str], *names: str) -> str:
    return next((environ[name] for name in names if environ.get(name)), "")


def _is_url(proxy: str) -> bool:
    try:
        url_parts(proxy)
    except ValueError:
        return False
    return True


def is_loopback(host: str) -> bool:
    """Whether a host, without port and brackets, is this machine itself."""
    address = _address(host)
    return host == "localhost" or (address is not None and _unmapped(address).is_loopback)


def _is_direct(target: SplitResult, no_proxy: str) -> bool:
    """Whether loopback or NO_PROXY keeps the proxy out of it."""
    host = target.hostname or ""
    port = str(target.port or _PORTS.get(target.scheme, ""))
    address = _address(host)
    if is_loopback(host):
        return True
    rules = (rule.strip().lower() for rule in no_proxy.split(","))
    return any(_matches(rule, host.lower(), port, address) for rule in rules if rule)


def _matches(rule: str, host: str, port: str, address: _Address | None) -> bool:
    """Whether one NO_PROXY entry names the host: `*`, a CIDR range, an address or a domain, with or without a port."""
    if rule == "*":
        return True
    if "/" in rule and (network := _network(rule)) is not None:
        return address is not None and _unmapped(address) in network
    name, rule_port = _host_and_port(rule)
    if not name or (rule_port and rule_port != port):
        return False
    rule_address = _address(name)
    if rule_address is not None or address is not None:
        return rule_address is not None and address is not None and _unmapped(rule_address) == _unmapped(address)
    return _is_in_domain(host, name)


def _is_in_domain(host: str, domain: str) -> bool:
    """`.example.com` and `*.example.com` name what is below, `example.com` also itself."""
    suffix = domain.removeprefix("*")
    if suffix.startswith("."):
        return host.endswith(suffix)
    return host == suffix or host.endswith(f".{suffix}")


def _host_and_port(rule: str) -> tuple[str, str]:
    """`host:port`, `[v6]:port`, or a host alone; a bare IPv6 address has colons and no port."""
    if rule.startswith("["):
        name, bracket, rest = rule[1:].partition("]")
        return (name, rest[1:]) if bracket and rest.startswith(":") else (rule, "")
    name, _, port = rule.partition(":")
    return (rule, "") if ":" in port else (name, port)


def _address(text: str) -> _Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


def _network(text: str) -> ipaddress.IPv4Network | ipaddress.IPv6Network | None:
    try:
        return ipaddress.ip_network(text, strict=False)
    except ValueError:
        return None


def _unmapped(address: _Address) -> _Address:
    """An IPv4-mapped IPv6 address is the IPv4 address (Go: net.IP.Equal)."""
    return address.ipv4_mapped or address if isinstance(address, ipaddress.IPv6Address) else address


def parsed_proxy_url(url: str) -> str:
    """A kubeconfig's `proxy-url`, when it is one (client-go: tools/clientcmd/helpers.go, parseProxyURL).

    Raises:
        ConfigError: it is not a URL, or its scheme is not http, https or socks5.
    """
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        raise ConfigError("error: could not parse the URL") from None  # the cause may hold its password
    if scheme not in {"http", "https", "socks5"}:
        raise ConfigError(f"error: unsupported scheme {quoted(scheme)}, must be http, https, or socks5")
    try:
        url_parts(url)
    except ValueError:
        raise ConfigError("error: could not parse the URL") from None
    return url


def without_password(url: str) -> str:
    """The URL as the pool takes it: name and password travel in a header, and socks5 looks names up as Go does.

    Go leaves names to a socks5 proxy; in Python's words that is socks5h, which has its password in the URL.
    """
    parts = urlsplit(url)
    if parts.scheme.startswith("socks5"):
        return parts._replace(scheme="socks5h").geturl()
    return parts._replace(netloc=parts.netloc.rpartition("@")[2]).geturl() if url else ""


def proxy_headers(url: str) -> dict[str, str] | None:
    """Name and password of an http proxy's URL as the header that carries them; None when it has none."""
    parts = urlsplit(url)
    if not parts.username:
        return None
    pair = f"{unquote(parts.username)}:{unquote(parts.password or '')}"
    return {"Proxy-Authorization": f"Basic {base64.b64encode(pair.encode()).decode('ascii')}"}


def refuse_unsupported(url: str) -> None:
    """Raise ConfigError for a proxy with an unsupported scheme."""
    scheme = urlsplit(url).scheme
    if url and scheme not in {"http", "https", "socks5", "socks5h"}:
        raise ConfigError(f"error: unsupported proxy scheme {quoted(scheme)}")
