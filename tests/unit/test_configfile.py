"""What of a login file a cluster can use, and why not the rest."""

from __future__ import annotations

import base64
import secrets
from typing import TYPE_CHECKING

import pytest

from pullsecret.credentials.dockerconfig_file import read_secret_file
from pullsecret.errors import CredentialError
from pullsecret.model.images.login_file import MAX_SECRET_BYTES, config_file, problems_of

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = secrets.token_urlsafe(24)
AUTH = base64.b64encode(f"u:{PASSWORD}".encode()).decode()
NO_PASSWORD = base64.b64encode(b"iamapikey:").decode()
REMEDY = "; log in again with a password or API key, or give --username and --password-stdin"

USABLE = {
    "auth": f'{{"auths":{{"h":{{"auth":"{AUTH}"}}}}}}',
    "username-and-password": f'{{"auths":{{"h":{{"username":"u","password":"{PASSWORD}"}}}}}}',
    "with-spaces-and-more": f' {{\n"auths": {{"h": {{"auth": "{AUTH}", "email": "e"}}}}, "detachKeys": "x"}}\n',
    "token-beside-a-password": f'{{"auths":{{"h":{{"auth":"{AUTH}","identitytoken":"t"}}}}}}',
    "store-beside-whole-entries": f'{{"auths":{{"h":{{"auth":"{AUTH}"}}}},"credsStore":"desktop"}}',
}


@pytest.mark.parametrize("text", USABLE.values(), ids=USABLE.keys())
def test_a_usable_file_is_kept_byte_for_byte(tmp_path: Path, text: str) -> None:
    path = tmp_path / "config.json"
    path.write_bytes(text.encode())
    assert problems_of(text.encode()) == ()
    assert read_secret_file(str(path)) == text.encode()
    assert read_secret_file(f".dockerconfigjson={path}") == text.encode()


LEGACY = 'is a legacy .dockercfg: put its registries under "auths", as in {"auths": {"us.icr.io": ...}}'
NO_COLON = "unable to parse auth field, must be formatted as base64(username:password)"
UNUSABLE = {
    "empty": ("", ["is not JSON: Expecting value at line 1 column 1"]),
    "byte-order-mark": ("\ufeff{}", ["is not JSON: Expecting value at line 1 column 1"]),
    "base64": (AUTH, ["is not JSON: Expecting value at line 1 column 1"]),
    "list": ("[]", ["is not a JSON object"]),
    "null": ("null", ["is not a JSON object"]),
    "no-auths": ("{}", ['holds no registry: "auths" is missing or empty']),
    "empty-auths": ('{"auths":{}}', ['holds no registry: "auths" is missing or empty']),
    "auths-is-list": ('{"auths":[]}', ['"auths" is not a JSON object']),
    "legacy": (f'{{"us.icr.io":{{"auth":"{AUTH}"}}}}', [LEGACY]),
    "store-only": (
        '{"auths":{},"credsStore":"desktop"}',
        ["holds no password: they are with docker-credential-desktop; use --from-docker-config"],
    ),
    "helpers-only": (
        '{"credHelpers":{"gcr.io":"gcloud","h":"ecr-login"}}',
        ["holds no password: they are with docker-credential-ecr-login, gcloud; use --from-docker-config"],
    ),
    "entries-of-docker-desktop": (
        '{"auths":{"a":{},"b":null},"credsStore":"desktop"}',
        ["holds no password: they are with docker-credential-desktop; use --from-docker-config"],
    ),
    "identity-token": (
        f'{{"auths":{{"us.icr.io":{{"auth":"{NO_PASSWORD}","identitytoken":"{PASSWORD}"}}}}}}',
        [f"us.icr.io: holds an identity token, which no cluster can use{REMEDY}"],
    ),
    "token-as-user-name": (
        f'{{"auths":{{"h":{{"username":"<token>","password":"{PASSWORD}"}}}}}}',
        [f"h: holds an identity token, which no cluster can use{REMEDY}"],
    ),
    "empty-password": (f'{{"auths":{{"h":{{"auth":"{NO_PASSWORD}"}}}}}}', [f"h: holds no password{REMEDY}"]),
    "empty-user-name": (f'{{"auths":{{"h":{{"password":"{PASSWORD}"}}}}}}', [f"h: holds no user name{REMEDY}"]),
    "no-colon": (
        '{"auths":{"h":{"auth":"a2V5"},"g":{"auth":"-"}}}',
        [f"h: {NO_COLON}", "g: illegal base64 data at input byte 0"],
    ),
    "password-in-the-server": (f'{{"auths":{{"u:{PASSWORD}@h":{{}}}}}}', [f"h: holds no password{REMEDY}"]),
    "bad-headers": (
        f'{{"auths":{{"h":{{"auth":"{AUTH}"}}}},"HttpHeaders":{{"a":1}}}}',
        ["json: cannot unmarshal number into Go struct field DockerConfigJSON.HttpHeaders of type string"],
    ),
    "too-long": (" " * (MAX_SECRET_BYTES + 1), ["is too long: a secret may not be more than 1048576 bytes"]),
}


@pytest.mark.parametrize(("text", "problems"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_an_unusable_file_is_refused_with_a_line_for_each_reason(text: str, problems: list[str]) -> None:
    found = problems_of(text.encode())
    assert list(found) == problems
    assert PASSWORD not in "".join(found)


def test_read_secret_file_names_the_file_on_each_line(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"auths":{"a":{},"b":{}}}')
    with pytest.raises(CredentialError) as caught:
        read_secret_file(str(path))
    assert caught.value.message == f"{path}: a: holds no password{REMEDY}\n{path}: b: holds no password{REMEDY}"


def test_read_secret_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CredentialError) as caught:
        read_secret_file(str(tmp_path / "none"))
    assert caught.value.message == f"error reading {tmp_path / 'none'}: no such file or directory"


def test_config_file_reads_a_legacy_file_and_helpers() -> None:
    legacy = config_file(f'{{"https://us.icr.io":{{"auth":"{AUTH}"}}}}'.encode())
    assert legacy.entries["https://us.icr.io"].entry.password == PASSWORD
    file = config_file(b'{"credsStore":"pass","credHelpers":{"a":"b","c":1},"auths":null}')
    assert (file.store, file.helpers, file.entries) == ("pass", {"a": "b"}, {})
    assert PASSWORD not in repr(legacy)
