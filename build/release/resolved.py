"""Packages of Debian trixie of the versions in a lock, or the newest ones if Debian no longer has those."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from release.checkout import CHECKOUT, BuildError

if TYPE_CHECKING:
    from pathlib import Path

RESOLVE = CHECKOUT / "build" / "interpreter" / "resolve.sh"


def resolve(directory: Path, lock: Path, *options: str) -> str:
    """Download the packages of a lock into the directory, and return a lock of them. Raises BuildError if one is gone.

    The options are those of build/interpreter/resolve.sh.
    """
    done = subprocess.run([RESOLVE, directory, lock, *options], stdout=subprocess.PIPE, text=True, check=False)
    if done.returncode:
        raise BuildError(f"Debian does not have the packages of {lock.relative_to(CHECKOUT)}; see the output above")
    return done.stdout


def locked_lines(lock: str) -> list[str]:
    """Return the lines of a lock, `NAME VERSION` each, without comments."""
    return [line for line in lock.splitlines() if line and not line.startswith("#")]
