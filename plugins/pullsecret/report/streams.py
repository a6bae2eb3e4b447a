"""The two streams: results on stdout, everything else on stderr; they take printable lines only.

A message on stderr begins with `error:`, `warning:` or `note:`. An error may have a second line that says what to do,
such as kubectl's "See 'kubectl get --help' for usage." Only progress, summaries and the sentences that kubectl itself
prints have no prefix: `Error from server (NotFound): ...`, `Unable to connect to the server: ...`.
"""

from __future__ import annotations

import os
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

from pullsecret.errors import OutputError
from pullsecret.model.go.printable import Printable
from pullsecret.system.terminal import has_color, is_reader_gone

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from typing import TextIO

    from pullsecret.errors import PullSecretError
    from pullsecret.model.request.command_request import Output


def print_line(line: Printable) -> None:
    """Print a line of the result on stdout, unbuffered, so that a pipe's reader can follow a long run."""
    with _output_errors():
        print(line, flush=True)


def print_block(text: str) -> None:
    """Print a text of this program's own, or JSON or YAML, in which every line stays whole."""
    print_lines(Printable(line, longest=None) for line in text.split("\n"))


def print_lines(lines: Iterable[Printable]) -> None:
    """Print lines of the result at once."""
    with _output_errors():
        print("\n".join(lines), flush=True)


def flush_output() -> None:
    """Flush stdout. Raises OutputError, and BrokenPipeError if the reader is gone."""
    with _output_errors():
        sys.stdout.flush()


@contextmanager
def _output_errors() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if is_reader_gone(error):
            raise BrokenPipeError from error
        reason = os.strerror(error.errno).lower() if error.errno else "i/o error"
        raise OutputError(f"write standard output: {reason}") from error


def print_message(line: Printable) -> None:
    """Print a line on stderr."""
    print(line, file=sys.stderr)


def print_messages(lines: Iterable[str], output: Output) -> None:
    """Print lines about a cluster on stderr, each with its context where several are selected."""
    for line in lines:
        print_message(Printable(output.located(line)))


def print_error(error: PullSecretError, *, located: Callable[[str], str] = str) -> None:
    """Print an error, and below it what to do, on stderr; `located` adds the context to its first line."""
    first, *others = error.line.split("\n") if error.is_block else (error.line,)
    for line in (located(first), *others):
        print_message(Printable(line))
    if error.hint:
        print_message(Printable(error.hint))


class Log:
    """The log of -v: on stderr, or in a file."""

    def __init__(self) -> None:
        self._file: TextIO | None = None

    def write_to(self, path: str) -> None:
        """Append the log to a file that only its owner can read. Raises OSError."""
        self._file = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "a", encoding="utf-8")

    def __call__(self, line: Printable) -> None:
        """Print a line of the log, unbuffered."""
        print(line, file=self._file or sys.stderr, flush=True)


log = Log()


def warn(line: Printable) -> None:
    """Print a warning from the API server in kubectl's color (client-go: rest/warnings.go)."""
    yellow, plain = ("\x1b[33;1m", "\x1b[0m") if has_color(sys.stderr, os.environ) else ("", "")
    print(f"{yellow}warning:{plain} {line}", file=sys.stderr)
