"""IBM's registry hosts, and what is known to be wrong with logins to them."""

from __future__ import annotations

import secrets

import pytest

from pullsecret.errors import UsageError
from pullsecret.model.dockerconfig import RegistryLogin
from pullsecret.model.icr import REGIONS, hosts, is_registry_host, username_for
from pullsecret.model.loginadvice import entitlement_key_problem, entitlement_key_warning, username_warnings

API_KEY = secrets.token_urlsafe(33)
"""44 characters, as IBM's have."""
JWT = f"eyJ{secrets.token_urlsafe(20)}.{secrets.token_urlsafe(60)}.{secrets.token_urlsafe(30)}"

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
def test_hosts_for_a_region_however_it_is_called(words: list[str], expected: tuple[str, ...]) -> None:
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
def test_hosts_names_the_known_regions_for_an_unknown_one(word: str) -> None:
    with pytest.raises(UsageError) as caught:
        hosts(["us", word], private=False)
    assert caught.value.message == f'unknown registry region "{word}"'
    assert all(region.location in caught.value.hint for region in REGIONS)


def test_hosts_points_to_entitled_for_the_entitled_registry() -> None:
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
def test_username_for_contradictory_flags(username: str, profile: str) -> None:
    with pytest.raises(UsageError):
        username_for(username=username, profile_id=profile)


def test_is_registry_host_knows_public_and_private_names_only() -> None:
    assert all(is_registry_host(host) for host in (*PUBLIC, *PRIVATE))
    assert not any(is_registry_host(host) for host in ("cp.icr.io", "us2.icr.io", "example.org", "private.cp.icr.io"))


FITTING = {
    "api-key": ("us.icr.io", "iamapikey", API_KEY),
    "api-key-with-scheme-and-path": ("https://private.us.icr.io/v2/ns", "iamapikey", API_KEY),
    "trusted-profile": ("icr.io", "Profile-12ab", API_KEY),
    "entitlement-key": ("cp.icr.io", "cp", JWT),
    "staging-with-cp": ("cp.stg.icr.io", "cp", JWT),
    "staging-with-api-key": ("cp.stg.icr.io", "iamapikey", API_KEY),
    "somebody-elses-host": ("registry.example.org", "token", "x"),
    "no-host": ("x y", "token", "x"),
}


@pytest.mark.parametrize(("server", "username", "password"), FITTING.values(), ids=FITTING.keys())
def test_username_warnings_are_none_for_what_fits(server: str, username: str, password: str) -> None:
    assert username_warnings(RegistryLogin(server=server, username=username, password=password)) == ()


DOUBTFUL = {
    "api-key-at-entitled": ("cp.icr.io", "iamapikey", API_KEY, "entitlement key"),
    "ekey": ("cp.icr.io", "ekey", JWT, "cannot pull"),
    "stranger-at-entitled": ("cp.icr.io/cp", "me@example.org", JWT, "unusual"),
    "api-key-with-cp-at-entitled": ("cp.icr.io", "cp", API_KEY, "does not look like an entitlement key"),
    "cp-at-icr": ("us.icr.io", "cp", JWT, "entitled registry"),
    "ekey-at-icr": ("us.icr.io", "ekey", JWT, "entitled registry"),
    "token": ("us.icr.io", "token", "x", "August 2021"),
    "bearer": ("us.icr.io", "iambearer", JWT, "access token"),
    "refresh": ("private.de.icr.io", "iamrefresh", "x", "refresh token"),
    "iam-profile": ("us.icr.io", "iam-Profile-1", API_KEY, '"Profile-"'),
    "stranger": ("us.icr.io", "me@example.org", API_KEY, "unusual"),
    "jwt-as-api-key": ("us.icr.io", "iamapikey", JWT, "not like an API key"),
    "short-api-key": ("us.icr.io", "iamapikey", API_KEY[:30], "complete"),
    "long-api-key": ("us.icr.io", "Profile-1", API_KEY + "Cg==", "complete"),
    "retired": ("registry.ng.bluemix.net", "token", "x", "us.icr.io"),
    "retired-international": ("https://registry.bluemix.net", "iamapikey", API_KEY, "icr.io"),
    "amazon": ("1.dkr.ecr.us-east-1.amazonaws.com", "AWS", "x", "12 hours"),
    "google": ("gcr.io", "oauth2accesstoken", "x", "an hour"),
}


@pytest.mark.parametrize(("server", "username", "password", "part"), DOUBTFUL.values(), ids=DOUBTFUL.keys())
def test_username_warnings_say_what_does_not_fit(server: str, username: str, password: str, part: str) -> None:
    warnings = username_warnings(RegistryLogin(server=server, username=username, password=password))
    assert len(warnings) == 1
    assert part in warnings[0]
    assert len(password) < 2 or password not in warnings[0]


KEYS = {
    "good": (JWT, "", ""),
    "line-break-inside": (f"{JWT[:20]}\n{JWT[20:]}", "white space", "does not look"),
    "blank-at-the-end": (f"{JWT} ", "white space", "does not look"),
    "api-key": (API_KEY, "", "does not look"),
}


@pytest.mark.parametrize(("key", "problem", "warning"), KEYS.values(), ids=KEYS.keys())
def test_entitlement_key_shape(key: str, problem: str, warning: str) -> None:
    found = (entitlement_key_problem(key), entitlement_key_warning(key))
    assert [bool(text) for text in found] == [bool(problem), bool(warning)]
    assert problem in found[0]
    assert warning in found[1]
    assert not any(key in text for text in found)
