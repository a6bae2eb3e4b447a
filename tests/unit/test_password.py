"""The sources of a password: pipes, files, variables, values, a prompt."""

from __future__ import annotations

import io
import json
import os
import secrets
from typing import TYPE_CHECKING

import pytest

from pullsecret.credentials.password import Password, read_password
from pullsecret.credentials.password_source import PasswordSource
from pullsecret.errors import CredentialError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = secrets.token_urlsafe(24)
NEWLINE_NOTE = "note: stripped the trailing newline from the password"
MARK_NOTE = "note: stripped the byte order mark from the password"


def read(source: PasswordSource, *, stdin: bytes = b"", answer: str | None = None, **environ: str) -> Password:
    asked = None if answer is None else (lambda _: answer)
    return read_password(source, prompt=asked, stdin=io.BytesIO(stdin), environ=environ)


def failure(source: PasswordSource, *, stdin: bytes = b"", **environ: str) -> CredentialError:
    with pytest.raises(CredentialError) as caught:
        read(source, stdin=stdin, **environ)
    assert PASSWORD not in f"{caught.value} {caught.value.hint}"
    assert caught.value.__cause__ is None
    return caught.value


PIPED = {
    "unchanged": (PASSWORD, PASSWORD, ()),
    "newline": (f"{PASSWORD}\n", PASSWORD, (NEWLINE_NOTE,)),
    "carriage-return-and-newline": (f"{PASSWORD}\r\n", PASSWORD, (NEWLINE_NOTE,)),
    "one-newline-only": (f"{PASSWORD}\n\n", f"{PASSWORD}\n", (NEWLINE_NOTE,)),
    "byte-order-mark": (f"\ufeff{PASSWORD}", PASSWORD, (MARK_NOTE,)),
    "windows": (f"\ufeff{PASSWORD}\r\n", PASSWORD, (MARK_NOTE, NEWLINE_NOTE)),
    "mark-inside": (f"{PASSWORD}\ufeff", f"{PASSWORD}\ufeff", ()),
    "blanks-kept": (f" {PASSWORD} ", f" {PASSWORD} ", ()),
    "utf-8": (f"ü{PASSWORD}\U0001f511", f"ü{PASSWORD}\U0001f511", ()),
    "json-is-the-password": ('{\n"a": 1\n}', '{\n"a": 1\n}', ()),
}


@pytest.mark.parametrize(("text", "value", "notes"), PIPED.values(), ids=PIPED.keys())
def test_read_password_from_stdin(text: str, value: str, notes: tuple[str, ...]) -> None:
    assert read(PasswordSource(stdin=True), stdin=text.encode()) == Password(value=value, notes=notes)


BROKEN = {
    "empty": (b"", "the password is empty"),
    "mark-only": ("\ufeff".encode(), "the password is empty"),
    "newline-only": (b"\r\n", "the password is empty"),
    "nul": (PASSWORD.encode() + b"\0", "the password contains a NUL byte"),
    "utf-16": (PASSWORD.encode("utf-16"), "standard input is not UTF-8 text"),
    "not-utf-8": (PASSWORD.encode() + b"\xff", "standard input is not UTF-8 text"),
    "too-long": (b"x" * (1024 * 1024 + 1), "standard input is larger than 1 MiB"),
}


@pytest.mark.parametrize(("data", "message"), BROKEN.values(), ids=BROKEN.keys())
def test_read_password_rejects_broken_input(data: bytes, message: str) -> None:
    assert failure(PasswordSource(stdin=True), stdin=data).message == message


FILES = {
    "one-line": (f"{PASSWORD}\n", ()),
    "no-newline": (PASSWORD, ()),
    "windows": (f"\ufeff{PASSWORD}\r\n", (MARK_NOTE,)),
    "blank-lines-after": (f"{PASSWORD}\n\n\n", ()),
    "more-lines": (f"{PASSWORD}\nsecond\n", ("note: used only the first line of {}",)),
    "service-api-key": (json.dumps({"name": "k", "apikey": PASSWORD}, indent=2), ()),
}


