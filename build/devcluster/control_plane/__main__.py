"""Run a command with a cluster of its own: `python -m control_plane COMMAND...`, a shell without one.

KUBECONFIG is the administrator's, NODE names a node, which accepts the credentials in the file NODE_ACCEPTED (one
user:password a line), and kubectl is on PATH. The exit status is the command's; nothing of the cluster outlives it.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys

from control_plane.node import Node
from control_plane.plane import ControlPlane


def run_with_cluster(command: list[str]) -> int:
    """Run a command with a cluster and return its exit status."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the `with` blocks end
    with ControlPlane() as plane, Node(plane.access) as node:
        environment = {
            **os.environ,
            "KUBECONFIG": str(plane.admin_kubeconfig),
            "NODE": node.name,
            "NODE_ACCEPTED": str(node.accepted),
            "PATH": f"{plane.kubectl.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        }
        return subprocess.run(command, env=environment, check=False).returncode


if __name__ == "__main__":
    sys.exit(run_with_cluster(sys.argv[1:] or [os.environ.get("SHELL", "sh")]))
