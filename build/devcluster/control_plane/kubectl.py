"""Finds kubectl for the tests: the one on PATH if it works, else the one built with the cluster."""

from __future__ import annotations

import shutil
import subprocess
from functools import cache
from pathlib import Path

from control_plane.build import binary


@cache
def find_kubectl() -> Path:
    """Return a working kubectl; its directory may be put first in PATH."""
    on_path = shutil.which("kubectl")
    if on_path:
        answer = subprocess.run([on_path, "version", "--client"], capture_output=True, check=False)
        if answer.returncode == 0:
            return Path(on_path)
    return binary().with_name("kubectl")
