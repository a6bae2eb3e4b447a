"""Another credential takes the place of one: only in entries that hold it for a given host, all else byte for byte."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

import pytest

from objects import encoded, made_up_password
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.registry_credential import (
    RegistryCredential,
    held_credentials,
    hosts_with,
    with_credential,
)
from pullsecret.model.objects.objects import text_at

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

OLD = RegistryCredential(username="robot$ci", password=made_up_password())
NEW = RegistryCredential(username="robot$ci", password=f'{made_up_password()} <&> "quoted" \\ ü')
HOSTS = frozenset({"reg.example", "two.example:5000"})


def auth_of(username: str, password: str) -> str:
    return base64.b64encode(f"{username}:{password}".encode()).decode()


AUTHS = {credential: auth_of(credential.username, credential.password) for credential in (OLD, NEW)}
PASSWORDS = {
    OLD: json.dumps(OLD.password),
    NEW: NEW.password.split(" ")[0].join(('"', ' \\u003c\\u0026\\u003e \\"quoted\\" \\\\ ü"')),
}
OTHERS = {"wrong": auth_of("else", OLD.password), "else": auth_of(OLD.username, "else")}

CONFIGS = {
    "auth only": '{"auths":{"reg.example":{"auth":"AUTH"}}}',
    "all fields, order, spaces and unknown fields": (
        '{ "b":1,\n "auths" : {"https://reg.example/v1/":{"email":"a@b","auth" :"AUTH", "x":[{"auth":"KEPT"}],'
        '"password":PASSWORD,"username":"robot$ci"} ,"other.example":{"auth":"KEPT"}},"HttpHeaders":{"auth":"KEPT"} }'
    ),
    "username and password without auth": '{"auths":{"reg.example":{"username":"robot$ci","password":PASSWORD}}}',
    "an empty auth": '{"auths":{"reg.example":{"username":"robot$ci","password":PASSWORD,"auth":""}}}',
    "another auth decides": '{"auths":{"two.example:5000/p":{"username":"robot$ci","password":"x","auth":"ELSE"}}}',
    "two spellings of a host, a path, another port, escaped names": (
        '{"\\u0061uths":{"reg.example/team":{"Auth":"AUTH"},"http://reg.example":{"auth":"AUTH"},'
        '"reg.example:80":{"auth":"KEPT"},"two.example":{"auth":"KEPT"}}}'
    ),
    "an entry that stands there twice": (
        '{"auths":{"reg.example":{"auth":"AUTH"},"reg.example":{"auth":"AUTH"}},"auths":null,'
        '"auths":{"reg.example":{"auth":"AUTH"}}}'
    ),
    "a stolen credential under another host": '{"auths":{"evil.example":{"auth":"KEPT"}}}',
    "a wildcard is another host": '{"auths":{"*.example":{"auth":"KEPT"}}}',
    "another username with the same password": '{"auths":{"reg.example":{"auth":"WRONG"}}}',
    "malformed": '{"auths":{"reg.example":{"auth":"KEPT"},"x":{"auth":"%"}}}',
    "nothing": "",
}


def filled(template: str, credential: RegistryCredential) -> str:
    """A config that holds the credential where it changes, and the old one where it must stay."""
    words = {"AUTH": AUTHS[credential], "PASSWORD": PASSWORDS[credential], "KEPT": AUTHS[OLD]}
    for word, text in {**words, "WRONG": OTHERS["wrong"], "ELSE": OTHERS["else"]}.items():
        template = template.replace(word, text)
    return template


def secret(text: str, kind: str = "kubernetes.io/dockerconfigjson") -> Object:
    key = {"kubernetes.io/dockercfg": ".dockercfg"}.get(kind, ".dockerconfigjson")
    return {"type": kind, "data": {"other": "eA==", key: encoded(text)}, "metadata": {"name": "x"}}


@pytest.mark.parametrize("template", CONFIGS.values(), ids=CONFIGS)
def test_credential_is_replaced_in_matching_entries_only(template: str) -> None:
    before = secret(filled(template, OLD))

    after = with_credential(before, OLD, NEW, HOSTS)

    assert base64.b64decode(text_at(after, "data", ".dockerconfigjson")).decode() == filled(template, NEW)
    assert {**after, "data": {}} == {**before, "data": {}}
    assert (after is before) == (filled(template, NEW) == filled(template, OLD))
    assert registries_of(after).malformed == registries_of(before).malformed
    assert not HOSTS & hosts_with(after, OLD)
    assert with_credential(after, NEW, OLD, HOSTS) == before


def test_username_and_password_follow_an_auth_that_contradicted_them() -> None:
    before = secret(f'{{"auths":{{"reg.example":{{"username":"u","password":"x","auth":"{AUTHS[OLD]}"}}}}}}')

    after = with_credential(before, OLD, NEW, HOSTS)

    text = base64.b64decode(text_at(after, "data", ".dockerconfigjson")).decode()
    entry = f'{{"username":"robot$ci","password":{PASSWORDS[NEW]},"auth":"{AUTHS[NEW]}"}}'
    assert text == f'{{"auths":{{"reg.example":{entry}}}}}'


def test_legacy_file_stays_one() -> None:
    template = '{"reg.example":{"auth":"AUTH"},"auths":{"auth":"KEPT"}}'
    before = secret(filled(template, OLD), "kubernetes.io/dockercfg")

    after = with_credential(before, OLD, NEW, HOSTS)

    assert base64.b64decode(text_at(after, "data", ".dockercfg")).decode() == filled(template, NEW)
    opaque = {**after, "type": "Opaque"}
    assert with_credential(opaque, NEW, OLD, HOSTS) is opaque


def test_password_that_is_not_utf_8_comes_back_byte_for_byte() -> None:
    raw = base64.b64encode(b"robot$ci:\xff\xfe").decode()
    before = secret(f'{{"auths":{{"reg.example":{{"auth":"{raw}"}}}}}}')
    old = next(iter(held_credentials(before)))

    assert with_credential(with_credential(before, old, NEW, HOSTS), NEW, old, HOSTS) == before


def test_credentials_of_a_secret_are_those_with_a_password_by_host() -> None:
    template = '{"auths":{"reg.example":{"auth":"AUTH"},"reg.example/p":{"auth":"AUTH"},"n.example":{}}}'

    found = held_credentials(secret(filled(template, OLD)))

    assert found == {OLD: frozenset({"reg.example"})}
    assert OLD.password not in repr(found)
