"""Which internal network an address belongs to: what a server far away must not make this machine contact."""

from __future__ import annotations

import ipaddress
import socket
from enum import Enum
from typing import Final

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
