"""Bytes that a person names by a file, with an end to how many."""

from __future__ import annotations

import os
from pathlib import Path

from pullsecret.errors import CredentialError
from pullsecret.model.go.printable import printable

LARGEST = 1024 * 1024
"""Bytes read at most: what a secret may hold."""


def read_bounded(path: str) -> bytes:
    """All bytes of a file, which may be a pipe such as `<(command)`.

    Raises CredentialError, in kubectl's words, when it cannot be read or holds more than 1 MiB.
    """
    try:
        with Path(path).expanduser().open("rb") as file:
            data = file.read(LARGEST + 1)
    except (OSError, ValueError, RuntimeError) as error:  # ValueError: a NUL byte; RuntimeError: ~ of nobody
        reason = os.strerror(error.errno).lower() if isinstance(error, OSError) and error.errno else "not a file's name"
        raise CredentialError(f"error reading {printable(path)}: {reason}") from None
    return bounded(data, path)


def bounded(data: bytes, name: str) -> bytes:
    """The bytes themselves; raises CredentialError when there are more than 1 MiB of them."""
    if len(data) > LARGEST:
        raise CredentialError(f"{printable(name)} holds more than {LARGEST} bytes: that is no credential")
    return data
