"""The bytes of a file that the user names, or of standard input: up to 1 MiB, without an endless wait for a pipe."""

from __future__ import annotations

import os
import stat
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pullsecret.errors import CredentialError
from pullsecret.model.go.printable import printable

if TYPE_CHECKING:
    from typing import BinaryIO

STDIN = "-"
_LARGEST = 1024 * 1024
"""Bytes that a secret's data may have (kubernetes: pkg/apis/core/types.go MaxSecretSize)."""

_TO_OPEN: Final = 30.0
"""Seconds that a named pipe may be without a program that writes to it."""
_TO_END: Final = 600.0
"""Seconds that a pipe or a terminal may take: the program that writes to it may ask its user something."""


def read_bounded(path: str, *, stdin: BinaryIO | None = None, largest: int = _LARGEST) -> bytes:
    """Read all bytes of a file, which may be a pipe such as `<(command)`, or of standard input for `-`.

    Raises CredentialError, in kubectl's words, if it cannot be read or is larger than `largest` bytes (1 MiB), or if a
    pipe does not end.
    """
    try:
        data = _read_stdin(stdin, largest) if path == STDIN else _read_file(Path(path).expanduser(), largest)
    except TimeoutError as error:
        raise CredentialError(f"error reading {source_name(path)}: {error}") from None
    except (OSError, ValueError, RuntimeError) as error:  # ValueError: a NUL byte; RuntimeError: ~ of an unknown user
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "not a file name"
        raise CredentialError(f"error reading {source_name(path)}: {reason}") from None
    if len(data) > largest:
        raise CredentialError(f"{source_name(path)} is larger than {largest >> 20} MiB")
    return data


def write_warnings(path: str, system: str = sys.platform) -> tuple[str, ...]:
    """A warning for a file that every user of this machine can write, and so put credentials of their own into.

    Windows keeps permissions elsewhere than in the mode, which Python fills with what its one attribute says.
    """
    if system == "win32":
        return ()
    try:
        found = Path(path).expanduser().stat()
    except (OSError, ValueError, RuntimeError):
        return ()
    if path == STDIN or not stat.S_ISREG(found.st_mode) or not found.st_mode & stat.S_IWOTH:
        return ()
    return (f"warning: every user can write to {source_name(path)} (mode {stat.S_IMODE(found.st_mode):04o})",)


def _read_stdin(stdin: BinaryIO | None, largest: int) -> bytes:
    if stdin is None and sys.stdin is None:
        raise CredentialError("standard input is closed")
    return (stdin or sys.stdin.buffer).read(largest + 1)


def _read_file(place: Path, largest: int) -> bytes:
    mode = place.stat().st_mode
    if stat.S_ISFIFO(mode) or stat.S_ISCHR(mode):
        return _PipeRead(place, largest).content()
    with place.open("rb") as file:
        return file.read(largest + 1)


class _PipeRead:
    """A read in a thread of its own, which can be given up: neither opening nor reading a pipe has a timeout."""

    def __init__(self, place: Path, largest: int) -> None:
        self._largest = largest
        self._place, self._opened, self._ended = place, threading.Event(), threading.Event()
        self._content, self._failure = bytearray(), OSError()
        threading.Thread(target=self._read, daemon=True).start()

    def content(self) -> bytes:
        """What the pipe had; raises OSError, and TimeoutError when it took too long."""
        if not self._opened.wait(_TO_OPEN):
            raise TimeoutError(f"it is a pipe, and no program has written to it within {_TO_OPEN:g} seconds")
        if not self._ended.wait(_TO_END):
            raise TimeoutError(f"it is a pipe, and has not ended within {_TO_END / 60:g} minutes")
        if self._failure.errno:
            raise self._failure
        return bytes(self._content)

    def _read(self) -> None:
        try:
            file = os.open(self._place, os.O_RDONLY | getattr(os, "O_NOCTTY", 0) | getattr(os, "O_BINARY", 0))
            self._opened.set()
            try:
                while len(self._content) <= self._largest and (piece := os.read(file, 1 << 16)):
                    self._content += piece
            finally:
                os.close(file)
        except OSError as error:
            self._failure = error
        finally:
            self._opened.set()
            self._ended.set()


def source_name(path: str) -> str:
    """What a message calls a file: its path, or `standard input` for `-`."""
    return "standard input" if path == STDIN else printable(path)
