"""A prompt for a password that does not echo it."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from pullsecret.errors import CredentialError
from pullsecret.system.terminal import is_terminal_input

if TYPE_CHECKING:
    from pullsecret.credentials.password import Prompt

_LONGEST_LINE = 4095
"""Bytes of a line that a terminal keeps (Linux: N_TTY_BUF_SIZE); the rest is lost silently."""


def hidden_prompt() -> Prompt | None:
    """How to prompt on the terminal; None if standard input is not one, so that nothing waits for a forgotten pipe."""
    return _read_line if is_terminal_input(sys.stdin) else None


def _read_line(text: str) -> str:
    """Read one line; raises CredentialError at the end of input, for bytes that are not text, and for a cut line."""
    try:
        answer = getpass.getpass(text)
    except KeyboardInterrupt:
        _end_line()
        raise
    except EOFError:
        _end_line()
        raise CredentialError("nothing was entered") from None
    except UnicodeDecodeError:
        raise CredentialError("the input is not UTF-8 text") from None
    if len(answer.encode("utf-8", "surrogateescape")) >= _LONGEST_LINE:
        raise CredentialError("input too long for the terminal; use a file or a pipe")
    return answer


def _end_line() -> None:
    """End the line of the prompt, which no Enter has ended, so that the next message has one of its own."""
    if sys.stderr is not None and sys.stderr.isatty():
        sys.stderr.write("\n")
