"""A pull secret as the kubelet reads it, with the kubelet's own errors."""

from __future__ import annotations

import base64
import secrets

import pytest

from pullsecret.model.images.dockerconfig import Registries, RegistryEntry, display_name, encoded, registries_of

HUB = "https://index.docker.io/v1/"
SHORT = secrets.token_urlsafe(9)


def secret_of(data: str | bytes, kind: str = "kubernetes.io/dockerconfigjson") -> dict[str, object]:
    key = ".dockercfg" if kind == "kubernetes.io/dockercfg" else ".dockerconfigjson"
    content = base64.b64encode(data.encode() if isinstance(data, str) else data).decode()
    return {"kind": "Secret", "type": kind, "data": {key: content}}


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


ENTRIES = {
    "auth": (f'{{"auth":"{b64("u:p")}"}}', ("u", "p")),
    "username-and-password": ('{"username":"u","password":"p"}', ("u", "p")),
    "auth-wins": (f'{{"username":"x","password":"y","auth":"{b64("u:p")}"}}', ("u", "p")),
    "empty-auth-does-not-win": ('{"username":"u","password":"p","auth":""}', ("u", "p")),
    "null-auth-does-not-win": ('{"username":"u","password":"p","auth":null}', ("u", "p")),
    "unpadded": ('{"auth":"dTpwcQ"}', ("u", "pq")),
    "line-breaks-inside": (r'{"auth":"dT\r\npwc\nQ=\n=\r\n"}', ("u", "pq")),
    "first-colon": (f'{{"auth":"{b64("u:p:q")}"}}', ("u", "p:q")),
    "trailing-newline-kept": (f'{{"auth":"{b64("u:p") + ""}"}}'.replace("dTpw", "dTpwCg=="), ("u", "p\n")),
    "any-case": (f'{{"AUTH":"{b64("u:p")}"}}', ("u", "p")),
    "long-s": ('{"u\u017fername":"u","pa\u017f\u017fword":"p"}', ("u", "p")),
    "last-duplicate": (f'{{"auth":"{b64("x:y")}","Auth":"{b64("u:p")}"}}', ("u", "p")),
    "surrogate-halves": (r'{"username":"\ud83d\udd11","password":"\ud800x\udc00"}', ("\U0001f511", "\ufffdx\ufffd")),
    "empty": ("{}", ("", "")),
    "null": ("null", ("", "")),
    "identity-token-only": ('{"identitytoken":"t"}', ("", "")),
    "unknown-numbers": ('{"username":"u","password":"p","x":1e999,"y":' + "9" * 5000 + "}", ("u", "p")),
}


@pytest.mark.parametrize(("written", "expected"), ENTRIES.values(), ids=ENTRIES.keys())
@pytest.mark.parametrize("kind", ["kubernetes.io/dockerconfigjson", "kubernetes.io/dockercfg"])
def test_entry_is_read_as_by_the_kubelet(kind: str, written: str, expected: tuple[str, str]) -> None:
    auths = f'{{"us.icr.io":{written}}}'
    found = registries_of(secret_of(auths if kind.endswith("cfg") else f'{{"auths":{auths}}}', kind))
    assert found.malformed == ""
    assert [(entry.server, entry.username, entry.password) for entry in found.entries] == [("us.icr.io", *expected)]
    assert found.entries[0].has_password is bool(expected[1])


