"""URLs of servers and proxies, checked when they are read and not when they are used; and internal addresses.

A server far away must not make this machine contact an internal network: the zone of an address says which one it is.
"""

from __future__ import annotations

import ipaddress
import re
import socket
from enum import Enum
from typing import Final
from urllib.parse import SplitResult, quote, urlsplit, urlunsplit

from pullsecret.errors import ConfigError
from pullsecret.network.go_text import quoted

_IN_PATHS = "/%~!$&'()*+,;=:@[]"  # what a path may hold unescaped
_NOT_IN_URL = re.compile(r"[\x00-\x1f\x7f]|^ ")  # Python leaves them out, and reads another URL than the one written
_BAD_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NETLOC = re.compile(r"(?:[^@]*@)?(?:\[[^]]*\]|[^][:%]*)(?::[0-9]*)?")


def url_parts(url: str) -> SplitResult:
    """A URL taken apart; ValueError when it has no usable scheme, host or port."""
    if _NOT_IN_URL.search(url):
        raise ValueError("it has control characters")
    parts = urlsplit(url)
    if not parts.scheme or not parts.hostname or parts.port == 0:
        raise ValueError("it has no scheme, host or port")
    if not parts.netloc.isprintable() or set(parts.netloc) & set(' \\<>^`{|}"') or not _NETLOC.fullmatch(parts.netloc):
        raise ValueError("its host has characters that are not valid in a host")
    return parts


def server_url(server: str) -> str:
    """A server's address as a URL: without a scheme it is http (client-go: rest/url_utils.go, DefaultServerURL).

    A name and password in the URL, a query and a fragment are dropped.

    Raises:
        ConfigError: it is neither a URL nor HOST:PORT.
    """
    problem = ConfigError(f"error: host must be a URL or a host:port pair: {quoted(server)}")
    try:
        parts = url_parts(server if "://" in server else f"http://{server}")
    except ValueError as error:
        raise problem from error
    is_escaped = not _BAD_ESCAPE.search(parts.path)
    if not is_escaped or parts.scheme not in {"http", "https"} or ("://" not in server and parts.path.strip("/")):
        raise problem
    path = quote(parts.path.rstrip("/"), safe=_IN_PATHS)
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], path, "", ""))


_NAT64: Final = ipaddress.ip_network("64:ff9b::/96")
_IPV4_BITS: Final = 0xFFFF_FFFF


class Zone(Enum):
    """An internal network; the value is how it is named to users."""

    LOOPBACK = "loopback"
    LINK_LOCAL = "link-local"
    PRIVATE = "private"


class InternalAddressError(OSError):
    """A host is in a zone that it may not be in."""

    def __init__(self, zone: Zone) -> None:
        super().__init__(f"{zone.value} address")
        self.zone = zone


def zone_of(address: str) -> Zone | None:
    """The zone of an IP address, whatever form it is written in; None for a public one, or what is not an address."""
    found = _parsed(address.partition("%")[0])
    if found is None or found.is_global:
        return None
    if found.is_loopback or found.is_unspecified:
        return Zone.LOOPBACK
    return Zone.LINK_LOCAL if found.is_link_local else Zone.PRIVATE


def zone_of_host(host: str) -> Zone | None:
    """The zone of a URL's host as far as the name itself tells: of a literal address, or of `localhost`."""
    name = host.rstrip(".").lower()
    return Zone.LOOPBACK if name == "localhost" or name.endswith(".localhost") else zone_of(name)


def resolve_zones(host: str) -> frozenset[Zone]:
    """The zones of all addresses that a name has now; empty when it has none."""
    try:
        found = socket.getaddrinfo(host, None, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return frozenset()
    return frozenset(zone for *_, address in found if (zone := zone_of(str(address[0]))))


def _parsed(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    """An address: an IPv4 one inside an IPv6 one is the IPv4 one, and `127.1` is 127.0.0.1, as for the system."""
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        try:
            return ipaddress.IPv4Address(socket.inet_aton(text))
        except (OSError, UnicodeError, ValueError):
            return None
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour
        return inner or (ipaddress.IPv4Address(int(address) & _IPV4_BITS) if address in _NAT64 else address)
    return address
