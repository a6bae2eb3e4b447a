"""Help, version, closed pipes and full disks."""

from __future__ import annotations

import json
import re
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from golden_files import assert_golden
from objects import docker_config_secret, made_up_password, registry_entry
from pullsecret import __version__
from pullsecret.commands.app import COMMAND_FUNCTIONS

if TYPE_CHECKING:
    from control_plane.api import Api
    from program import Program

COMMANDS = tuple(COMMAND_FUNCTIONS)
GLOBAL_FLAGS = {
    *(
        "--kubeconfig",
        "--context",
        "--cluster",
        "--user",
        "-s",
        "--server",
        "--token",
        "--as",
        "--as-group",
        "--as-uid",
    ),
    *("--certificate-authority", "--client-certificate", "--client-key", "--insecure-skip-tls-verify"),
    *("--tls-server-name", "--request-timeout", "--disable-compression", "--parallel", "-v", "--v"),
}


def flags_in(text: str) -> set[str]:
    return set(re.findall(r"(?<![\w-])--?[a-z][a-z-]*|-A\b", text))


@pytest.mark.parametrize("words", [(), ("-h",), ("--help",), ("help",), ("help", "--help"), ("-n", "a")])
def test_overview_however_it_is_requested(offline: Program, words: tuple[str, ...]) -> None:
    result = offline(*words)

    assert result.stderr == ""
    assert_golden("help/overview", result.stdout)


@pytest.mark.parametrize("command", COMMANDS)
def test_help_of_a_command_however_it_is_requested(offline: Program, command: str) -> None:
    ways = ((command, "-h"), (command, "--help"), ("help", command), ("--help", command), ("-h", command))

    texts = {offline(*way).stdout for way in (*ways, (command, "x", "--help", "--context", "a"))}

    (text,) = texts
    assert_golden(f"help/{command}", text)


@pytest.mark.parametrize("columns", [60, 80, 120])
@pytest.mark.parametrize("command", COMMANDS)
def test_help_fits_the_terminal(offline: Program, command: str, columns: int) -> None:
    text = offline(command, "--help", env={"COLUMNS": str(columns)}).stdout

    without_examples = re.sub(r"(?s)Examples:\n.*?\n\n", "", text)
    assert all(len(line) <= columns for line in without_examples.splitlines())


def test_options_are_the_global_flags_and_in_no_other_help(offline: Program) -> None:
    assert flags_in(offline("options").stdout) >= GLOBAL_FLAGS
    assert not (GLOBAL_FLAGS - {"--server", "--as"}) & flags_in(offline("copy", "--help").stdout)
    assert_golden("help/options-printed", offline("options").stdout)


@pytest.mark.parametrize("command", ["version", "completion", "options"])
def test_global_flags_can_be_passed_to_commands_without_a_cluster(offline: Program, command: str) -> None:
    words = ("bash",) if command == "completion" else ()

    assert offline(command, *words, "--context=none", "-v=2").stdout == offline(command, *words).stdout


def test_help_of_create_has_the_flags_of_kubectl(offline: Program) -> None:
    text = offline("create", "--help").stdout

    for flag in ("server", "username", "password", "email"):
        assert f"--docker-{flag}" in text
    assert "--append-hash" in text


@pytest.mark.parametrize("words", [("version",), ("--version",), ("version", "--output="), ("--version", "-n", "a")])
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
def test_closed_pipe_ends_without_a_traceback(
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


FULL = {
    "overview": (("--help",), 1),
    "help": (("verify", "--help"), 2),
    "options": (("options",), 1),
    "version": (("version",), 1),
    "completion": (("completion", "bash"), 1),
    "list": (("list", "-n", "@"), 1),
    "list-json": (("list", "-n", "@", "-o", "json"), 1),
    "create": (("create", "made", "--username=u", "--password-env=P", "-n", "@"), 1),
    "explanation": (("check", "--explain", "PS203"), 2),
    "check": (("check", "-n", "@"), 2),
    "verify": (("verify", "-n", "@", "--image=127.0.0.1:1/a:1"), 2),
}


@pytest.mark.parametrize(("words", "status"), FULL.values(), ids=FULL.keys())
def test_full_disk_is_one_line(
    api: Api, pullsecret: Program, namespace: str, words: tuple[str, ...], status: int
) -> None:
    api.create(docker_config_secret("regcred", {"*.icr.io": registry_entry()}), namespace)
    command = [*pullsecret.command, *(word.replace("@", namespace) for word in words)]

    with open("/dev/full", "wb") as full:  # noqa: PTH123  a device
        done = subprocess.run(
            command,
            env=pullsecret.environment(env={"P": made_up_password()}),
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )

    assert [line for line in done.stderr.splitlines() if not line.startswith("note: ")] == [
        "error: write standard output: no space left on device"
    ]
    assert done.returncode == status


CLOSED = {
    "stdout": ("version", ">&-", ""),
    "stderr": ("version", "2>&-", __version__),
    "stderr, for an error": ("nope", "2>&-", ""),
    "all": ("version", "<&- >&- 2>&-", ""),
}
"""A command, the streams that a shell closes before it, and what is left on standard output."""


@pytest.mark.parametrize("row", CLOSED)
def test_closed_stream_is_the_null_device(row: str, offline: Program) -> None:
    command, closed, stdout = CLOSED[row]

    done = subprocess.run(
        ["sh", "-c", f'"$@" {closed}', "sh", *offline.command, command],
        env=offline.environment(),
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.stdout.strip(), done.stderr) == (stdout, "")
    assert done.returncode == (1 if command == "nope" else 0)


def test_pipe_closed_after_the_first_line_ends_a_list_quietly(api: Api, pullsecret: Program, namespace: str) -> None:
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
