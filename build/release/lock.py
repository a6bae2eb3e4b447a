"""Write what build/packages.sh takes from Python's package index: `python -m release.lock`, Python 3.11.

wheels.txt holds the newest versions that pyproject.toml allows, with the hashes of their wheels for every Python and
machine; hatchling.txt what makes our own wheel.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any

from release.python import BACKEND, LOCK, MACHINES, PYTHONS, locked, target

if TYPE_CHECKING:
    from collections.abc import Sequence

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"
HEAD = "# Written by build/release/lock.py, never edited.\n"


def main() -> int:
    """Write both; 1 with a line on stderr when this is not the oldest Python, which alone needs all packages."""
    if ".".join(map(str, sys.version_info[:2])) != PYTHONS[0]:
        # pip reads the conditions of a dependency for the Python that runs it: those for older ones would be missed.
        sys.stderr.write(f"error: run this with Python {PYTHONS[0]}\n")
        return 1
    file = tomllib.loads(PROJECT.read_text())
    targets = [target(python, machine) for python in PYTHONS for machine in MACHINES.values()]
    write(LOCK, file["project"]["dependencies"], targets)
    write(BACKEND, file["build-system"]["requires"], [[]])
    return 0


def write(lock: Path, wanted: Sequence[str], targets: Sequence[Sequence[str]]) -> None:
    """Find the versions, then the files of these versions for each target."""
    versions = [f"{one['metadata']['name']}=={one['metadata']['version']}" for one in found(wanted)]
    hashes: dict[str, set[str]] = {version: set() for version in versions}
    for options in targets:
        for version, one in zip(versions, found([*versions, "--no-deps", *options]), strict=True):
            hashes[version].add(one["download_info"]["archive_info"]["hashes"]["sha256"])
    lock.write_text(HEAD + "".join(locked(*entry) for entry in sorted(hashes.items(), key=lambda one: one[0].lower())))


def found(arguments: Sequence[str]) -> list[dict[str, Any]]:
    """What pip would install, by name."""
    options = ["--quiet", "--dry-run", "--ignore-installed", "--report=-", "--only-binary=:all:", "--target=nowhere"]
    command = [sys.executable, "-m", "pip", "install", "--disable-pip-version-check", *options, *arguments]
    env = {**os.environ, "PIP_FIND_LINKS": ""}
    report = json.loads(subprocess.run(command, env=env, stdout=subprocess.PIPE, check=True).stdout)
    return sorted(report["install"], key=lambda one: str(one["metadata"]["name"]).lower())


if __name__ == "__main__":
    sys.exit(main())
