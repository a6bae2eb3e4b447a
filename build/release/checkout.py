"""What every part of a release needs: where the checkout is, the version, the processor, and one way to fail."""

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

ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""What Go, and so krew, calls this machine's processor."""
EPOCH = 315532800
"""The time of all files in archives, unless $SOURCE_DATE_EPOCH names another: 1980, which all formats know."""


class BuildError(Exception):
    """Something cannot be made; the message says what, and what was said about it."""


def version() -> str:
    """The program's."""
    found = re.search(r'__version__ = "([^"]+)"', (PLUGINS / "pullsecret" / "__init__.py").read_text())
    if not found:
        raise BuildError("plugins/pullsecret/__init__.py tells no version")
    return found[1]


def architecture() -> str:
    """This machine's, as in the names of krew's archives. Raises BuildError where none was thought of."""
    try:
        return ARCHITECTURES[platform.machine()]
    except KeyError as error:
        raise BuildError(f"no program can be made on a machine of the kind {error}") from None


def now() -> datetime:
    """What files that hold a time say: $SOURCE_DATE_EPOCH, so that the same input gives the same bytes."""
    return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or EPOCH), UTC)


def run(command: Sequence[str | Path], env: dict[str, str] | None = None) -> None:
    """Run a command. Raises BuildError; its own words are on stderr."""
    if subprocess.run(command, env=env, check=False).returncode:
        raise BuildError(f"{Path(command[0]).name} failed; its words are above")


def say(text: str) -> None:
    """Tell who waits."""
    sys.stderr.write(f"binary: {text}\n")
