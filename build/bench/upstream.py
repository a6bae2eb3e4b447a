"""kubectl as everybody has it: upstream's own, of the server's version, built from the control plane's modules.

The control plane's program is kubectl, too, but starts twice as slowly as the real one, because it holds more programs;
and the machine's own may be a wrapper, or of another version.
"""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

from control_plane.build import OPTIONS, SOURCES, binary, cache, only_one
from control_plane.toolchain import find_go

if TYPE_CHECKING:
    from pathlib import Path

PACKAGE = "k8s.io/kubernetes/cmd/kubectl"


def upstream_kubectl() -> Path:
    """The program, built first when it is not there: a matter of seconds where the control plane was built.

    Raises subprocess.CalledProcessError.
    """
    kubectl = binary().parent / "upstream" / "kubectl"
    with only_one(kubectl.parent):
        if not kubectl.exists():
            partial = kubectl.with_suffix(".partial")
            environment = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
            command = [str(find_go(cache())), "build", *OPTIONS, "-o", str(partial), PACKAGE]
            subprocess.run(command, cwd=SOURCES, env=environment, stderr=subprocess.DEVNULL, check=True)
            partial.rename(kubectl)
    return kubectl
