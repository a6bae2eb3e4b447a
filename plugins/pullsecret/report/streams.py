"""The two streams: results on stdout, everything else on stderr; text from elsewhere is made harmless first.

A message on stderr begins with `error:`, `warning:` or `note:`. An error may have a second line that says what to do,
such as kubectl's "See 'kubectl get --help' for usage." Only progress, summaries and the sentences that kubectl itself
prints have no prefix: `Error from server (NotFound): ...`, `Unable to connect to the server: ...`.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pullsecret.errors import OutputError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import TextIO

    from pullsecret.errors import PullSecretError

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff\ud800-\udfff]")
"""Control characters, direction marks and characters of no width: all that makes a text look like another one."""

_LINE_ENDS = re.compile(r"[\t\n\u2028\u2029]")


def harmless(text: str) -> str:
    """The text without control characters, so that no message can move the cursor or hide a part of itself.

    Newlines and tabs stay. Halves of surrogate pairs go, too: they are for bytes that no text stream takes.
    """
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


def harmless_word(text: str) -> str:
    """The text on one line, so that foreign text cannot forge another line: without line ends and tabs, too."""
    return _LINE_ENDS.sub("\N{REPLACEMENT CHARACTER}", harmless(text))


def print_line(text: str) -> None:
    """Print a line of the result on stdout, unbuffered, so that a pipe's reader can follow a long run."""
    with _output_errors():
        print(harmless(text), flush=True)


def flush_output() -> None:
    """Flush stdout. Raises OutputError, and BrokenPipeError if the reader is gone."""
    with _output_errors():
        sys.stdout.flush()


@contextmanager
def _output_errors() -> Iterator[None]:
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        reason = os.strerror(error.errno).lower() if error.errno else "i/o error"
        raise OutputError(f"write standard output: {reason}") from error


def print_message(text: str) -> None:
    """Print a line on stderr."""
    print(harmless(text), file=sys.stderr)


def print_error(error: PullSecretError) -> None:
    """Print an error, and below it what to do, on stderr."""
    print_message(error.line)
    if error.hint:
        print_message(error.hint)


class Log:
    """The log of -v: on stderr, or in a file."""

    def __init__(self) -> None:
        self._file: TextIO | None = None

    def write_to(self, path: str) -> None:
        """Append the log to a file that only its owner can read. Raises OSError."""
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8")

    def __call__(self, text: str) -> None:
        """Print a line of the log, unbuffered."""
        print(harmless(text), file=self._file or sys.stderr, flush=True)


log = Log()


def warn(text: str) -> None:
    """Print a warning from the API server in kubectl's color (client-go: rest/warnings.go)."""
    yellow, plain = ("\x1b[33;1m", "\x1b[0m") if _has_color() else ("", "")
    print(f"{yellow}warning:{plain} {harmless(text)}", file=sys.stderr)


def _has_color() -> bool:
    """Whether stderr is a terminal with colors (cli-runtime: pkg/printers/terminal.go)."""
    return sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and "NO_COLOR" not in os.environ
