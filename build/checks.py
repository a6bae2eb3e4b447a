"""Run every check: a line for each that passes, everything it said for each that does not, and the tests at the end."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKOUT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent
GIVEN = "KUBECTL_PULLSECRET_TEST_KUBECONFIG"
"""Names a cluster to use instead; its tests cannot run side by side, for some act on all namespaces."""

CHECKS = {
    "format": ("ruff", "format", "--check"),
    "lint": ("ruff", "check"),
    "spelling": ("typos",),
    "types": ("mypy",),
    "import rules": ("lint-imports", "--no-logo"),
    "generated": ("python", "build/generate.py", "--check"),
}
ALL_TESTS = ("--numprocesses=auto", "--maxprocesses=4", "--dist=worksteal")
"""How pytest runs when nobody tells it: as many processes as processors, each with its own cluster (0.7 GB)."""


def main(arguments: Sequence[str]) -> int:
    """Run all checks, whatever the earlier ones say, and pytest with the arguments; 0 when all passed."""
    os.chdir(CHECKOUT)
    failed = [name for name, command in CHECKS.items() if not passes(name, command)]
    if not tests_pass(arguments):
        failed.append("tests")
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def passes(name: str, command: Sequence[str]) -> bool:
    """Run one check; its output is only shown when it fails."""
    started = time.monotonic()
    done = subprocess.run(tool(*command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        print(f"{name:<13} FAILED: {' '.join(command)}\n{done.stdout}", flush=True)
    else:
        print(f"{name:<13} ok, {time.monotonic() - started:.1f} s", flush=True)
    return done.returncode == 0


def tests_pass(arguments: Sequence[str]) -> bool:
    """Build the cluster that the tests need, unless it is there, and run them; both talk to the terminal themselves."""
    build = subprocess.run(
        tool("python", "-m", "control_plane.build"),
        env={**os.environ, "PYTHONPATH": "build/devcluster"},
        stdout=subprocess.DEVNULL,
        check=False,
    )
    if build.returncode:
        return False
    chosen = arguments or (() if GIVEN in os.environ else ALL_TESTS)
    print(f"{'tests':<13} pytest {' '.join(chosen)}", flush=True)
    return subprocess.run(tool("pytest", *chosen), check=False).returncode == 0


def tool(name: str, *arguments: str) -> list[str]:
    """A command of the environment that runs this."""
    return [shutil.which(name, path=str(TOOLS)) or name, *arguments]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
