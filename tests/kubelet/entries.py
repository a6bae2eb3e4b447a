"""Entries of a docker config and how the kubelet reads them: as credentials, as an error, or not at all.

Taken from the kubelet's own code (pkg/credentialprovider/config.go, secrets/secrets.go).
"""

from __future__ import annotations

import base64


def b64(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


NO_COLON = "unable to parse auth field, must be formatted as base64(username:password)"
NO_MATCH = "json: cannot unmarshal {} into Go struct field DockerConfigJSON.{} of type {}"
ENTRY = "credentialprovider.dockerConfigEntryWithAuth"

LOGINS: dict[str, tuple[str, tuple[str, str]]] = {
    "auth": ('{"auth":"dTpw"}', ("u", "p")),
    "username-and-password": ('{"username":"u","password":"p"}', ("u", "p")),
    "auth-wins": ('{"username":"a","password":"b","auth":"dTpw"}', ("u", "p")),
    "an-empty-auth-does-not": ('{"username":"a","password":"b","auth":""}', ("a", "b")),
    "auth-without-padding": ('{"auth":"Zm9vOmJhcg"}', ("foo", "bar")),
    "auth-with-padding": ('{"auth":"Zm9vOmJhcg=="}', ("foo", "bar")),
    "auth-with-line-breaks": ('{"auth":"Zm9v\\nOmJh\\r\\ncg==\\n"}', ("foo", "bar")),
    "password-with-colon": (f'{{"auth":"{b64("u:p:q")}"}}', ("u", "p:q")),
    "password-with-newline": ('{"auth":"Zm9vOmJhcgo="}', ("foo", "bar\n")),
    "nothing-around-the-colon": ('{"auth":"Og=="}', ("", "")),
    "names-in-other-case": ('{"Auth":"dTpw"}', ("u", "p")),
    "a-long-s": ('{"u\u017fername":"u","pa\u017f\u017fword":"p"}', ("u", "p")),
    "the-last-of-two": ('{"username":"a","USERNAME":"b","username":"u","password":"p"}', ("u", "p")),
    "null-changes-nothing": ('{"username":"u","username":null,"password":"p"}', ("u", "p")),
    "half-a-surrogate-pair": ('{"username":"\\ud800","password":"p"}', ("\ufffd", "p")),
    "empty": ("{}", ("", "")),
    "null": ("null", ("", "")),
    "identity-token": ('{"identitytoken":"t"}', ("", "")),
    "large-numbers-elsewhere": ('{"auth":"dTpw","x":1e999,"y":' + "9" * 5_000 + "}", ("u", "p")),
}

MALFORMED: dict[str, tuple[str, str]] = {
    "leading-space": ('{"auth":" dTpw"}', "illegal base64 data at input byte 0"),
    "trailing-space": ('{"auth":"dTpw "}', "illegal base64 data at input byte 4"),
    "space-after-padding": ('{"auth":"Zm9vOmJhcg==\u2003"}', "illegal base64 data at input byte 12"),
    "url-alphabet": ('{"auth":"dT-_"}', "illegal base64 data at input byte 2"),
    "half-the-padding": ('{"auth":"Zm9vOmJhcg="}', "illegal base64 data at input byte 11"),
    "too-much-padding": ('{"auth":"dTpw="}', "illegal base64 data at input byte 4"),
    "no-colon": (f'{{"auth":"{b64("key")}"}}', NO_COLON),
    "base64-twice": (f'{{"auth":"{b64(b64("u:p"))}"}}', NO_COLON),
    "only-a-line-break": ('{"auth":"\\n"}', NO_COLON),
    "auth-is-number": ('{"auth":1}', NO_MATCH.format("number", "auths.auth", "string")),
    "email-is-false": ('{"email":false}', NO_MATCH.format("bool", "auths.email", "string")),
    "entry-is-text": ('"dTpw"', NO_MATCH.format("string", "auths", ENTRY)),
    "entry-is-list": ("[]", NO_MATCH.format("array", "auths", ENTRY)),
    "cut-off": ('{"auth":"dTpw"', "unexpected end of JSON input"),
    "cut-off-in-a-word": ("nul", "invalid character '}' in literal null (expecting 'l')"),
    "a-line-break-in-a-string": ('{"auth":"dT\npw"}', "invalid character '\\n' in string literal"),
    "a-number-by-half": ('{"x":1.}', "invalid character '}' after decimal point in numeric literal"),
    "single-quotes": ("{'auth'}", "invalid character '\\'' looking for beginning of object key string"),
    "a-comma-too-many": ('{"x":1,}', "invalid character '}' looking for beginning of object key string"),
    "not-a-number": ('{"x":NaN}', "invalid character 'N' looking for beginning of value"),
}

DOCUMENTS: dict[str, tuple[str, list[str] | str]] = {
    "empty": ("{}", []),
    "null": ("null", []),
    "null-auths": ('{"auths":null}', []),
    "null-auths-later": ('{"auths":{"h.io":{}},"auths":null}', []),
    "auths-twice": ('{"auths":{"h.io":{"auth":"dTpw"}},"Auths":{"h.io/ns":{"auth":"eDp5"}}}', ["x", "u"]),
    "one-key-twice": ('{"auths":{"h.io":{"auth":"dTpw"},"h.io":{"auth":"eDp5"}}}', ["x"]),
    "legacy-data": ('{"h.io":{"auth":"dTpw"}}', []),
    "no-data": ("", []),
    "spaces-around": (' \n{"auths":{"h.io":{"auth":"dTpw"}}}\r\n', ["u"]),
    "auths-is-list": ('{"auths":[]}', NO_MATCH.format("array", "auths", "credentialprovider.DockerConfig")),
    "headers-with-number": ('{"auths":{},"HttpHeaders":{"a":1}}', NO_MATCH.format("number", "HttpHeaders", "string")),
    "top-is-list": ("[]", "json: cannot unmarshal array into Go value of type credentialprovider.DockerConfigJSON"),
    "cut-off-in-a-word": ('{"auths":nul', "invalid character ' ' in literal null (expecting 'l')"),
    "byte-order-mark": ("\ufeff{}", "invalid character 'ï' looking for beginning of value"),
    "something-after": ('{"auths":{}} x', "invalid character 'x' after top-level value"),
    "deeper-than-python-reads": ('{"x":' + "[" * 9_999 + "]" * 9_999 + ',"auths":{"h.io":{"auth":"dTpw"}}}', ["u"]),
    "too-deep": ('{"x":' + "[" * 10_000 + "]" * 10_000 + "}", "invalid character '[' exceeded max depth"),
}
"""Whole documents, and the usernames that are sent for h.io/ns/app."""
