"""build/tools.sh lists missing system packages before it installs them, and only lists them without root."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from program import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.source

NEEDED = "dpkg rpm openssl lintian rpmlint mandoc"


def run_tools(path: Path, user: int) -> subprocess.CompletedProcess[str]:
    """Run it with nothing on PATH but a fake apt-get, and a fake id."""
    for name, script in {"id": f"echo {user}", "apt-get": 'echo "apt-get $*"'}.items():
        (path / name).write_text(f"#!/bin/sh\n{script}\n")
        (path / name).chmod(0o755)
    command = ["/bin/sh", str(CHECKOUT / "build" / "tools.sh"), "packages"]
    return subprocess.run(
        command,
        env={**os.environ, "PATH": str(path)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


def test_packages_are_listed_before_root_installs_them(tmp_path: Path) -> None:
    done = run_tools(tmp_path, user=0)

    assert done.stdout.splitlines() == [
        f"note: installing system packages with apt-get: {NEEDED}",
        f"apt-get install -q -y --no-install-recommends {NEEDED}",
    ]
    assert done.returncode == 0


def test_packages_are_only_listed_without_root(tmp_path: Path) -> None:
    done = run_tools(tmp_path, user=1000)

    first, second = done.stdout.splitlines()
    assert first == f"error: missing system packages: {NEEDED}"
    assert second.endswith(f"apt-get install --no-install-recommends {NEEDED}")
    assert done.returncode == 1
