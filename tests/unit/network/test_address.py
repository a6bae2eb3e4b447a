"""Addresses of internal networks, in all the forms that resolve to them."""

from __future__ import annotations

import pytest

from pullsecret.network.address import InternalAddressError, Zone, zone_of, zone_of_host
from pullsecret.network.http.connection import open_socket
from pullsecret.network.timeouts import Timeouts

ADDRESSES = {
    "127.0.0.1": Zone.LOOPBACK,
    "127.9.9.9": Zone.LOOPBACK,
    "127.1": Zone.LOOPBACK,
    "0x7f000001": Zone.LOOPBACK,
    "2130706433": Zone.LOOPBACK,
    "0.0.0.0": Zone.LOOPBACK,  # noqa: S104  it reaches this machine
    "::1": Zone.LOOPBACK,
    "::": Zone.LOOPBACK,
    "::ffff:127.0.0.1": Zone.LOOPBACK,
    "169.254.169.254": Zone.LINK_LOCAL,
    "::ffff:169.254.169.254": Zone.LINK_LOCAL,
    "64:ff9b::a9fe:a9fe": Zone.LINK_LOCAL,
    "fe80::1": Zone.LINK_LOCAL,
    "fe80::1%eth0": Zone.LINK_LOCAL,
    "10.0.0.1": Zone.PRIVATE,
    "172.16.0.1": Zone.PRIVATE,
    "192.168.1.1": Zone.PRIVATE,
    "100.64.0.1": Zone.PRIVATE,
    "2002:0a00:0001::1": Zone.PRIVATE,
    "fd00::1": Zone.PRIVATE,
    "8.8.8.8": None,
    "2001:4860:4860::8888": None,
    "registry.example": None,
}


@pytest.mark.parametrize(("address", "zone"), ADDRESSES.items(), ids=ADDRESSES.keys())
def test_zone_of_an_address(address: str, zone: Zone | None) -> None:
    assert zone_of(address) is zone


@pytest.mark.parametrize(
    ("host", "zone"),
    [
        ("localhost", Zone.LOOPBACK),
        ("LOCALHOST.", Zone.LOOPBACK),
        ("a.localhost", Zone.LOOPBACK),
        ("localhost.example", None),
        ("10.0.0.1", Zone.PRIVATE),
    ],
)
def test_zone_of_a_host(host: str, zone: Zone | None) -> None:
    assert zone_of_host(host) is zone


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "127.1"])
def test_address_outside_the_zones_is_not_contacted(host: str) -> None:
    with pytest.raises(InternalAddressError) as caught:
        open_socket(host, 1, Timeouts().start(), zones=frozenset({Zone.PRIVATE}))
    assert caught.value.zone is Zone.LOOPBACK
