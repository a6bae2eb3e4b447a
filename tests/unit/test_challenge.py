"""The WWW-Authenticate header, as registries write it, IBM's included."""

from __future__ import annotations

import pytest

from pullsecret.registry.challenge import Challenge, challenge_in

IBM = Challenge(scheme="bearer", realm="https://us.icr.io/oauth/token", service="registry")
QUOTED = Challenge(scheme="bearer", realm="https://auth.example/token", service="reg.example")
BASIC = Challenge(scheme="basic", realm="x")

HEADERS: dict[str, tuple[list[str], Challenge | None]] = {
    "as-the-specification": (
        ['Bearer realm="https://auth.example/token",service="reg.example",scope="repository:a/b:pull,push"'],
        QUOTED,
    ),
    "as-ibm": (["Bearer realm=https://us.icr.io/oauth/token, service=registry, scope=repository:a/b:pull"], IBM),
    "as-ibm-with-a-comma-in-the-scope": (
        ["Bearer realm=https://us.icr.io/oauth/token, scope=repository:a/b:pull,push, service=registry"],
        IBM,
    ),
    "quoted-with-blanks": (['Bearer  realm = "https://us.icr.io/oauth/token" ,  service = "registry"'], IBM),
    "without-commas": (['Bearer realm="https://us.icr.io/oauth/token" service="registry"'], IBM),
    "unquoted-without-commas": (["Bearer realm=https://us.icr.io/oauth/token service=registry"], IBM),
    "unquoted-value-with-blanks": (
        ["Bearer realm=https://a.example, service=The Registry, x=y"],
        Challenge(scheme="bearer", realm="https://a.example", service="The Registry"),
    ),
    "in-other-letters": (['BEARER Realm="https://auth.example/token",SERVICE="reg.example"'], QUOTED),
    "comma-inside-quotes": (
        ['Bearer realm="https://a.example/t?a=1,2",service="b, c=d"'],
        Challenge(scheme="bearer", realm="https://a.example/t?a=1,2", service="b, c=d"),
    ),
    "unquoted-realm-with-query": (
        ["Bearer realm=https://a.example/t?a=1,service=b"],
        Challenge(scheme="bearer", realm="https://a.example/t?a=1", service="b"),
    ),
    "word-of-a-second-scheme": (
        ["Bearer realm=https://a.example, Basic x"],
        Challenge(scheme="bearer", realm="https://a.example"),
    ),
    "word-after-a-quoted-realm": (
        ['Bearer realm="https://a.exam"ple.org/token",service=s'],
        Challenge(scheme="bearer", realm="https://a.exam", service="s"),
    ),
    "escaped-quotes": (
        [r'Bearer realm="https://a.example",service="a \"b\""'],
        Challenge(scheme="bearer", realm="https://a.example", service='a "b"'),
    ),
    "first-of-two-values": (
        ['Bearer realm="https://a.example",realm="https://b.example"'],
        Challenge(scheme="bearer", realm="https://a.example"),
    ),
    "basic": (['Basic realm="x"'], BASIC),
    "basic-alone": (["Basic"], Challenge(scheme="basic")),
    "two-in-one-header": (['Basic realm="x", Bearer realm="https://auth.example/token",service="reg.example"'], QUOTED),
    "two-headers": (['Basic realm="x"', 'Bearer realm="https://auth.example/token",service="reg.example"'], QUOTED),
    "others-first": (["Negotiate, Basic realm=x"], BASIC),
    "bearer-without-realm-beside-basic": (['Bearer service="s"', "Basic realm=x"], BASIC),
    "unclosed-quotes": (['Bearer realm="https://a.example'], Challenge(scheme="bearer", realm="https://a.example")),
    "bearer-without-realm": (["Bearer"], None),
    "none-that-is-known": (['Digest realm="x", nonce="y"'], None),
    "nothing": ([], None),
    "empty": (["", " , ,"], None),
    "too-long": ([f'Bearer realm="https://{"a" * 4100}.example"', "Basic"], Challenge(scheme="basic")),
    "nonsense": (["=,=;\\\"'"], None),
}


@pytest.mark.parametrize(("headers", "expected"), HEADERS.values(), ids=HEADERS.keys())
def test_challenge(headers: list[str], expected: Challenge | None) -> None:
    assert challenge_in(headers) == expected


@pytest.mark.parametrize("piece", [" ", ",", '"', "a=", "a ", 'a="', "Bearer ", "\\"])
def test_long_header_is_parsed_quickly(piece: str) -> None:
    found = challenge_in([f"Bearer {piece * 4000}"[:4000], "Basic"])

    assert found
    assert found.scheme == "basic"
