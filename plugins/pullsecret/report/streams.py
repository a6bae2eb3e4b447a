"""The two streams: results on stdout, everything else on stderr; what others wrote is made harmless first."""

from __future__ import annotations

import re
import sys

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_LINE_ENDS = re.compile(r"[\t\n\u2028\u2029]")


def harmless(text: str) -> str:
    """The text without control characters, so that no server's message can move the cursor; new lines and tabs stay.

    Nor with halves of surrogate pairs: they stand for bytes that are no text, which no stream of text takes.
    """
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def harmless_word(text: str) -> str:
    """The text as one cell of a table: without line ends and tabs, too."""
    return _LINE_ENDS.sub("\N{REPLACEMENT CHARACTER}", harmless(text))


def put(text: str) -> None:
    """A line of result, on stdout; it is out at once, because a pipe's reader wants to see a long run go on, too."""
    print(harmless(text), flush=True)


def say(text: str) -> None:
    """A line beside the result, on stderr."""
    print(harmless(text), file=sys.stderr)


def warn(text: str) -> None:
    """A warning that the API server sent, as kubectl shows it (client-go: rest/warnings.go)."""
    yellow, plain = ("\x1b[33;1m", "\x1b[0m") if sys.stderr.isatty() else ("", "")
    print(f"{yellow}Warning:{plain} {harmless(text)}", file=sys.stderr)
