"""The two streams: results on stdout, everything else on stderr; what others wrote is made harmless first."""

from __future__ import annotations

import re
import sys

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def harmless(text: str) -> str:
    """The text without control characters, so that no server's message can move the cursor; new lines and tabs stay."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def put(text: str) -> None:
    """A line of result, on stdout."""
    print(harmless(text))


def say(text: str) -> None:
    """A line beside the result, on stderr."""
    print(harmless(text), file=sys.stderr)


def warn(text: str) -> None:
    """A warning that the API server sent, as kubectl shows it (client-go: rest/warnings.go)."""
    yellow, plain = ("\x1b[33;1m", "\x1b[0m") if sys.stderr.isatty() else ("", "")
    print(f"{yellow}Warning:{plain} {harmless(text)}", file=sys.stderr)
