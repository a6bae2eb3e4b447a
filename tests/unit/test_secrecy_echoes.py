"""Redaction of responses that quote the request."""

from __future__ import annotations

import base64
import json
import secrets
from time import process_time

import pytest

from objects import made_up_password
from pullsecret.model.images.dockerconfig import RegistryEntry, encoded
from pullsecret.model.objects.pullsecret import built
from pullsecret.network.redaction import HIDDEN, credentials_in, without

PASSWORD = f'{made_up_password()}"<\\&'
TOKEN = made_up_password()
CONFIG = encoded([RegistryEntry(server="reg.example", username="puller", password=PASSWORD)])
SECRET = built("regcred", CONFIG)
DATA = base64.b64encode(CONFIG).decode()
AUTH = base64.b64encode(f"puller:{PASSWORD}".encode()).decode()
BODY = json.dumps(SECRET).encode()


QUOTED = {
    "body": BODY.decode(),
    "data": f"invalid: {DATA}!",
    "data-cut": f"invalid: {DATA[:60]}...",
    "data-from-its-middle": f"...{DATA[40:]}",
    "decoded": CONFIG.decode(),
    "auth": f"auth {AUTH} is wrong",
    "password": f"password {PASSWORD} is wrong",
    "password-in-json": json.dumps({"said": PASSWORD}),
    "password-cut": f"password {PASSWORD[:20]}... is wrong",
    "data-after-a-word": f"denied: b64={DATA[10:47]}",
    "data-after-a-dash": f"denied: secret-{DATA[3:40]}-end",
    "data-in-another-case": f"denied: {DATA[8:60].swapcase()}",
    "data-in-lower-case": f"denied: {DATA.lower()}",
    "password-in-upper-case": f"denied: {PASSWORD.upper()}",
    "data-in-pieces": " ".join(DATA[at : at + 16] for at in range(0, len(DATA) - 16, 16)),
    "token": f"Authorization: Bearer {TOKEN}",
}


@pytest.mark.parametrize("text", QUOTED.values(), ids=QUOTED.keys())
def test_quoted_credential_is_hidden(text: str) -> None:
    shown = without(text, credentials_in(BODY, f"Bearer {TOKEN}"))

    assert HIDDEN in shown
    for form in (PASSWORD, AUTH, DATA, TOKEN):
        assert not any(form[at : at + 16].lower() in shown.lower() for at in range(len(form) - 16))


def test_credentials_of_a_patch_and_of_the_legacy_type_are_found() -> None:
    legacy = json.dumps({"reg.example": {"username": "puller", "password": PASSWORD}})
    patch = json.dumps({"data": {".dockercfg": base64.b64encode(legacy.encode()).decode()}}).encode()

    assert {PASSWORD, AUTH} <= set(credentials_in(patch, ""))


PLAIN = {
    "message": 'secrets "regcred" is forbidden: User "puller" cannot create resource "secrets" in API group ""',
    "long-words": "admission webhook validate-image-pull-secrets.policy.example.com denied the request",
}


@pytest.mark.parametrize("text", PLAIN.values(), ids=PLAIN.keys())
def test_text_without_credentials_is_unchanged(text: str) -> None:
    assert without(text, credentials_in(BODY, f"Bearer {TOKEN}")) == text


@pytest.mark.parametrize("body", [None, b"[]", b'{"data": 7}', b'{"data": {"a": 7, "b": "!"}}', b'{"spec": {}}'])
def test_body_without_credentials_has_none(body: bytes | None) -> None:
    assert credentials_in(body, "") == ()


def test_short_password_is_not_searched_for_in_every_word() -> None:
    config = encoded([RegistryEntry(server="reg.example", username="puller", password="abc")])  # noqa: S106  too short
    body = json.dumps(built("regcred", config)).encode()

    assert "abc" not in credentials_in(body, "")


def test_large_answers_about_large_secrets_cost_less_than_a_second() -> None:
    data = base64.b64encode(secrets.token_bytes(750_000)).decode()
    pieces = " ".join(data[at : at + 13].swapcase() for at in range(0, len(data) - 13, 300))
    started = process_time()

    shown = without(pieces, (data,))

    assert process_time() - started < 3
    assert data[:13].swapcase() not in shown
    assert len(shown) < 30_000
