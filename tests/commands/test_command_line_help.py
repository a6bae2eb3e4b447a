"""Help, version, and a reader who goes away."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from objects import docker_config_secret, made_up_password, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api
    from program import Program

COMMANDS = ("copy", "create", "attach", "detach", "entitled", "list", "version")
CONNECTION_FLAGS = (
    *("--kubeconfig", "--context", "--cluster", "--user", "-s", "--token", "--as", "--as-group", "--as-uid"),
    *("--certificate-authority", "--client-certificate", "--client-key", "--insecure-skip-tls-verify"),
    *("--tls-server-name", "--request-timeout", "--disable-compression", "-v"),
)
TARGET_FLAGS = ("-n", "--namespace", "-A", "--all-namespaces", "-l", "--selector", "--exclude")
WRITING_FLAGS = ("-o", "--output", "--dry-run", "-q", "--quiet")


@pytest.mark.parametrize("words", [(), ("-h",), ("--help",), ("help",), ("help", "--help"), ("-n", "a")])
def test_overview_names_every_command_in_a_line(offline: Program, words: tuple[str, ...]) -> None:
    result = offline(*words)

    assert result.stderr == ""
    assert "Usage:\n  kubectl pullsecret COMMAND [NAME]... [flags]\n" in result.stdout
    for command in COMMANDS:
        (line,) = re.findall(rf"^  {command} +(\w.*\S)$", result.stdout, re.MULTILINE)
        assert not line.endswith(("(cp", "."))


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_is_the_same_however_it_is_asked_for(offline: Program, command: str) -> None:
    ways: list[tuple[str, ...]] = [
        (command, "-h"),
        (command, "--help"),
        ("help", command),
        ("--help", command),
        ("-h", command),
    ]
    if command != "version":
        ways.append((command, "x", "--help", "-n", "a"))

    texts = {offline(*way).stdout for way in ways}

    (text,) = texts
    assert text.startswith(f"Usage: kubectl pullsecret {command} ")
    assert "{prog}" not in text


@pytest.mark.parametrize("command", [command for command in COMMANDS if command != "version"])
def test_help_of_a_command_tells_every_flag_and_an_example(offline: Program, command: str) -> None:
    text = offline(command, "--help").stdout

    wanted = {*CONNECTION_FLAGS, *TARGET_FLAGS, *(WRITING_FLAGS if command != "list" else ("-o", "--no-headers"))}
    assert wanted <= set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*|-A\b", text))
    assert f"kubectl pullsecret {command} " in text.partition("Examples:")[2]


def test_help_of_create_knows_kubectls_flags(offline: Program) -> None:
    text = offline("create", "--help").stdout

    for flag in ("server", "username", "password", "email"):
        assert f"--docker-{flag}" in text
    assert "--append-hash" in text


@pytest.mark.parametrize("words", [("version",), ("--version",), ("version", "-o="), ("--version", "-n", "a")])
def test_version_is_a_line(offline: Program, words: tuple[str, ...]) -> None:
    result = offline(*words)

    assert re.fullmatch(r"\d+\.\d+\.\d+\S*\n", result.stdout)
    assert result.stderr == ""


def test_version_as_an_object(offline: Program) -> None:
    line = offline("version").stdout.strip()

    assert json.loads(offline("version", "-o", "json").stdout) == {"version": line}
    assert yaml.safe_load(offline("version", "-o=yaml").stdout) == {"version": line}


READ = {
    "help": ("create", "--help"),
    "list": ("list", "-n", "@"),
    "list-json": ("list", "-n", "@", "-o", "json"),
    "create": ("create", "made", "--username=u", "--password-env=P", "-n", "@"),
    "create-yaml": ("create", "made", "--username=u", "--password-env=P", "-n", "@", "--dry-run=client", "-o", "yaml"),
}


@pytest.mark.parametrize("words", READ.values(), ids=READ.keys())
def test_reader_who_is_gone_already_is_no_reason_for_a_traceback(
    api: Api, pullsecret: Program, namespace: str, words: tuple[str, ...]
) -> None:
    api.create(docker_config_secret("regcred", {"reg.example": registry_entry()}), namespace)
    command = [*pullsecret.command, *(word.replace("@", namespace) for word in words)]
    reader = subprocess.Popen(["true"], stdin=subprocess.PIPE)
    reader.wait()
    assert reader.stdin

    done = subprocess.run(
        command,
        env=pullsecret.environment(env={"P": made_up_password()}),
        stdout=reader.stdin,
        stderr=subprocess.PIPE,
        text=True,
        check=False,
    )

    reader.stdin.close()
    assert done.stderr == ""
    assert done.returncode in (0, 1)


def test_reader_of_the_first_line_only_ends_a_list_quietly(api: Api, pullsecret: Program, namespace: str) -> None:
    for number in range(3):
        api.create(docker_config_secret(f"regcred-{number}", {"reg.example": registry_entry()}), namespace)
    running = pullsecret.start("list", "-n", namespace)

    with running:
        assert running.stdout
        assert running.stdout.readline().startswith("NAMESPACE ")
        running.stdout.close()
        assert running.stderr
        said = running.stderr.read()

    assert said == ""
    assert running.returncode in (0, 1)
