"""Make the checkout's own virtual environment, and print the path of its Python: `environment.py runtime|dev`.

It holds what the locks in build/locks name, or the newest that pyproject.toml allows if KUBECTL_PULLSECRET_NEWEST is 1.
It is made once, and again when what it was made from has changed: the locks, pyproject.toml, the Python that runs this,
or the place of the checkout. Standard library only, for there is nothing else yet.
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
"""What the environment was made from, and what for: written last, so that half of one is not taken for it."""

LOCKS = CHECKOUT / "build" / "locks"
KINDS = {"runtime": ("runtime", "backend"), "dev": ("dev", "backend")}
"""The locks of each kind; `dev` holds all that `runtime` does."""
NEWEST = os.environ.get("KUBECTL_PULLSECRET_NEWEST") == "1"


def main(kind: str) -> int:
    """Make the environment if needed; the exit status is pip's."""
    try:
        with only_one():
            ensure(kind)
    except subprocess.CalledProcessError as error:
        sys.stderr.write("error: pip could not install what the checkout needs; its words are above\n")
        return error.returncode
    sys.stdout.write(f"{PYTHON}\n")
    return 0


def ensure(kind: str) -> None:
    """Install what the kind needs, into a new environment unless there is a current one."""
    made_from, _, made_for = (STAMP.read_text() if STAMP.exists() else "").partition(" ")
    is_current = made_from == fingerprint() and PYTHON.exists()
    if is_current and made_for in (kind, "dev"):
        return
    if made_for == "dev":
        kind = "dev"  # who has worked on the checkout will go on
    sys.stderr.write(
        f"environment: installing {'the newest versions' if NEWEST else 'what is locked'} into {HOME.name}\n"
    )
    STAMP.unlink(missing_ok=True)
    if not is_current:
        venv.create(HOME, with_pip=True, clear=True)
    install("--upgrade", *newest(kind)) if NEWEST else install("--require-hashes", *locked(kind))
    install("--no-index", "--no-deps", "--no-build-isolation", "--editable", ".")
    STAMP.write_text(f"{fingerprint()} {kind}")


def locked(kind: str) -> list[str]:
    """The options that name a kind's locks."""
    return [option for lock in KINDS[kind] for option in ("--requirement", str(LOCKS / f"{lock}.txt"))]


def newest(kind: str) -> list[str]:
    """The ranges of pyproject.toml, which a kind may be met with."""
    file = tomllib.loads(PROJECT.read_text())
    development: list[str] = file["dependency-groups"]["dev"] if kind == "dev" else []
    return [*file["project"]["dependencies"], *file["build-system"]["requires"], *development]


def install(*arguments: str) -> None:
    """Run pip. Raises subprocess.CalledProcessError."""
    pip = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, *arguments], cwd=CHECKOUT, stdout=sys.stderr, check=True)


def fingerprint() -> str:
    """A hash of everything that the environment is made from."""
    file = tomllib.loads(PROJECT.read_text())
    project = [file["project"][key] for key in ("name", "requires-python", "dependencies", "scripts")]
    wanted = [file["build-system"], project, file["dependency-groups"]["dev"]]
    locks = [] if NEWEST else [path.read_text() for path in sorted(LOCKS.glob("*.txt"))]
    return hashlib.sha256(repr([wanted, locks, str(HOME), sys.version, sys.base_prefix]).encode()).hexdigest()


@contextmanager
def only_one() -> Iterator[None]:
    """Wait while another process makes the environment; the system frees the lock when its holder dies."""
    with PROJECT.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
