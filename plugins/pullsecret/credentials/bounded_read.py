"""The bytes of a file that the user names, or of standard input, up to 1 MiB."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from pullsecret.errors import CredentialError
from pullsecret.model.go.printable import printable

if TYPE_CHECKING:
    from typing import BinaryIO

STDIN = "-"
_LARGEST = 1024 * 1024
"""Bytes that a secret's data may have (kubernetes: pkg/apis/core/types.go MaxSecretSize)."""


def read_bounded(path: str, *, stdin: BinaryIO | None = None) -> bytes:
    """Read all bytes of a file, which may be a pipe such as `<(command)`, or of standard input for `-`.

    Raises CredentialError, in kubectl's words, if it cannot be read or is larger than 1 MiB.
    """
    try:
        data = _read_stdin(stdin) if path == STDIN else _read_file(path)
    except (OSError, ValueError, RuntimeError) as error:  # ValueError: a NUL byte; RuntimeError: ~ of an unknown user
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "not a file name"
        raise CredentialError(f"error reading {source_name(path)}: {reason}") from None
    if len(data) > _LARGEST:
        raise CredentialError(f"{source_name(path)} is larger than 1 MiB")
    return data


def _read_stdin(stdin: BinaryIO | None) -> bytes:
    if stdin is None and sys.stdin is None:
        raise CredentialError("standard input is closed")
    return (stdin or sys.stdin.buffer).read(_LARGEST + 1)


def _read_file(path: str) -> bytes:
    with Path(path).expanduser().open("rb") as file:
        return file.read(_LARGEST + 1)


def source_name(path: str) -> str:
    """What a message calls a file: its path, or `standard input` for `-`."""
    return "standard input" if path == STDIN else printable(path)
