"""The interpreter that is linked into the programs, compiled once by build/interpreter from Debian's signed sources."""

from __future__ import annotations

import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from release.cache import emptied, only_one, place
from release.checkout import CHECKOUT, LOCKS, BuildError, say

if TYPE_CHECKING:
    from pathlib import Path

HERE = CHECKOUT / "build" / "interpreter"
LOCK = HERE / "sources.txt"
SOURCES = "sources.txt"
"""The file beside a compiled interpreter with the source packages that it was compiled from."""
KEPT = {SOURCES, "python", "compiler", "bin", "cache"}


def interpreter(*, locked: bool) -> Path:
    """The directory of the interpreter, compiled first if need be. Raises BuildError.

    Where Debian no longer has a locked source, it is compiled from the newest one of the same release, unless `locked`.
    """
    with only_one("interpreter"):
        directory = place_of(LOCK.read_text())
        if directory.exists():
            return directory
        unfinished = emptied("interpreter")
        resolve_sources(unfinished, locked=locked)
        directory = place_of((unfinished / SOURCES).read_text())
        if not directory.exists():
            compile_interpreter(unfinished)
            unfinished.rename(directory)
    return directory


def place_of(sources: str) -> Path:
    """Where an interpreter lies that is compiled from these sources, which its directory names."""
    others = (HERE / "interpreter.sh", LOCKS / "compiler.txt", LOCKS / "pyyaml.txt")
    return place("interpreter", "\n".join(source_lines(sources)).encode(), *(path.read_bytes() for path in others))


def source_lines(sources: str) -> list[str]:
    """The lines of a list of sources, `NAME VERSION` each, without its comments."""
    return [line for line in sources.splitlines() if line and not line.startswith("#")]


def resolve_sources(directory: Path, *, locked: bool) -> None:
    """Write the sources to compile into the directory. Raises BuildError when Debian does not have them."""
    options = ["--locked"] if locked else []
    done = subprocess.run(
        [HERE / "resolve.sh", directory, LOCK, *options], stdout=subprocess.PIPE, text=True, check=False
    )
    if done.returncode:
        raise BuildError("the interpreter's sources are not all there")
    (directory / SOURCES).write_text(done.stdout)


def compile_interpreter(directory: Path) -> None:
    """Compile it, and keep what is needed to use it. Raises BuildError with the end of what the compiler said."""
    say("making CPython, OpenSSL, zlib, libffi and libyaml for an old glibc: once, about 5 minutes with 2 cores")
    done = subprocess.run([HERE / "interpreter.sh", directory, sys.executable], check=False)
    if done.returncode:
        logs = sorted(directory.glob("*.log"), key=lambda log: log.stat().st_mtime)
        words = [line for log in logs[-1:] for line in log.read_text(errors="replace").splitlines()[-20:]]
        raise BuildError("\n".join(["the interpreter cannot be made", *words]))
    for one in directory.iterdir():
        if one.name not in KEPT:
            shutil.rmtree(one) if one.is_dir() else one.unlink()
