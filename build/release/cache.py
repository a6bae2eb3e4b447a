"""Build once what takes long, and keep it in the user's cache, under a hash of what it was built from."""

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


def ensure_cached(name: str, sources: tuple[Path, ...], make: Callable[[Path], None]) -> Path:
    """Return the cached directory that `make` builds from these sources; which is called first if needed."""
    directory = cache_path(name, *(source.read_bytes() for source in sources))
    with hold_lock(name):
        if not directory.exists():
            unfinished = create_empty(name)
            make(unfinished)
            unfinished.rename(directory)
    return directory


def cache_path(name: str, *contents: bytes) -> Path:
    """Return the path of what is built from these contents on this architecture."""
    digest = hashlib.sha256(platform.machine().encode())
    for content in contents:
        digest.update(content + b"\0")
    return home(name) / digest.hexdigest()[:16]


def create_empty(name: str) -> Path:
    """Create an empty directory to build in, which can be renamed to its final path."""
    unfinished = home(name) / "unfinished"
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    return unfinished


@contextmanager
def hold_lock(name: str) -> Iterator[None]:
    """Hold the lock of a name, so that one process builds; the system frees it if its holder dies."""
    home(name).mkdir(parents=True, exist_ok=True)
    with (home(name) / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def home(name: str) -> Path:
    """Return the directory of all builds of a name."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubectl-pullsecret" / name
