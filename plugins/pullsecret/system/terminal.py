"""What standard input and output are connected to."""

from __future__ import annotations

import errno
import sys
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


class Stream(Protocol):
    """What is asked of a standard stream."""

    def isatty(self) -> bool:
        """Whether it is a terminal, or on Windows any device."""

    def fileno(self) -> int:
        """The file descriptor."""


def _is_console(descriptor: int) -> bool:
    """Whether Windows knows a file descriptor as a console: Python opens those in a way of their own (PEP 528)."""
    with open(descriptor, "rb", buffering=0, closefd=False) as raw:
        return type(raw).__name__ == "_WindowsConsoleIO"


def is_terminal_input(
    stream: Stream | None, system: str = sys.platform, is_console: Callable[[int], bool] = _is_console
) -> bool:
    """Whether standard input is a terminal: not closed, nor the null device, which isatty() calls one on Windows.

    Args:
        stream: standard input, None if it is closed.
        system: the operating system.
        is_console: tells whether a file descriptor is a console of Windows.
    """
    if stream is None or not stream.isatty():
        return False
    return system != "win32" or is_console(stream.fileno())


def output_format(system: str = sys.platform) -> dict[str, str]:
    """How output is encoded, if not as the locale says: on Windows in UTF-8 with line feeds, as Go programs print it.

    Python would print in the code page, and CR LF, into a file or a pipe.
    """
    return {"encoding": "utf-8", "newline": "\n"} if system == "win32" else {}


def is_reader_gone(error: OSError, system: str = sys.platform) -> bool:
    """Whether a write failed because nothing reads the pipe: on Windows also EINVAL (CPython: Lib/subprocess.py)."""
    return isinstance(error, BrokenPipeError) or (system == "win32" and error.errno == errno.EINVAL)


def has_color(stream: Stream, environ: Mapping[str, str], system: str = sys.platform) -> bool:
    """Whether an output stream is a terminal with colors, by kubectl's rules (cli-runtime: pkg/printers/terminal.go).

    On Windows, only the terminal that sets WT_SESSION reliably has them.
    """
    if not stream.isatty() or environ.get("TERM") == "dumb" or "NO_COLOR" in environ:
        return False
    return system != "win32" or bool(environ.get("WT_SESSION"))
