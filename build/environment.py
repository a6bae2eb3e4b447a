"""Create the virtual environment of the checkout, and print the path of its Python: `environment.py runtime|dev`.

It has what is locked in build/locks, or the newest that pyproject.toml allows if KUBECTL_PULLSECRET_NEWEST is 1. It is
created once, and again after a change of the locks, of pyproject.toml, of the Python that runs this, or of the
directory. Standard library only: nothing else is installed yet.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import subprocess
import sys
import tomllib
import venv
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

CHECKOUT = Path(__file__).resolve().parent.parent
PROJECT = CHECKOUT / "pyproject.toml"
HOME = CHECKOUT / ".venv"
PYTHON = HOME / "bin" / "python"
STAMP = HOME / "made-from"
"""A hash of what the environment was created from, and its kind: written last, so that half of one does not count."""

LOCKS = CHECKOUT / "build" / "locks"
KINDS = {"runtime": ("runtime", "backend"), "dev": ("dev", "backend")}
"""The locks of each kind; `dev` has everything that `runtime` has."""
NEWEST = os.environ.get("KUBECTL_PULLSECRET_NEWEST") == "1"


def main(kind: str) -> int:
    """Create the environment if needed; return the exit status of pip."""
    try:
        with hold_lock():
            ensure(kind)
    except subprocess.CalledProcessError as error:
        sys.stderr.write("error: pip could not install what the checkout needs; see its output above\n")
        return error.returncode
    sys.stdout.write(f"{PYTHON}\n")
    return 0


def ensure(kind: str) -> None:
    """Install what the kind needs, into a new environment unless the present one is current."""
    fingerprint_then, _, kind_then = (STAMP.read_text() if STAMP.exists() else "").partition(" ")
    is_current = fingerprint_then == fingerprint() and PYTHON.exists()
    if is_current and kind_then in (kind, "dev"):
        return
    if kind_then == "dev":
        kind = "dev"  # a checkout that has been worked on stays ready for that
    versions = "the newest versions" if NEWEST else "the locked versions"
    sys.stderr.write(f"note: installing {versions} of all packages in {HOME.name}\n")
    STAMP.unlink(missing_ok=True)
    if not is_current:
        venv.create(HOME, with_pip=True, clear=True)
    install("--upgrade", *newest(kind)) if NEWEST else install("--require-hashes", "--only-binary=:all:", *locked(kind))
    install("--no-index", "--no-deps", "--no-build-isolation", "--editable", ".")
    STAMP.write_text(f"{fingerprint()} {kind}")


def locked(kind: str) -> list[str]:
    """Return the options for the locks of a kind."""
    return [option for lock in KINDS[kind] for option in ("--requirement", str(LOCKS / f"{lock}.txt"))]


def newest(kind: str) -> list[str]:
    """Return the requirements of a kind, with the ranges of pyproject.toml."""
    file = tomllib.loads(PROJECT.read_text())
    development: list[str] = file["dependency-groups"]["dev"] if kind == "dev" else []
    return [*file["project"]["dependencies"], *file["build-system"]["requires"], *development]


def install(*arguments: str) -> None:
    """Run pip. Raises subprocess.CalledProcessError."""
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *arguments], cwd=CHECKOUT, stdout=sys.stderr, check=True)


def fingerprint() -> str:
    """Return a hash of everything that the environment is created from."""
    file = tomllib.loads(PROJECT.read_text())
    project = [file["project"][key] for key in ("name", "requires-python", "dependencies", "scripts")]
    wanted = [file["build-system"], project, file["dependency-groups"]["dev"]]
    locks = [] if NEWEST else [path.read_text() for path in sorted(LOCKS.glob("*.txt"))]
    return hashlib.sha256(repr([wanted, locks, str(HOME), sys.version, sys.base_prefix]).encode()).hexdigest()


@contextmanager
def hold_lock() -> Iterator[None]:
    """Hold the lock of the environment; the system frees it if its holder dies."""
    with PROJECT.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
