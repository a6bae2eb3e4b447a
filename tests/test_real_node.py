"""Where a real node is not possible, build/real-node.sh reports why in one line."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from program import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(("program", "says"), [("uname", "Darwin"), ("id", "1000")], ids=["macos", "not-root"])
def test_real_node_without_root_reports_what_it_needs(program: str, says: str, tmp_path: Path) -> None:
    stand_in = tmp_path / program
    stand_in.write_text(f"#!/bin/sh\necho {says}\n")
    stand_in.chmod(0o755)
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    script = CHECKOUT / "build" / "real-node.sh"
    done = subprocess.run([script], env={"PATH": path}, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == "error: a real node needs root on Linux: its namespaces, mounts and cgroups\n"
