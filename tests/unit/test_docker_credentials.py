"""The credentials of docker and podman in their login files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from login_files import HUB, OTHER, PASSWORD, Machine, entry

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


NAMED = {
    "same": ("us.icr.io", "us.icr.io"),
    "scheme-in-the-file": ("us.icr.io", "https://us.icr.io"),
    "scheme-and-path-in-the-file": ("us.icr.io", "https://us.icr.io/v1/"),
    "scheme-asked": ("https://us.icr.io", "us.icr.io"),
    "docker-hub": ("docker.io", HUB),
    "docker-hub-as-kubectl-names-it": (HUB, HUB),
    "docker-hub-of-podman": (HUB, "docker.io"),
    "path-from-its-host": ("us.icr.io/ns/app", "us.icr.io"),
    "path-from-a-shorter-one": ("us.icr.io/ns/app", "us.icr.io/ns"),
    "port": ("h:5000", "h:5000"),
}


@pytest.mark.parametrize(("asked", "key"), NAMED.values(), ids=NAMED.keys())
def test_entry_is_found_by_its_server(machine: Machine, asked: str, key: str) -> None:
    machine.docker({"auths": {"other.example": entry(OTHER), key: entry()}})
    assert machine.entries(asked) == [(asked, "u", PASSWORD)]


@pytest.mark.parametrize("key", ["us.icr.io:443", "icr.io", "us.icr.io/ns", "private.us.icr.io"])
def test_entry_for_another_server_is_ignored(machine: Machine, key: str) -> None:
    path = machine.docker({"auths": {key: entry()}})
    assert machine.failure("us.icr.io").message.startswith(f"no credentials for us.icr.io in {path}")


def test_all_entries_keep_their_keys(machine: Machine) -> None:
    machine.docker({"auths": {HUB: entry(), "us.icr.io": entry(OTHER, "iamapikey")}})
    assert machine.entries() == [(HUB, "u", PASSWORD), ("us.icr.io", "iamapikey", OTHER)]


def test_first_file_with_a_usable_entry_wins(machine: Machine) -> None:
    machine.write("run/containers/auth.json", {"auths": {"h": entry(), "g": entry()}})
    machine.write("home/.config/containers/auth.json", {"auths": {"h": entry(OTHER), "f": entry()}})
    machine.write("home/.dockercfg", {"e": entry(), "h": entry(OTHER)})
    assert machine.entries() == [(name, "u", PASSWORD) for name in ("h", "g", "f", "e")]
    machine.docker({"auths": {"h": {"auth": entry("", "u")["auth"], "identitytoken": OTHER}, "g": entry(OTHER)}})
    assert machine.entries("h", "g") == [("h", "u", PASSWORD), ("g", "u", OTHER)]


def test_named_file_is_the_only_one_read(machine: Machine) -> None:
    machine.docker({"auths": {"h": entry(OTHER)}})
    named = machine.write("named.json", {"auths": {"g": entry()}})
    assert machine.entries(file=named) == [("g", "u", PASSWORD)]
    assert machine.failure("h", file=named).message == f"no credentials for h in {named}"
    machine.environ["REGISTRY_AUTH_FILE"] = named
    assert machine.entries() == [("g", "u", PASSWORD)]


def test_docker_config_variable_selects_the_directory(machine: Machine) -> None:
    machine.docker({"auths": {"h": entry(OTHER)}})
    machine.write("elsewhere/config.json", {"auths": {"h": entry()}})
    machine.environ["DOCKER_CONFIG"] = str(machine.root / "elsewhere")
    assert machine.entries("h") == [("h", "u", PASSWORD)]


def test_missing_login_files_are_reported_with_their_paths(machine: Machine) -> None:
    error = machine.failure("h")
    assert error.message == "no docker or podman credentials found"
    assert str(machine.root / "home/.docker/config.json") in error.hint
    path = machine.docker("{}")
    assert machine.failure().message == f"no credentials in {path}"
    machine.docker("not JSON")
    assert machine.failure().message == f"{path}: is not JSON (line 1, column 1)"


def test_unusable_entries_are_reported_line_by_line(machine: Machine) -> None:
    machine.docker({"auths": {"a": {}, "b": {"identitytoken": PASSWORD}, "c": {"auth": "a2V5"}, "d": entry()}})
    error = machine.failure()
    lines = error.message.splitlines()
    assert [line.partition(";")[0] for line in lines] == [
        "a: has no password",
        "b: uses an identity token, which the kubelet does not support",
        "c: unable to parse auth field, must be formatted as base64(username:password)",
    ]
    assert error.hint == "use --registry to select registries"
    assert machine.entries("d") == [("d", "u", PASSWORD)]
