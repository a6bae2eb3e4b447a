"""`create --from-docker-config` and `--from-file`: local credentials of docker and podman, and files."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import docker_config_of, docker_config_secret, made_up_password, registry_entry

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api, Object
    from program import Program

HELPER = """#!/bin/sh
printf '%s %s\\n' "$0" "$*" >> "$HELPER_LOG"
case "$1" in
list) printf '{"https://reg.example/v1/": "puller"}' ;;
get)
    read -r server || true
    printf '%s\\n' "$server" >> "$HELPER_LOG"
    case "$server" in
    *reg.example*) printf '{"ServerURL": "", "Username": "puller", "Secret": "%s"}' "$(cat "$HELPER_SECRET")" ;;
    *) echo 'credentials not found in native keychain'; exit 1 ;;
    esac ;;
esac
"""


class Helper:
    """docker-credential-recorder: returns one password, and records how it was called."""

    def __init__(self, directory: Path) -> None:
        self.password = made_up_password()
        self._log, self._secret = directory / "log", directory / "secret"
        self._secret.write_text(self.password)
        self._log.touch()
        program = directory / "docker-credential-recorder"
        program.write_text(HELPER)
        program.chmod(0o755)
        path = f"{directory}{os.pathsep}{os.environ['PATH']}"
        self.env = {"PATH": path, "HELPER_LOG": str(self._log), "HELPER_SECRET": str(self._secret)}

    @property
    def asked(self) -> list[str]:
        """Arguments and standard input of each call, a line each."""
        return [line.rpartition("docker-credential-recorder ")[2] for line in self._log.read_text().splitlines()]


@pytest.fixture
def helper(tmp_path: Path) -> Helper:
    directory = tmp_path / "helper"
    directory.mkdir()
    return Helper(directory)


def write_docker_config(program: Program, content: Object) -> None:
    (program.home / ".docker").mkdir(exist_ok=True)
    (program.home / ".docker" / "config.json").write_text(json.dumps(content))


def auths_in(api: Api, namespace: str) -> Object:
    auths: Object = docker_config_of(api.read("Secret", "regcred", namespace))["auths"]
    return auths


def test_create_from_docker_config_uses_every_entry(api: Api, pullsecret: Program, namespace: str) -> None:
    entries = {"https://index.docker.io/v1/": registry_entry(), "reg.example:5000": registry_entry("me")}
    write_docker_config(pullsecret, {"auths": {key: {"auth": entry["auth"]} for key, entry in entries.items()}})

    result = pullsecret("create", "regcred", "--from-docker-config", "-n", namespace)

    assert result.stdout == f"secret/regcred created in namespace {namespace}\n"
    assert auths_in(api, namespace) == entries


def test_create_from_docker_config_uses_the_selected_servers_only(
    api: Api, pullsecret: Program, namespace: str
) -> None:
    wanted, other = registry_entry(), registry_entry()
    write_docker_config(pullsecret, {"auths": {"reg.example": wanted, "other.example": other, "broken.example": {}}})

    pullsecret("create", "regcred", "--from-docker-config", "--registry=reg.example", "-n", namespace)

    assert auths_in(api, namespace) == {"reg.example": wanted}


PLACES = {
    "docker-config": ("DOCKER_CONFIG", "config.json"),
    "podman-session": ("XDG_RUNTIME_DIR", "containers/auth.json"),
    "podman": ("XDG_CONFIG_HOME", "containers/auth.json"),
}


@pytest.mark.parametrize(("variable", "path"), PLACES.values(), ids=PLACES.keys())
def test_create_from_docker_config_finds_the_file_by_a_variable(
    api: Api, pullsecret: Program, namespace: str, tmp_path: Path, variable: str, path: str
) -> None:
    entry = registry_entry()
    file = tmp_path / "elsewhere" / path
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"auths": {"reg.example": entry}}))

    pullsecret(
        "create", "regcred", "--from-docker-config", "-n", namespace, env={variable: str(tmp_path / "elsewhere")}
    )

    assert auths_in(api, namespace) == {"reg.example": entry}


def test_create_from_docker_config_reads_a_named_file(
    api: Api, pullsecret: Program, namespace: str, tmp_path: Path
) -> None:
    entry = registry_entry()
    write_docker_config(pullsecret, {"auths": {"reg.example": registry_entry()}})
    file = tmp_path / "auth.json"
    file.write_text(json.dumps({"auths": {"reg.example": entry}}))

    pullsecret("create", "regcred", f"--from-docker-config={file}", "-n", namespace)

    assert auths_in(api, namespace) == {"reg.example": entry}


STORES = {
    "store-lists-servers": ({"credsStore": "recorder"}, (), "https://reg.example/v1/"),
    "store-with-empty-entries": ({"credsStore": "recorder", "auths": {"reg.example": {}}}, (), "reg.example"),
    "store-for-a-server": ({"credsStore": "recorder"}, ("--registry=reg.example",), "reg.example"),
    "helper-of-a-server": ({"credHelpers": {"reg.example": "recorder"}}, (), "reg.example"),
}


@pytest.mark.parametrize(("config", "flags", "server"), STORES.values(), ids=STORES.keys())
def test_create_from_docker_config_calls_the_credential_helper_by_its_protocol(
    api: Api, pullsecret: Program, namespace: str, helper: Helper, config: Object, flags: tuple[str, ...], server: str
) -> None:
    write_docker_config(pullsecret, config)

    pullsecret("create", "regcred", "--from-docker-config", *flags, "-n", namespace, env=helper.env)

    assert auths_in(api, namespace) == {server: registry_entry("puller", helper.password)}
    assert helper.asked[-2:] == ["get", server]


UNUSABLE = {
    "no-password": {"auths": {"reg.example": {}}},
    "identity-token": {"auths": {"reg.example": {"auth": "PHRva2VuPjo=", "identitytoken": "@"}}},
    "not-base64": {"auths": {"reg.example": {"auth": "!@"}}},
    "helper-without-the-server": {"credHelpers": {"other.example": "recorder"}},
    "missing-helper": {"credHelpers": {"reg.example": "gone"}},
    "no-entries": {"auths": {}},
}


@pytest.mark.parametrize("name", UNUSABLE)
def test_create_from_docker_config_rejects_what_a_cluster_cannot_use(
    api: Api, pullsecret: Program, namespace: str, helper: Helper, name: str
) -> None:
    planted = made_up_password()
    write_docker_config(pullsecret, json.loads(json.dumps(UNUSABLE[name]).replace("@", planted)))

    result = pullsecret("create", "regcred", "--from-docker-config", "-n", namespace, env=helper.env, expect=1)

    assert_golden(f"create/docker-config-{name}", result.stderr, home=str(pullsecret.home))
    assert planted not in result.stderr
    assert api.list("Secret", namespace) == []


def test_create_from_docker_config_reports_a_server_without_entry(pullsecret: Program, namespace: str) -> None:
    write_docker_config(pullsecret, {"auths": {"reg.example": registry_entry()}})

    result = pullsecret("create", "x", "--from-docker-config", "--registry=other.example", "-n", namespace, expect=1)

    assert_golden("create/docker-config-without-the-server", result.stderr, home=str(pullsecret.home))


SOURCES = {
    "file": ("--from-file={}", ""),
    "file-on-stdin": ("--from-file=-", "config"),
    "manifest-on-stdin": ("--from-file=-", "manifest"),
    "docker-config-on-stdin": ("--from-docker-config=-", "config"),
}


@pytest.mark.parametrize(("flag", "piped"), SOURCES.values(), ids=SOURCES.keys())
def test_create_reads_a_file_or_standard_input(
    api: Api, pullsecret: Program, namespace: str, tmp_path: Path, flag: str, piped: str
) -> None:
    entry = registry_entry()
    file = tmp_path / "config.json"
    file.write_text(json.dumps({"auths": {"reg.example": entry}}))
    manifest = json.dumps({"apiVersion": "v1", **docker_config_secret("other", {"reg.example": entry})})
    texts = {"config": file.read_text(), "manifest": manifest, "": ""}

    pullsecret("create", "regcred", flag.format(file), "-n", namespace, input=texts[piped])

    assert auths_in(api, namespace) == {"reg.example": entry}


WRONG_FILES = {
    "not-json": "hello",
    "no-auths": "{}",
    "credentials-elsewhere": '{"auths": {"reg.example": {}}, "credsStore": "x"}',
    "no-colon": '{"auths": {"reg.example": {"auth": "eA=="}}}',
    "other-manifest": "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: x\n",
}


@pytest.mark.parametrize("name", WRONG_FILES)
def test_create_from_file_rejects_what_a_cluster_cannot_use(
    api: Api, pullsecret: Program, namespace: str, tmp_path: Path, name: str
) -> None:
    file = tmp_path / "config.json"
    file.write_text(WRONG_FILES[name])

    result = pullsecret("create", "x", f"--from-file={file}", "-n", namespace, expect=1)

    assert_golden(f"create/file-{name}", result.stderr, file=str(file))
    assert api.list("Secret", namespace) == []


MIXED = {
    "file-and-docker-config": ("--from-file=x", "--from-docker-config"),
    "file-and-username": ("--from-file=x", "--username=u"),
    "file-and-server": ("--from-file=x", "--registry=s"),
    "docker-config-and-password": ("--from-docker-config", "--password-stdin"),
    "docker-config-and-username": ("--from-docker-config", "--username=u"),
}


@pytest.mark.parametrize("row", MIXED)
def test_create_from_two_kinds_of_sources_is_rejected(offline: Program, row: str) -> None:
    assert_golden(f"create/{row}", offline("create", "x", *MIXED[row], expect=1).stderr)
