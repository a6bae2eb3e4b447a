"""Run a command with a cluster of its own: `python -m control_plane [FLAG]... [COMMAND...]`, a shell without one.

KUBECONFIG is the administrator's, NODE names a node, which accepts the credentials in the file NODE_ACCEPTED (one
user:password a line), and kubectl is on PATH. The exit status is the command's; nothing of the cluster outlives it.
"""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
from contextlib import ExitStack

from control_plane.node import Node
from control_plane.plane import ControlPlane
from control_plane.relay import Relay


def run_with_cluster(options: argparse.Namespace) -> int:
    """Run a command with a cluster and return its exit status."""
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the `with` blocks end
    with ExitStack() as stack:
        plane = stack.enter_context(ControlPlane(lean=options.lean))
        node = stack.enter_context(Node(plane.access))
        kubeconfig = plane.admin_kubeconfig
        if options.round_trip or options.most_writes:
            relay = Relay(plane, options.round_trip / 1000, options.most_writes)
            kubeconfig = stack.enter_context(relay).kubeconfig
        environment = {
            **os.environ,
            "KUBECONFIG": str(kubeconfig),
            "NODE": node.name,
            "NODE_ACCEPTED": str(node.accepted),
            "PATH": f"{plane.kubectl.parent}{os.pathsep}{os.environ.get('PATH', '')}",
        }
        return subprocess.run(options.command, env=environment, check=False).returncode


def parsed(words: list[str]) -> argparse.Namespace:
    """Parse the flags; what follows them is the command."""
    parser = argparse.ArgumentParser(prog="build/control-plane", description=(__doc__ or "").partition("\n\n")[2])
    parser.add_argument("--lean", action="store_true", help="no controllers of workloads")
    parser.add_argument("--round-trip", type=float, default=0, metavar="MS", help="round-trip time to the cluster")
    parser.add_argument("--most-writes", type=int, default=0, metavar="N", help="answer 429 above N writes at a time")
    parser.add_argument("command", nargs=argparse.REMAINDER, default=[])
    options = parser.parse_args(words)
    options.command = options.command or [os.environ.get("SHELL", "sh")]
    return options


if __name__ == "__main__":
    sys.exit(run_with_cluster(parsed(sys.argv[1:])))
