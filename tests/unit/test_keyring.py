"""The server keys that match an image: tables from the kubelet's code, its tests and a real node."""

from __future__ import annotations

from time import process_time

import pytest

from kubelet.keys import NODE, OURS, UPSTREAM
from pullsecret.model.images.dockerconfig import RegistryEntry, encoded
from pullsecret.model.images.keyring import (
    PullCredential,
    PullCredentials,
    credentials_for,
    is_match,
    lookup,
    matching_keys,
)
from pullsecret.model.images.reference import parsed_reference
from pullsecret.model.objects.pullsecret import built

Table = dict[str, tuple[list[str], list[str]]]


def rows(table: Table) -> list[object]:
    """One test a key: (key, name, whether it matches)."""
    return [
        pytest.param(key, name, expected, id=f"{key!r}-{'matches' if expected else 'misses'}-{name}")
        for name, (hits, misses) in table.items()
        for keys, expected in ((hits, True), (misses, False))
        for key in keys
    ]


@pytest.mark.parametrize(("key", "name", "expected"), [*rows(OURS), *rows(UPSTREAM)])
def test_lookup_finds_a_key_as_the_kubelet(key: str, name: str, *, expected: bool) -> None:
    assert lookup([key], name) == ((key,) if expected else ())


@pytest.mark.parametrize(("key", "image", "expected"), rows(NODE))
def test_is_match_for_a_pods_image(key: str, image: str, *, expected: bool) -> None:
    assert is_match(key, image) is expected


ODD_KEYS: Table = {
    "us.icr.io/ns": (
        [
            "us.icr.io#fragment",
            "us.icr.io/%6e",
            "us.icr.io/n%73",
            "a:b@us.icr.io",
            "a@b@us.icr.io",
            "us.icr.io?",
            "u*s.icr.io",
            "us.icr.io:",
        ],
        [
            *(
                "us.icr.io#%",
                "us.icr.io/%zz",
                "us.icr.io/%",
                "a b@us.icr.io",
                "us.icr.io:x",
                "[us.icr.io]",
            ),
            *(
                "us.icr.io\x7f",
                "us.icr.io\\",
                "us.icr.io|",
                "us.%69cr.io",
                "us.icr.io/%25",
                "x[us.icr.io",
                "us.icr.io:1:2",
            ),
        ],
    ),
    "é.io/ns": (["é.io", "%C3%A9.io", "*.io"], ["%C3.io"]),
    "[::1]/ns": (["*"], ["[::1]", "::1", "[::1", "[::x]", "[1.2.3.4]"]),
    "[::1]:5000/ns": (["[::1]:5000", "*:5000"], ["[::1]", "[::2]:5000", "[::1]:5000x"]),
    "": ([""], ["us.icr.io"]),
    "x y/ns": ([], ["x y", "*", ""]),
}


@pytest.mark.parametrize(("key", "name", "expected"), rows(ODD_KEYS))
def test_lookup_reads_odd_keys_as_gos_url_parser(key: str, name: str, *, expected: bool) -> None:
    assert lookup([key], name) == ((key,) if expected else ())


ORDERS = {
    "paths-host-glob": (
        ["*.icr.io", "us.icr.io", "icr.io", "us.icr.io/n", "us.icr.io/ns/app", "us.*.io", "us.icr.io/ns"],
        "us.icr.io/ns/app:1",
        ["us.icr.io/ns/app", "us.icr.io/ns", "us.icr.io/n", "us.icr.io", "us.*.io", "*.icr.io"],
    ),
    "two-spellings-of-one-key": (
        ["us.icr.io", "https://us.icr.io/v2/", "http://us.icr.io/"],
        "us.icr.io/ns/app",
        ["us.icr.io", "https://us.icr.io/v2/", "http://us.icr.io/"],
    ),
    "reverse-alphabet-not-length": (
        ["bar.example.com", "bar.example.com/pong"],
        "bar.example.com/pongz",
        ["bar.example.com/pong", "bar.example.com"],
    ),
    "docker-io-switches-the-fallback-off": (
        ["https://index.docker.io/v1/", "docker.io", "index.docker.io"],
        "nginx",
        ["docker.io"],
    ),
    "a-path-that-misses-leaves-the-fallback-on": (
        ["docker.io/myorg", "https://index.docker.io/v1/"],
        "nginx",
        ["https://index.docker.io/v1/"],
    ),
    "none": (["us.icr.io"], "cp.icr.io/cp/x", []),
}


@pytest.mark.parametrize(("keys", "image", "expected"), ORDERS.values(), ids=ORDERS.keys())
def test_matching_orders_keys_as_the_kubelet(keys: list[str], image: str, expected: list[str]) -> None:
    assert matching_keys(keys, image) == tuple(expected)


