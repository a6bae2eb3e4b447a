"""What takes long is made once, and kept in the user's cache under a name that says what it was made from."""

from __future__ import annotations

import fcntl
import hashlib
import os
import platform
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


def kept(name: str, sources: tuple[Path, ...], make: Callable[[Path], None]) -> Path:
    """The directory of that name in the user's cache, made first unless it was made from the same sources before."""
    directory = place(name, *(source.read_bytes() for source in sources))
    with only_one(name):
        if not directory.exists():
            unfinished = emptied(name)
            make(unfinished)
            unfinished.rename(directory)
    return directory


def place(name: str, *contents: bytes) -> Path:
    """Where a thing lies that is made from these contents on this kind of machine."""
    digest = hashlib.sha256(platform.machine().encode())
    for content in contents:
        digest.update(content + b"\0")
    return home(name) / digest.hexdigest()[:16]


def emptied(name: str) -> Path:
    """An empty directory to make a thing in, which can be renamed to its place."""
    unfinished = home(name) / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    return unfinished


@contextmanager
def only_one(name: str) -> Iterator[None]:
    """Wait while another process makes such a thing; the system frees the lock when its holder dies."""
    home(name).mkdir(parents=True, exist_ok=True)
    with (home(name) / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def home(name: str) -> Path:
    """Where things of that name are kept."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubectl-pullsecret" / name
