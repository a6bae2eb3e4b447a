"""IBM's registry hosts and usernames."""

from __future__ import annotations

import pytest

from pullsecret.errors import UsageError
from pullsecret.model.images.icr import REGIONS, hosts, is_registry_host, username_for

PUBLIC = (
    *("icr.io", "au.icr.io", "br.icr.io", "ca2.icr.io", "ca.icr.io", "de.icr.io", "es.icr.io", "uk.icr.io"),
    *("in.icr.io", "in2.icr.io", "jp2.icr.io", "jp.icr.io", "us.icr.io"),
)
PRIVATE = tuple(f"private.{host}" for host in PUBLIC)

WORDS = {
    "short": (["us"], ("us.icr.io",)),
    "location": (["us-south", "ca-mon"], ("us.icr.io", "ca2.icr.io")),
    "former-name": (["eu-central"], ("de.icr.io",)),
    "host": (["uk.icr.io"], ("uk.icr.io",)),
    "global": (["global"], ("icr.io",)),
    "global-host": (["icr.io"], ("icr.io",)),
    "any-case": (["US", "Eu-De"], ("us.icr.io", "de.icr.io")),
    "each-once-in-order": (["jp", "us", "jp-tok"], ("jp.icr.io", "us.icr.io")),
    "all": (["all"], PUBLIC),
    "one-before-all": (["us", "all"], ("us.icr.io", *PUBLIC[:-1])),
    "full-private-name": (["us", "private.us.icr.io"], ("us.icr.io", "private.us.icr.io")),
    "none": ([], ()),
}


@pytest.mark.parametrize(("words", "expected"), WORDS.values(), ids=WORDS.keys())
def test_hosts_of_a_region_by_each_of_its_names(words: list[str], expected: tuple[str, ...]) -> None:
    assert hosts(words, private=False) == expected


PRIVATE_WORDS = {
    "us-and-global": (["us", "global"], ("private.us.icr.io", "private.icr.io")),
    "all": (["all"], PRIVATE),
    "public-host": (["us.icr.io"], ("private.us.icr.io",)),
    "private-host": (["private.us.icr.io", "us"], ("private.us.icr.io",)),
}


@pytest.mark.parametrize(("words", "expected"), PRIVATE_WORDS.values(), ids=PRIVATE_WORDS.keys())
def test_hosts_are_only_the_private_ones_with_private(words: list[str], expected: tuple[str, ...]) -> None:
    assert hosts(words, private=True) == expected


@pytest.mark.parametrize("word", ["us2", "us2.icr.io", "", "*", "icr", "us.icr.io/ns"])
def test_unknown_region_is_rejected_with_the_known_ones(word: str) -> None:
    with pytest.raises(UsageError) as caught:
        hosts(["us", word], private=False)
    assert caught.value.message == f'unknown registry region "{word}"'
    assert all(region.location in caught.value.hint for region in REGIONS)


def test_entitled_registry_is_rejected_with_the_command_for_it() -> None:
    with pytest.raises(UsageError) as caught:
        hosts(["cp.icr.io"], private=False)
    assert "entitled" in caught.value.hint


@pytest.mark.parametrize(
    ("username", "profile", "expected"),
    [("", "", "iamapikey"), ("me", "", "me"), ("", "Profile-1", "Profile-1")],
    ids=["default", "given", "profile"],
)
def test_username_for_the_registry(username: str, profile: str, expected: str) -> None:
    assert username_for(username=username, profile_id=profile) == expected


@pytest.mark.parametrize(("username", "profile"), [("me", "Profile-1"), ("", "iam-Profile-1")], ids=["both", "no-id"])
def test_contradictory_flags_for_a_username_are_rejected(username: str, profile: str) -> None:
    with pytest.raises(UsageError):
        username_for(username=username, profile_id=profile)


def test_is_registry_host_knows_public_and_private_names_only() -> None:
    assert all(is_registry_host(host) for host in (*PUBLIC, *PRIVATE))
    assert not any(is_registry_host(host) for host in ("cp.icr.io", "us2.icr.io", "example.org", "private.cp.icr.io"))
