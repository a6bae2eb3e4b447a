"""The sources of the password for `create`, and the notes on how it was read."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from golden_files import assert_golden
from objects import docker_config_of, made_up_password
from terminal_user import session

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from program import Program


def password_in(api: Api, namespace: str, name: str = "regcred") -> str:
    (entry,) = docker_config_of(api.read("Secret", name, namespace))["auths"].values()
    found: str = entry["password"]
    return found


PIPED = {
    "unchanged": ("@", "@"),
    "newline": ("@\n", "@"),
    "newline-of-windows": ("@\r\n", "@"),
    "utf-8": ("ü@\U0001f511\n", "ü@\U0001f511"),
    "blanks": (" @ ", " @ "),
}


@pytest.mark.parametrize("name", PIPED)
def test_create_password_from_stdin(api: Api, pullsecret: Program, namespace: str, name: str) -> None:
    piped, password = PIPED[name]
    made_up = made_up_password()

    result = pullsecret(
        "create", "regcred", "--username=puller", "--password-stdin", "-n", namespace, input=piped.replace("@", made_up)
    )

    assert password_in(api, namespace) == password.replace("@", made_up)
    assert_golden(f"create/password-from-stdin-{name}", result.stderr)


FILES = {
    "first-line": ("@", "@"),
    "newline-at-its-end": ("@\n", "@"),
    "key-file-of-ibmcloud": (json.dumps({"name": "n", "apikey": "@", "createdAt": "2026"}, indent=2), "@"),
}


@pytest.mark.parametrize(("content", "password"), FILES.values(), ids=FILES.keys())
def test_create_password_from_a_file(
    api: Api, pullsecret: Program, namespace: str, tmp_path: Path, content: str, password: str
) -> None:
    made_up = made_up_password()
    file = tmp_path / "key"
    file.write_text(content.replace("@", made_up))

    result = pullsecret("create", "regcred", "--username=puller", "--password-file", file, "-n", namespace)

    assert password_in(api, namespace) == password.replace("@", made_up)
    assert result.stderr == ""


def test_create_password_from_a_variable(api: Api, pullsecret: Program, namespace: str) -> None:
    password = made_up_password()
    line = ("create", "regcred", "--username=puller", "--password-env", "REGISTRY_PASSWORD", "-n", namespace)

    result = pullsecret(*line, env={"REGISTRY_PASSWORD": password})

    assert password_in(api, namespace) == password
    assert result.stderr == ""


def test_create_accepts_a_password_flag_with_a_warning(api: Api, pullsecret: Program, namespace: str) -> None:
    password = made_up_password()

    result = pullsecret("create", "regcred", "--username=puller", f"--docker-password={password}", "-n", namespace)

    assert password_in(api, namespace) == password
    assert_golden("create/password-in-a-flag", result.stderr)


PROMPT = "Password for builder at https://index.docker.io/v1/: "


def test_create_prompts_without_echo(api: Api, pullsecret: Program, namespace: str) -> None:
    password = made_up_password()
    line = ("create", "regcred", "--username=builder", "-n", namespace)

    ended = session(pullsecret, *line, question=PROMPT, typed=f"{password}\n")

    assert ended.status == 0, ended.screen
    assert ended.stdout == f"secret/regcred created in namespace {namespace}\n"
    assert ended.screen == f"{PROMPT}\r\n"
    assert password_in(api, namespace) == password


ENDED = {
    "ctrl-c": ("\x03", 130, "note: interrupted; no changes were made\r\n"),
    "ctrl-d": ("\x04", 1, "error: nothing was entered\r\n"),
}


@pytest.mark.parametrize(("typed", "status", "said"), ENDED.values(), ids=ENDED.keys())
def test_create_without_an_answer_to_the_prompt_creates_nothing(
    api: Api, pullsecret: Program, namespace: str, typed: str, status: int, said: str
) -> None:
    ended = session(pullsecret, "create", "x", "--username=builder", "-n", namespace, question=PROMPT, typed=typed)

    assert ended.status == status
    assert ended.screen.replace("^C", "") == f"{PROMPT}\r\n{said}"
    assert ended.stdout == ""
    assert api.list("Secret", namespace) == []


TWICE = {
    "stdin-and-file": ("--password-stdin", "--password-file=x"),
    "file-and-env": ("--password-file=x", "--password-env=X"),
    "stdin-and-value": ("--password-stdin", "--docker-password=x"),
}


@pytest.mark.parametrize("flags", TWICE.values(), ids=TWICE.keys())
def test_create_with_two_password_sources_is_rejected(pullsecret: Program, flags: tuple[str, ...]) -> None:
    result = pullsecret("create", "regcred", "--username=puller", *flags, input="", expect=1)

    names = " and ".join(flag.partition("=")[0] for flag in flags)
    assert result.stderr.startswith(f"error: {names} cannot be used together\n")
    assert result.stdout == ""


USELESS = {
    "empty-stdin": ("--password-stdin",),
    "newline-only": ("--password-stdin",),
    "empty-value": ("--docker-password=",),
    "missing-file": ("--password-file=nowhere",),
    "directory": ("--password-file=/",),
    "home-of-an-unknown-user": ("--password-file=~nobody-of-that-name/x",),
    "missing-variable": ("--password-env=NOT_SET",),
    "no-source-and-no-terminal": (),
}


@pytest.mark.parametrize("name", USELESS)
def test_create_without_a_usable_password_fails_with_the_reason(
    api: Api, pullsecret: Program, namespace: str, name: str
) -> None:
    piped = "\n" if name == "newline-only" else ""

    result = pullsecret(
        "create", "regcred", "--username=puller", *USELESS[name], "-n", namespace, input=piped, expect=1
    )

    assert_golden(f"create/password-{name}", result.stderr)
    assert api.list("Secret", namespace) == []


def test_create_reads_the_password_before_it_contacts_the_cluster(pullsecret: Program) -> None:
    result = pullsecret("create", "regcred", "--username=puller", "--password-env=NOT_SET", "-v=6", expect=1)

    assert "GET " not in result.stderr
