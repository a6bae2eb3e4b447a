"""Asking a person for a password without showing it."""

from __future__ import annotations

import getpass
import sys
from typing import TYPE_CHECKING

from pullsecret.errors import CredentialError

if TYPE_CHECKING:
    from pullsecret.credentials.password import Prompt

_LONGEST_LINE = 4095
"""What a terminal takes of one line (Linux: N_TTY_BUF_SIZE); the rest is lost without a word."""


def hidden_prompt() -> Prompt | None:
    """How to ask on the terminal; None when standard input is none: a pipe that was forgotten must not wait for one."""
    is_terminal = sys.stdin is not None and sys.stdin.isatty()
    return _asked if is_terminal else None


def _asked(text: str) -> str:
    """The line typed. Raises CredentialError for the end of input, for bytes that are no text, and for a cut line."""
    try:
        answer = getpass.getpass(text)
    except EOFError:
        raise CredentialError("nothing was entered") from None
    except UnicodeDecodeError:
        raise CredentialError("what was entered is not UTF-8 text") from None
    if len(answer.encode("utf-8", "surrogateescape")) >= _LONGEST_LINE:
        raise CredentialError("the terminal cut what was entered", hint="give it by a file or a pipe")
    return answer
