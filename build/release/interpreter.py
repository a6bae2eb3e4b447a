"""Compiles the interpreter that is linked into the programs, from Debian's signed sources, once."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from release.cache import cache_path, create_empty, hold_lock
from release.checkout import CHECKOUT, LOCKS, BuildError, say
from release.resolved import locked_lines, resolve

if TYPE_CHECKING:
    from pathlib import Path

HERE = CHECKOUT / "build" / "interpreter"
LOCK = HERE / "sources.txt"
SOURCES = "sources.txt"
"""The file in an interpreter's directory that lists the source packages that it was compiled from."""
KEPT = {SOURCES, "python", "compiler", "bin", "cache"}


def ensure_interpreter(*, locked: bool) -> Path:
    """Return the directory of the interpreter, which is compiled first if needed. Raises BuildError.

    If Debian no longer has a locked source, the newest one of the same release is compiled, unless `locked`.
    """
    with hold_lock("interpreter"):
        directory = directory_for(LOCK.read_text())
        if directory.exists():
            return directory
        unfinished = create_empty("interpreter")
        (unfinished / SOURCES).write_text(resolve(unfinished, LOCK, *(["--locked"] if locked else [])))
        directory = directory_for((unfinished / SOURCES).read_text())
        if not directory.exists():
            compile_interpreter(unfinished)
            unfinished.rename(directory)
    return directory


def directory_for(sources: str) -> Path:
    """Return the directory of an interpreter that is compiled from these sources."""
    others = (HERE / "interpreter.sh", LOCKS / "compiler.txt", LOCKS / "pyyaml.txt")
    return cache_path("interpreter", "\n".join(locked_lines(sources)).encode(), *(path.read_bytes() for path in others))


def compile_interpreter(directory: Path) -> None:
    """Compile it, and keep what is needed to use it. Raises BuildError with the end of the log."""
    say("compiling CPython, OpenSSL, zlib, libffi and libyaml for an old glibc: once, about 5 minutes on 2 cores")
    done = subprocess.run([HERE / "interpreter.sh", directory, sys.executable], check=False)
    if done.returncode:
        logs = sorted(directory.glob("*.log"), key=lambda log: log.stat().st_mtime)
        tail = [line for log in logs[-1:] for line in log.read_text(errors="replace").splitlines()[-20:]]
        raise BuildError("\n".join(["the interpreter cannot be compiled", *tail]))
    for one in directory.iterdir():
        if one.name not in KEPT:
            shutil.rmtree(one) if one.is_dir() else one.unlink()
