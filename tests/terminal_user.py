"""A user at a terminal: a program on a real pty, which is its controlling terminal, and the keys that are typed."""

from __future__ import annotations

import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from program import Program

ON_TERMINAL = """
import fcntl, os, sys, termios
fcntl.ioctl(0, termios.TIOCSCTTY, 0)
os.execvp(sys.argv[1], sys.argv[1:])
"""
TIMEOUT = 30  # seconds


@dataclass(frozen=True, kw_only=True)
class Session:
    """What the screen showed (standard error and the echo of keys), what went to stdout, and the exit status."""

    screen: str
    stdout: str
    status: int


def session(
    program: Program, *arguments: str, question: str, typed: str, env: dict[str, str] | None = None, whole: bool = False
) -> Session:
    """Run a program whose stdin and stderr are a terminal; type as soon as the prompt appears.

    With `whole`, stdout is the terminal, too, and `screen` has everything.
    """
    ours, theirs = pty.openpty()
    child = subprocess.Popen(
        [sys.executable, "-c", ON_TERMINAL, *program.command, *arguments],
        stdin=theirs,
        stdout=theirs if whole else subprocess.PIPE,
        stderr=theirs,
        start_new_session=True,
        env=program.environment(env=env),
        text=True,
    )
    os.close(theirs)
    screen = _read_until(ours, question.encode())
    os.write(ours, typed.encode())
    screen += _read_until(ours, None)  # while the program runs: what is left on its terminal ends with it
    stdout, _ = child.communicate(timeout=TIMEOUT)
    os.close(ours)
    return Session(screen=screen.decode(), stdout=stdout or "", status=child.returncode)


def _read_until(terminal: int, end: bytes | None) -> bytes:
    """What comes from a terminal, to a text or to its end, which is an error on Linux."""
    read = b""
    while end is None or end not in read:
        try:
            piece = os.read(terminal, 4096)
        except OSError:
            break
        if not piece:
            break
        read += piece
    return read
