"""Builds upstream's kubectl, in the server's version, from the control plane's modules.

The control plane's program is kubectl, too, but startups twice as slowly, because it contains more programs; the one on
PATH may be a wrapper or another version.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from control_plane.build import CONTROL_PLANE, binary, cache, only_one
from control_plane.toolchain import find_go

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = "k8s.io/kubernetes/cmd/kubectl"


def upstream_kubectl() -> Path:
    """Return the program, built first if needed, in seconds if the control plane is already built.

    Raises subprocess.CalledProcessError.
    """
    kubectl = binary().parent / "upstream" / "kubectl"
    with only_one(kubectl.parent):
        if not kubectl.exists():
            partial = kubectl.with_suffix(".partial")
            environment = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
            command = [str(find_go(cache())), "build", *CONTROL_PLANE.options(), "-o", str(partial), PACKAGE]
            subprocess.run(command, cwd=CONTROL_PLANE.module, env=environment, stderr=subprocess.DEVNULL, check=True)
            partial.rename(kubectl)
    return kubectl
