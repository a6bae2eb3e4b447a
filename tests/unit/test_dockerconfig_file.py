"""Files with pull secrets: login files and manifests, by name and from standard input."""

from __future__ import annotations

import base64
import io
import json
import sys
from typing import TYPE_CHECKING

import pytest
import yaml

from objects import docker_config_secret, encoded, made_up_password, named, registry_entry
from pullsecret.credentials import bounded_read
from pullsecret.credentials.dockerconfig_file import read_dockerconfigjson, read_login_file, read_secrets
from pullsecret.errors import CredentialError
from pullsecret.model.images.dockerconfig import registries_of

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Object

PASSWORD = made_up_password()
CONFIG = f' {{"auths": {{"reg.example": {{"auth": "{encoded(f"u:{PASSWORD}")}"}}}}}}\n'
SECRET = docker_config_secret("one", {"reg.example": registry_entry("u", PASSWORD)})
OTHER = docker_config_secret("two", {"reg.example": registry_entry("u", PASSWORD)})
PLAIN = {**SECRET, "data": {}, "stringData": {".dockerconfigjson": CONFIG}}
DATA = base64.b64decode(SECRET["data"][".dockerconfigjson"]).decode()
OPAQUE = {**named("Secret", "opaque"), "type": "Opaque", "data": {}}

ENTRIES = '{"h": {"auth": "dTpw"}}'
LEGACY = {**SECRET, "type": "kubernetes.io/dockercfg", "data": {".dockercfg": encoded(ENTRIES)}}


def manifest(*objects: Object) -> str:
    return yaml.safe_dump_all([{"apiVersion": "v1", **item} for item in objects])


CONTENTS = {
    "login-file": (CONFIG, CONFIG),
    "manifest": (manifest(SECRET), DATA),
    "manifest-in-json": (json.dumps(SECRET), DATA),
    "manifest-with-string-data": (manifest(PLAIN), CONFIG),
    "legacy-file": (ENTRIES, f'{{"auths":{ENTRIES}}}'),
    "legacy-secret": (manifest(LEGACY), f'{{"auths":{ENTRIES}}}'),
    "list-with-other-objects": (json.dumps({"kind": "List", "items": [OPAQUE, SECRET]}), DATA),
}


@pytest.mark.parametrize(("text", "content"), CONTENTS.values(), ids=CONTENTS)
def test_dockerconfigjson_is_read_unchanged(tmp_path: Path, text: str, content: str) -> None:
    path = tmp_path / "file"
    path.write_text(text)

    assert read_dockerconfigjson(str(path)) == content.encode()
    assert read_dockerconfigjson(f".dockerconfigjson={path}") == content.encode()


def test_dash_is_standard_input_for_every_reader(monkeypatch: pytest.MonkeyPatch) -> None:
    readers = (read_dockerconfigjson, read_login_file, read_secrets)
    for reader in readers:
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(CONFIG.encode())))
        assert reader("-")


def test_closed_standard_input_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", None)

    assert failure("-") == "standard input is closed"


UNUSABLE = {
    "no-pull-secret": (
        manifest(OPAQUE),
        "no Secret of type kubernetes.io/dockerconfigjson or kubernetes.io/dockercfg in {}",
    ),
    "type-is-no-text": (
        manifest({**SECRET, "type": {"a": "b"}}),
        "no Secret of type kubernetes.io/dockerconfigjson or kubernetes.io/dockercfg in {}",
    ),
    "two-pull-secrets": (manifest(SECRET, OTHER), "{} has 2 pull secrets (one, two); exactly one is required"),
    "not-base64": (
        manifest({**SECRET, "data": {".dockerconfigjson": "!"}}),
        "{}: data..dockerconfigjson is not base64",
    ),
    "no-json": (f"x{PASSWORD}", "{}: is not JSON (line 1, column 1)"),
    "too-large": (" " * (1024 * 1024 + 1), "{} is larger than 1 MiB"),
}


@pytest.mark.parametrize(("text", "message"), UNUSABLE.values(), ids=UNUSABLE)
def test_file_that_a_secret_cannot_be_made_of_is_reported(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "file"
    path.write_text(text)

    assert failure(str(path)) == message.format(path)


def test_file_is_named_on_each_line_of_the_error(tmp_path: Path) -> None:
    path = tmp_path / "config.json"
    path.write_text('{"auths":{"a":{},"b":{}}}')

    assert [line.partition(";")[0] for line in failure(str(path)).splitlines()] == [
        f"{path}: a: has no password",
        f"{path}: b: has no password",
    ]


def test_missing_file_is_reported_in_kubectls_words(tmp_path: Path) -> None:
    assert failure(str(tmp_path / "none")) == f"error reading {tmp_path / 'none'}: no such file or directory"


def failure(path: str) -> str:
    with pytest.raises(CredentialError) as caught:
        read_dockerconfigjson(path)
    assert PASSWORD not in caught.value.message
    return caught.value.message


def test_source_name_of_a_file_is_safe_to_print() -> None:
    assert [bounded_read.source_name(path) for path in ("-", "a\x1bb")] == ["standard input", r"a\x1bb"]


def test_half_a_surrogate_pair_in_a_manifest_is_read_as_go_reads_it(tmp_path: Path) -> None:
    file = tmp_path / "secret.json"
    kind = '"kind":"Secret","type":"kubernetes.io/dockerconfigjson"'

    for data in (r'"stringData":{".dockerconfigjson":"\ud800"}', r'"data":{".dockerconfigjson":"\ud800"}'):
        file.write_text(f"{{{kind},{data}}}")
        (secret,) = read_secrets(str(file))
        assert registries_of(secret).malformed