@pytest.mark.parametrize(("text", "notes"), FILES.values(), ids=FILES.keys())
def test_read_password_from_a_file(tmp_path: Path, text: str, notes: tuple[str, ...]) -> None:
    path = tmp_path / "key"
    path.write_bytes(text.encode())
    found = read(PasswordSource(file=str(path)))
    assert found == Password(value=PASSWORD, notes=tuple(note.format(path) for note in notes))
    assert read(PasswordSource(file="-"), stdin=text.encode()).value == PASSWORD


def test_read_password_from_a_file_that_begins_like_json(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_text(f"{{{PASSWORD}\n")
    assert read(PasswordSource(file=str(path))).value == f"{{{PASSWORD}"


BAD_FILES = {
    "json-without-apikey": ('{"private_key": "x"}', 'no "apikey" field in '),
    "empty": ("", "the password is empty"),
    "first-line-empty": (f"\n{PASSWORD}", "the password is empty"),
    "empty-apikey": ('{"apikey": ""}', "the password is empty"),
}


@pytest.mark.parametrize(("text", "message"), BAD_FILES.values(), ids=BAD_FILES.keys())
def test_read_password_rejects_a_file(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "key"
    path.write_text(text)
    assert message in failure(PasswordSource(file=str(path))).message


def test_read_password_from_a_file_that_cannot_be_read(tmp_path: Path) -> None:
    missing, nameless = tmp_path / "none", "a\0b"
    assert failure(PasswordSource(file=str(missing))).message == f"error reading {missing}: no such file or directory"
    assert failure(PasswordSource(file=str(tmp_path))).message == f"error reading {tmp_path}: is a directory"
    assert "not a file name" in failure(PasswordSource(file=nameless)).message


def test_read_password_from_a_variable() -> None:
    assert read(PasswordSource(env="KEY"), KEY=f"{PASSWORD}\n") == Password(value=PASSWORD, notes=(NEWLINE_NOTE,))
    assert read(PasswordSource(env="KEY"), KEY=f"\ufeff{PASSWORD}") == Password(value=PASSWORD, notes=(MARK_NOTE,))
    assert failure(PasswordSource(env="KEY")).message == "environment variable KEY is not set"
    assert failure(PasswordSource(env="KEY"), KEY="").message == "the password is empty"
    assert failure(PasswordSource(env="KEY"), KEY=os.fsdecode(b"\xff")).message == "the password is not UTF-8 text"


def test_read_password_from_a_value_warns_that_it_is_visible() -> None:
    source = PasswordSource(value=PASSWORD, value_flag="docker-password")
    found = read(source)
    assert found.value == PASSWORD
    assert found.notes == (
        "warning: --docker-password is visible in the process list and shell history; use --password-stdin",
    )
    assert failure(PasswordSource(value="", value_flag="docker-password")).message == "the password is empty"
    assert PASSWORD not in repr(source) + repr(found)


def test_read_password_prompts_without_a_flag() -> None:
    asked: list[str] = []

    def prompt(text: str) -> str:
        asked.append(text)
        return PASSWORD

    source = PasswordSource(label="Password for iamapikey at us.icr.io")
    assert read_password(source, prompt=prompt, stdin=io.BytesIO(), environ={}).value == PASSWORD
    assert asked == ["Password for iamapikey at us.icr.io: "]


def test_read_password_uses_the_default_variable_before_it_prompts() -> None:
    source = PasswordSource(word="key", default_env="IBM_ENTITLEMENT_KEY")
    found = read(source, answer="typed", IBM_ENTITLEMENT_KEY=PASSWORD)
    assert found == Password(value=PASSWORD, notes=("note: using the key in IBM_ENTITLEMENT_KEY",))
    assert read(source, answer="typed", IBM_ENTITLEMENT_KEY="").value == "typed"
    assert read(PasswordSource(word="key", default_env="A", env="B"), A="x", B=PASSWORD).value == PASSWORD


def test_read_password_lists_the_flags_without_a_terminal() -> None:
    with pytest.raises(UsageError) as caught:
        read(PasswordSource(word="key"))
    assert caught.value.message == "no key given and stdin is not a terminal"
    assert caught.value.hint == "specify one of --key-stdin, --key-file, --key-env"


def test_read_password_rejects_two_sources() -> None:
    source = PasswordSource(stdin=True, file="f", value=PASSWORD, value_flag="docker-password")
    with pytest.raises(UsageError) as caught:
        read(source)
    assert caught.value.message == "--password-stdin and --password-file and --docker-password cannot be used together"