DIGEST = "sha256:" + "a" * 64
NAMES = {
    "nginx": "docker.io/library/nginx",
    "nginx:1.27": "docker.io/library/nginx",
    "myorg/app": "docker.io/myorg/app",
    "docker.io/nginx": "docker.io/library/nginx",
    "index.docker.io/myorg/app": "docker.io/myorg/app",
    "us.icr.io/ns/app:1": "us.icr.io/ns/app",
    f"us.icr.io/ns/app@{DIGEST}": "us.icr.io/ns/app",
    f"us.icr.io/ns/app:1@{DIGEST}": "us.icr.io/ns/app",
    "us.icr.io:443/ns/app:V1.0_x-Y": "us.icr.io:443/ns/app",
    "localhost/app": "localhost/app",
    "localhost": "docker.io/library/localhost",
    "REG/app": "REG/app",
    "REG.EXAMPLE.ORG/app": "REG.EXAMPLE.ORG/app",
    "[::1]:5000/a": "[::1]:5000/a",
    "a__b.example/latest": "a__b.example/latest",
    "h.io/" + "x" * 255: "h.io/" + "x" * 255,
}
NO_NAMES = {
    "empty": "",
    "upper-case-path": "us.icr.io/NS/app",
    "space": "us.icr.io/ns app",
    "trailing-newline": "nginx\n",
    "scheme": "https://us.icr.io/ns/app",
    "two-slashes": "us.icr.io//app",
    "short-digest": "us.icr.io/ns/app@sha256:abc",
    "unknown-digest": "us.icr.io/ns/app@md5:" + "a" * 32,
    "long-tag": "nginx:" + "t" * 129,
    "long-path": "h.io/" + "x" * 256,
    "an-image-id": "b" * 64,
    "not-ascii": "us.icr.io/é",
}


@pytest.mark.parametrize(("image", "name"), NAMES.items(), ids=range(len(NAMES)))
def test_reference_name_has_the_registry_and_no_tag(image: str, name: str) -> None:
    assert parsed_reference(image).name == name


@pytest.mark.parametrize("image", NO_NAMES.values(), ids=NO_NAMES.keys())
def test_no_key_matches_an_invalid_image(image: str) -> None:
    assert matching_keys(["*", "us.icr.io", "docker.io"], image) == ()
    assert credentials_for([], image).invalid_image


def entry(server: str, word: str = "own") -> RegistryEntry:
    return RegistryEntry(server=server, username=f"user-{word}", password=f"password-{word}")


def secret(name: str, *entries: RegistryEntry) -> dict[str, object]:
    return dict(built(name, encoded(entries)))


def credential(name: str, held: RegistryEntry) -> PullCredential:
    return PullCredential(secret=name, entry=held)


def test_credentials_for_merges_the_secrets_and_keeps_their_order_within_a_key() -> None:
    narrow, early, late = entry("us.icr.io/ns"), entry("us.icr.io", "early"), entry("https://us.icr.io", "late")
    pod = [secret("first", early, entry("cp.icr.io")), secret("second", late, narrow)]
    assert credentials_for(pod, "us.icr.io/ns/app:1") == PullCredentials(
        credentials=(
            credential("second", narrow),
            credential("first", early),
            credential("second", late),
        )
    )


def test_malformed_secret_leaves_every_image_of_the_pod_without_credentials() -> None:
    broken = dict(built("broken", b'{"auths":{"h":{"auth":"!"}}}'))
    pod = [secret("good", entry("us.icr.io")), broken]
    for image in ("us.icr.io/ns/app", "nginx"):
        found = credentials_for(pod, image)
        assert found.credentials == ()
        assert (found.malformed_secret, found.malformed) == ("broken", "illegal base64 data at input byte 0")


def test_empty_entry_is_a_credential_and_disables_the_anonymous_pull() -> None:
    empty = dict(built("empty", b'{"auths":{"us.icr.io":{}}}'))
    assert [found.entry.has_password for found in credentials_for([empty], "us.icr.io/ns/app").credentials] == [False]


def test_repr_contains_no_password() -> None:
    assert "password-own" not in repr(credentials_for([secret("s", entry("us.icr.io"))], "us.icr.io/ns/app"))


MIB = 1024 * 1024
HOSTILE_KEYS = {
    "many-stars": ("*a" * 16 + "*b.example.com", "a" * 60 + ".example.com/x"),
    "a-mebibyte-of-stars": ("*" * MIB + ".example.com", "a" * MIB + ".example.com/x"),
    "a-mebibyte-of-stars-and-letters": ("*a" * (MIB // 2) + "*b.example.com", "a" * MIB + ".example.com/x"),
    "a-long-part-that-nearly-matches": (f"*{'a' * (MIB // 2)}b*.example.com", "a" * MIB + ".example.com/x"),
    "a-mebibyte-of-labels": ("*." * (MIB // 2) + "b", "a." * (MIB // 2) + "c/x"),
    "a-mebibyte-of-path": ("example.com/" + "a" * MIB, "example.com/" + "a" * MIB),
    "a-mebibyte-of-escapes": ("example.com/" + "%41" * (MIB // 3), "example.com/" + "A" * (MIB // 3)),
}


@pytest.mark.parametrize(("key", "name"), HOSTILE_KEYS.values(), ids=HOSTILE_KEYS)
def test_hostile_key_is_matched_in_linear_time(key: str, name: str) -> None:
    start = process_time()

    lookup([key], name)

    assert process_time() - start < 3  # below 0.6 on a slow machine; what grows faster than the key takes minutes
