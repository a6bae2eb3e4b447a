"""The entries of a login file that a cluster can use, and why it cannot use the others."""

from __future__ import annotations

import base64
import secrets

import pytest

from pullsecret.model.images.login_file import config_file, problems_of

PASSWORD = secrets.token_urlsafe(24)
AUTH = base64.b64encode(f"u:{PASSWORD}".encode()).decode()
NO_PASSWORD = base64.b64encode(b"iamapikey:").decode()
HINT = "; log in again with a password or API key, or use --username and --password-stdin"

USABLE = {
    "auth": f'{{"auths":{{"h":{{"auth":"{AUTH}"}}}}}}',
    "username-and-password": f'{{"auths":{{"h":{{"username":"u","password":"{PASSWORD}"}}}}}}',
    "with-spaces-and-more": f' {{\n"auths": {{"h": {{"auth": "{AUTH}", "email": "e"}}}}, "detachKeys": "x"}}\n',
    "token-beside-a-password": f'{{"auths":{{"h":{{"auth":"{AUTH}","identitytoken":"t"}}}}}}',
    "store-beside-whole-entries": f'{{"auths":{{"h":{{"auth":"{AUTH}"}}}},"credsStore":"desktop"}}',
}


@pytest.mark.parametrize("text", USABLE.values(), ids=USABLE.keys())
def test_usable_file_has_no_problems(text: str) -> None:
    assert problems_of(text.encode()) == ()


LEGACY = 'is in the legacy .dockercfg format; wrap it in {"auths": ...}'
NO_COLON = "unable to parse auth field, must be formatted as base64(username:password)"
UNUSABLE = {
    "empty": ("", ["is empty"]),
    "byte-order-mark": ("\ufeff{}", ["is not JSON (line 1, column 1)"]),
    "base64": (AUTH, ["is not JSON (line 1, column 1)"]),
    "list": ("[]", ["is not a JSON object"]),
    "null": ("null", ["is not a JSON object"]),
    "no-auths": ("{}", ['has no registry entries ("auths" is missing or empty)']),
    "empty-auths": ('{"auths":{}}', ['has no registry entries ("auths" is missing or empty)']),
    "auths-is-list": ('{"auths":[]}', ['"auths" is not a JSON object']),
    "legacy": (f'{{"us.icr.io":{{"auth":"{AUTH}"}}}}', [LEGACY]),
    "store-only": (
        '{"auths":{},"credsStore":"desktop"}',
        ["has no passwords: they are stored by docker-credential-desktop; use --from-docker-config"],
    ),
    "helpers-only": (
        '{"credHelpers":{"gcr.io":"gcloud","h":"ecr-login"}}',
        ["has no passwords: they are stored by docker-credential-ecr-login, gcloud; use --from-docker-config"],
    ),
    "entries-of-docker-desktop": (
        '{"auths":{"a":{},"b":null},"credsStore":"desktop"}',
        ["has no passwords: they are stored by docker-credential-desktop; use --from-docker-config"],
    ),
    "identity-token": (
        f'{{"auths":{{"us.icr.io":{{"auth":"{NO_PASSWORD}","identitytoken":"{PASSWORD}"}}}}}}',
        [f"us.icr.io: uses an identity token, which the kubelet does not support{HINT}"],
    ),
    "token-as-username": (
        f'{{"auths":{{"h":{{"username":"<token>","password":"{PASSWORD}"}}}}}}',
        [f"h: uses an identity token, which the kubelet does not support{HINT}"],
    ),
    "empty-password": (f'{{"auths":{{"h":{{"auth":"{NO_PASSWORD}"}}}}}}', [f"h: has no password{HINT}"]),
    "empty-username": (f'{{"auths":{{"h":{{"password":"{PASSWORD}"}}}}}}', [f"h: has no username{HINT}"]),
    "no-colon": (
        '{"auths":{"h":{"auth":"a2V5"},"g":{"auth":"-"}}}',
        [f"h: {NO_COLON}", "g: illegal base64 data at input byte 0"],
    ),
    "password-in-the-server": (f'{{"auths":{{"u:{PASSWORD}@h":{{}}}}}}', [f"h: has no password{HINT}"]),
    "bad-headers": (
        f'{{"auths":{{"h":{{"auth":"{AUTH}"}}}},"HttpHeaders":{{"a":1}}}}',
        ["json: cannot unmarshal number into Go struct field DockerConfigJSON.HttpHeaders of type string"],
    ),
}


@pytest.mark.parametrize(("text", "problems"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_problems_of_a_file_are_one_for_each_entry(text: str, problems: list[str]) -> None:
    found = problems_of(text.encode())
    assert list(found) == problems
    assert PASSWORD not in "".join(found)


def test_config_file_reads_a_legacy_file_and_helpers() -> None:
    legacy = config_file(f'{{"https://us.icr.io":{{"auth":"{AUTH}"}}}}'.encode())
    assert legacy.entries["https://us.icr.io"].entry.password == PASSWORD
    file = config_file(b'{"credsStore":"pass","credHelpers":{"a":"b","c":1},"auths":null}')
    assert (file.store, file.helpers, file.entries) == ("pass", {"a": "b"}, {})
    assert PASSWORD not in repr(legacy)
