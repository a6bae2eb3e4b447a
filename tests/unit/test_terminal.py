"""The password prompt, on a real terminal."""

from __future__ import annotations

import os
import pty
import secrets
import subprocess
import sys

import pytest

PASSWORD = secrets.token_urlsafe(24)

ASK = """
import fcntl, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
from pullsecret.credentials.terminal import hidden_prompt
from pullsecret.errors import CredentialError
try:
    sys.stdout.write(hidden_prompt()("Password: "))
except CredentialError as error:
    sys.stdout.write(f"error: {error.message}")
"""

TYPED = {
    "line": (f"{PASSWORD}\n".encode(), PASSWORD),
    "end-of-input": (b"\x04", "error: nothing was entered"),
    "not-utf-8": (b"\xff\xfe\n", "error: the input is not UTF-8 text"),
    "cut": (b"x" * 4095 + b"\n", "error: input too long for the terminal; use a file or a pipe"),
}


def rest_of(terminal: int) -> bytes:
    """The unread output; a terminal whose program has ended returns an error."""
    try:
        return os.read(terminal, 1000)
    except OSError:
        return b""


@pytest.mark.parametrize(("typed", "outcome"), TYPED.values(), ids=TYPED.keys())
def test_hidden_prompt_does_not_echo(typed: bytes, outcome: str) -> None:
    ours, theirs = pty.openpty()
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path), "LC_ALL": "C.UTF-8"}
    child = subprocess.Popen(
        [sys.executable, "-c", ASK],
        stdin=theirs,
        stdout=subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
        env=environ,
    )
    os.close(theirs)
    screen = b""
    while b"Password: " not in screen:
        screen += os.read(ours, 1000)
    os.write(ours, typed)
    written, _ = child.communicate(timeout=20)
    screen += rest_of(ours)
    os.close(ours)
    assert written.decode() == outcome
    assert screen.replace(b"\r\n", b"") == b"Password: "


def test_hidden_prompt_is_none_without_a_terminal() -> None:
    code = "from pullsecret.credentials.terminal import hidden_prompt; print(hidden_prompt())"
    environ = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    done = subprocess.run(
        [sys.executable, "-c", code], input="", capture_output=True, text=True, check=True, env=environ
    )
    assert done.stdout == "None\n"