NO_COLON = "unable to parse auth field, must be formatted as base64(username:password)"
FIELD = "json: cannot unmarshal {} into Go struct field DockerConfigJSON.{}"
AUTHS = "auths of type credentialprovider.DockerConfig"
ENTRY = "credentialprovider.dockerConfigEntryWithAuth"
MALFORMED = {
    "no-colon": (f'{{"auths":{{"h":{{"auth":"{b64("key")}"}}}}}}', NO_COLON),
    "base64-twice": (f'{{"auths":{{"h":{{"auth":"{b64(b64("u:p"))}"}}}}}}', NO_COLON),
    "leading-space": ('{"auths":{"h":{"auth":" dTpw"}}}', "illegal base64 data at input byte 0"),
    "url-alphabet": ('{"auths":{"h":{"auth":"dT-_"}}}', "illegal base64 data at input byte 2"),
    "too-short": ('{"auths":{"h":{"auth":"dTpwc"}}}', "illegal base64 data at input byte 4"),
    "half-padding": ('{"auths":{"h":{"auth":"dTpwcQ="}}}', "illegal base64 data at input byte 7"),
    "too-much-padding": ('{"auths":{"h":{"auth":"dTpw="}}}', "illegal base64 data at input byte 4"),
    "after-padding": ('{"auths":{"h":{"auth":"dTpwcQ==dTpw="}}}', "illegal base64 data at input byte 8"),
    "entry-is-text": ('{"auths":{"h":"x"}}', FIELD.format("string", f"auths of type {ENTRY}")),
    "auth-is-number": ('{"auths":{"h":{"auth":5}}}', FIELD.format("number", "auths.auth of type string")),
    "email-is-false": ('{"auths":{"h":{"email":false}}}', FIELD.format("bool", "auths.email of type string")),
    "auths-is-list": ('{"auths":[]}', FIELD.format("array", AUTHS)),
    "header-is-number": ('{"auths":{},"HttpHeaders":{"a":1}}', FIELD.format("number", "HttpHeaders of type string")),
    "headers-are-list": ('{"HttpHeaders":[]}', FIELD.format("array", "HttpHeaders of type map[string]string")),
    "an-overridden-entry": (f'{{"auths":{{"h":{{"auth":"!"}},"h":{{"auth":"{b64("u:p")}"}}}}}}', None),
    "top-is-list": ("[]", "json: cannot unmarshal array into Go value of type credentialprovider.DockerConfigJSON"),
    "not-json": ("{'auths'", "invalid character '\\'' looking for beginning of object key string"),
    "not-a-number": ('{"auths":NaN}', "invalid character 'N' looking for beginning of value"),
    "half": ('{"auths":', "unexpected end of JSON input"),
    "deep": ('{"auths":[' + "[" * 9_998 + "]" * 9_998 + "]}", FIELD.format("array", AUTHS)),
    "too-deep": ("[" * 100_000, "invalid character '[' exceeded max depth"),
}


@pytest.mark.parametrize(("data", "reason"), MALFORMED.values(), ids=MALFORMED.keys())
def test_malformed_secret_has_the_kubelets_error(data: str, reason: str | None) -> None:
    found = registries_of(secret_of(data))
    assert found == Registries(malformed=reason or "illegal base64 data at input byte 0")


LEGACY_MALFORMED = {
    "entry-is-text": ('{"h":"x"}', f"json: cannot unmarshal string into Go value of type {ENTRY}"),
    "auth-is-list": (
        '{"h":{"auth":[]}}',
        f"json: cannot unmarshal array into Go struct field {ENTRY[19:]}.auth of type string",
    ),
    "top-is-text": ('"x"', "json: cannot unmarshal string into Go value of type credentialprovider.DockerConfig"),
}


@pytest.mark.parametrize(("data", "reason"), LEGACY_MALFORMED.values(), ids=LEGACY_MALFORMED.keys())
def test_malformed_legacy_secret_has_the_kubelets_error(data: str, reason: str) -> None:
    assert registries_of(secret_of(data, "kubernetes.io/dockercfg")).malformed == reason


NOTHING = {
    "empty-object": secret_of("{}"),
    "null": secret_of("null"),
    "null-auths": secret_of('{"auths":{"h":{"auth":"dTpw"}},"auths":null}'),
    "legacy-data-in-the-new-type": secret_of('{"h":{"auth":"dTpw"}}'),
    "no-data": {"type": "kubernetes.io/dockerconfigjson"},
    "empty-data": secret_of(""),
    "opaque": secret_of('{"auths":{"h":{"auth":"dTpw"}}}', "Opaque"),
    "other-key": {"type": "kubernetes.io/dockercfg", "data": {".dockerconfigjson": b64('{"auths":{}}')}},
}


@pytest.mark.parametrize("secret", NOTHING.values(), ids=NOTHING.keys())
def test_secret_that_the_kubelet_ignores_has_no_entries(secret: dict[str, object]) -> None:
    assert registries_of(secret) == Registries()


def test_last_of_two_entries_for_one_server_wins_and_the_order_stays() -> None:
    data = f'{{"auths":{{"b":{{"auth":"{b64("u:1")}"}},"a":{{}},"b":{{"auth":"{b64("u:2")}"}}}},"Auths":{{"c":null}}}}'
    found = registries_of(secret_of(data)).entries
    assert [(entry.server, entry.password) for entry in found] == [("b", "2"), ("a", ""), ("c", "")]


@pytest.mark.parametrize(
    ("server", "shown"),
    [
        (HUB, "index.docker.io"),
        ("us.icr.io", "us.icr.io"),
        ("https://us.icr.io", "us.icr.io"),
        ("cp.icr.io/cp", "cp.icr.io/cp"),
        ("u:{}@de.icr.io", "de.icr.io"),
        ("u:{}@x y", "x y"),
        (" ", " "),
    ],
)
def test_display_name_contains_no_password(server: str, shown: str) -> None:
    assert display_name(server.format(secrets.token_hex(12))) == shown


def test_repr_of_an_entry_contains_no_password() -> None:
    entry = RegistryEntry(server="us.icr.io", username="u", password=SHORT)
    assert SHORT not in repr(entry)
    assert SHORT not in repr(registries_of(secret_of(encoded([entry]))))
