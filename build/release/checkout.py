"""What all modules of a release use: paths of the checkout, the version, the architecture, and one error."""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKOUT = Path(__file__).resolve().parents[2]
PLUGINS = CHECKOUT / "plugins"
LOCKS = CHECKOUT / "build" / "locks"
DIST = CHECKOUT / "dist"

ARCHITECTURES = {"x86_64": "amd64", "AMD64": "amd64", "aarch64": "arm64", "arm64": "arm64", "ARM64": "arm64"}
"""The names of architectures in Go and krew, by their names in Linux, macOS and Windows."""
EPOCH = 1767225600
"""The time of all files in archives, unless $SOURCE_DATE_EPOCH names another: 2026-01-01, in UTC."""


class BuildError(Exception):
    """Something cannot be built; the message says what and why."""


def version() -> str:
    """Return the version of the program."""
    found = re.search(r'__version__ = "([^"]+)"', (PLUGINS / "pullsecret" / "__init__.py").read_text())
    if not found:
        raise BuildError("plugins/pullsecret/__init__.py has no version")
    return found[1]


def architecture() -> str:
    """Return the architecture of this machine, as in the names of krew's archives. Raises BuildError for others."""
    try:
        return ARCHITECTURES[platform.machine()]
    except KeyError as error:
        raise BuildError(f"architecture {error} is not supported") from None


def now() -> datetime:
    """Return the timestamp for all files: $SOURCE_DATE_EPOCH or a fixed one, so that builds are reproducible."""
    return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or EPOCH), UTC)


def run(command: Sequence[str | Path], env: dict[str, str] | None = None) -> None:
    """Run a command, whose output goes to stderr. Raises BuildError if it fails."""
    if subprocess.run(command, env=env, check=False).returncode:
        raise BuildError(f"{Path(command[0]).name} failed; see its output above")


def say(text: str) -> None:
    """Print a line to stderr."""
    sys.stderr.write(f"binary: {text}\n")
