"""Make the checkout's own virtual environment, and print the path of its Python: `environment.py runtime|dev`.

It is made once, and again when what it was made from has changed: the dependencies in pyproject.toml, the Python that
runs this, or the checkout's place. Standard library only, for there is nothing else yet.
"""

from __future__ import annotations

import fcntl
import hashlib
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

KINDS = {"runtime": ".", "dev": ".[dev]"}
"""What pip is to install, from the checkout and editable; `dev` holds all that `runtime` does."""


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
    sys.stderr.write(f"environment: installing into {HOME.name}, once\n")
    STAMP.unlink(missing_ok=True)
    if not is_current:
        venv.create(HOME, with_pip=True, clear=True)
    install = [str(PYTHON), "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--editable", KINDS[kind]]
    subprocess.run(install, cwd=CHECKOUT, stdout=sys.stderr, check=True)
    STAMP.write_text(f"{fingerprint()} {kind}")


def fingerprint() -> str:
    """A hash of everything that the environment is made from."""
    file = tomllib.loads(PROJECT.read_text())
    project = file["project"]
    wanted = [file["build-system"], project["dependencies"], project["optional-dependencies"], project["scripts"]]
    return hashlib.sha256(repr([wanted, str(HOME), sys.version, sys.base_prefix]).encode()).hexdigest()


@contextmanager
def only_one() -> Iterator[None]:
    """Wait while another process makes the environment; the system frees the lock when its holder dies."""
    with PROJECT.open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
