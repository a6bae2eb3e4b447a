"""Credentials in docker's credential helpers: real programs, called as docker calls them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from login_files import HUB, OTHER, PASSWORD, Machine, entry

from pullsecret.credentials import credential_helper

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path)


def test_credential_store_is_queried_for_the_servers_in_the_file(machine: Machine) -> None:
    machine.store("desktop", {HUB: ("me", PASSWORD), "us.icr.io": ("iamapikey", OTHER)})
    machine.docker({"auths": {HUB: {}, "us.icr.io": {}}, "credsStore": "desktop"})
    assert machine.entries() == [(HUB, "me", PASSWORD), ("us.icr.io", "iamapikey", OTHER)]
    assert machine.entries("docker.io") == [("docker.io", "me", PASSWORD)]
    assert machine.log == [f"get|{HUB}", "get|us.icr.io", f"get|{HUB}"]


def test_credential_store_lists_servers_if_the_file_has_none(machine: Machine) -> None:
    machine.store(
        "pass", {"h": ("u", PASSWORD), f"{HUB}access-token": ("x", OTHER), f"{HUB}refresh-token": ("x", OTHER)}
    )
    machine.docker({"credsStore": "pass"})
    assert machine.entries() == [("h", "u", PASSWORD)]
    assert machine.log == ["list|", "get|h"]
    assert machine.entries("h") == [("h", "u", PASSWORD)]


def test_helper_of_a_server_takes_precedence_over_the_store(machine: Machine) -> None:
    machine.store("one", {"h": ("u", PASSWORD)})
    machine.store("store", {"h": ("u", OTHER), "g": ("u", OTHER)})
    machine.docker({"credHelpers": {"h": "one"}, "auths": {"g": {}}, "credsStore": "store"})
    assert machine.entries() == [("g", "u", OTHER), ("h", "u", PASSWORD)]


def test_credential_store_is_also_queried_for_the_https_url(machine: Machine) -> None:
    machine.store("store", {"https://us.icr.io": ("u", PASSWORD)})
    machine.docker({"credsStore": "store"})
    assert machine.entries("us.icr.io") == [("us.icr.io", "u", PASSWORD)]
    assert machine.log == ["get|us.icr.io", "get|https://us.icr.io"]


def test_entry_in_the_file_is_used_if_the_store_has_none(machine: Machine) -> None:
    machine.store("store", {})
    machine.docker({"auths": {"h": entry(), "g": {}}, "credsStore": "store"})
    assert machine.entries("h") == [("h", "u", PASSWORD)]
    assert machine.failure("g").message.startswith("g: has no password;")
    assert machine.failure("f").message.startswith("no credentials for f in ")


def test_identity_token_in_a_store_is_rejected(machine: Machine) -> None:
    machine.store("store", {"h": ("<token>", PASSWORD)})
    machine.docker({"auths": {"h": {}}, "credsStore": "store"})
    assert machine.failure("h").message.startswith(
        "h: uses an identity token, which the kubelet does not support; log in"
    )


FAILING = {
    "exit-status": (f"echo 'no {PASSWORD}'; echo {PASSWORD} >&2; exit 3", "failed: exit status 3"),
    "no-json": (f"echo '{PASSWORD}'", "failed: its output is not a JSON object"),
    "json-list": (f"echo '[\"{PASSWORD}\"]'", "failed: its output is not a JSON object"),
    "not-utf-8": (f"printf '\\377{PASSWORD}'", "failed: its output is not a JSON object"),
    "too-slow": (f"echo {PASSWORD}; exec sleep 20", "failed: no response within 0.2 seconds"),
}


@pytest.mark.parametrize(("script", "reason"), FAILING.values(), ids=FAILING.keys())
def test_failing_helper_is_reported_without_its_output(
    machine: Machine, monkeypatch: pytest.MonkeyPatch, script: str, reason: str
) -> None:
    if "sleep" in script:
        monkeypatch.setattr(credential_helper, "_TIMEOUT_SECONDS", 0.2)
    machine.helper("bad", script)
    machine.docker({"auths": {"h": {}}, "credsStore": "bad"})
    error = machine.failure("h")
    assert error.message == f"docker-credential-bad get for h {reason}"
    assert error.hint == "to see its output, run: printf %s h | docker-credential-bad get"


@pytest.mark.parametrize("suffix", ["nowhere", "../bin/docker-credential-x", "a b"])
def test_missing_helper_is_reported(machine: Machine, suffix: str) -> None:
    machine.docker({"auths": {"h": {}}, "credsStore": suffix})
    assert machine.failure("h").message == f"credential helper docker-credential-{suffix} is not on PATH"


def test_helper_that_cannot_be_started_is_reported(machine: Machine) -> None:
    os.chmod(machine.write("bin/docker-credential-odd", "#!/no/such/interpreter\n"), 0o700)  # noqa: PTH101
    machine.docker({"auths": {"h": {}}, "credsStore": "odd"})
    assert machine.failure("h").message == "docker-credential-odd get for h failed: no such file or directory"
