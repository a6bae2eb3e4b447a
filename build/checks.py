"""Run every check, and print a line for each that passes and the output of each that fails; then run the tests.

`checks.py --quick` runs what needs no cluster: of the tests, those in tests/unit. Other arguments go to pytest.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKOUT = Path(__file__).resolve().parent.parent
TOOLS = Path(sys.executable).parent

SCRIPTS = [
    str(path.relative_to(CHECKOUT))
    for folder in ("build", ".ci", "completions")
    for path in sorted(CHECKOUT.joinpath(folder).rglob("*"))
    if path.is_file() and path.read_bytes().startswith(b"#!/bin/sh\n")
]
CHECKS = {
    "types": ("mypy",),
    # What only POSIX has must not be used on Windows; what is unreachable there is reachable elsewhere.
    # node/ is for the nodes of clusters, which run Linux.
    "Windows types": (
        *("mypy", "--platform=win32", "--no-warn-unreachable", "--cache-dir=.mypy_cache/win32"),
        *("--exclude", "plugins/pullsecret/node/", "plugins/pullsecret"),
    ),
    "import rules": ("lint-imports", "--no-logo"),
    "generated": ("python", "build/generate.py", "--check"),
    "format": ("ruff", "format", "--check"),
    "lint": ("ruff", "check"),
    "shell scripts": ("shellcheck", *SCRIPTS),
    "spelling": ("typos",),
}
"""The slowest come first: as many as there are processors run at a time."""


def main(arguments: Sequence[str]) -> int:
    """Run all checks, even if some fail, and the tests; return 0 if all passed."""
    os.chdir(CHECKOUT)
    is_quick = list(arguments) == ["--quick"]
    chosen = {name: command for name, command in CHECKS.items() if not is_quick or is_here(name, command[0])}
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        passed = dict(zip(chosen, pool.map(run_check, chosen, chosen.values()), strict=True))
    passed["tests"] = run_unit_tests() if is_quick else run_tests(arguments)
    failed = [name for name, is_good in passed.items() if not is_good]
    print(f"failed: {', '.join(failed)}" if failed else "all checks passed")
    return 1 if failed else 0


def is_here(name: str, program: str) -> bool:
    """Return whether a check's program is installed; say so if not: --quick installs no packages of the system."""
    is_found = shutil.which(tool(program)[0]) is not None
    if not is_found:
        print(f"{name:<13} left out: {program} is not installed", flush=True)
    return is_found


def run_check(name: str, command: Sequence[str]) -> bool:
    """Run one check, print its output if it fails, and return whether it passed."""
    started = time.monotonic()
    done = subprocess.run(tool(*command), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False)
    if done.returncode:
        print(f"{name:<13} FAILED: {' '.join(command)}\n{done.stdout}", flush=True)
    else:
        print(f"{name:<13} ok, {time.monotonic() - started:.1f} s", flush=True)
    return done.returncode == 0


def run_unit_tests() -> bool:
    """Run the tests that need no cluster, and return whether they passed."""
    return subprocess.run(tool("pytest", "--quiet", "tests/unit"), check=False).returncode == 0


def run_tests(arguments: Sequence[str]) -> bool:
    """Run the tests, or those that the arguments select, and return whether they passed."""
    return subprocess.run(tool("python", "build/run_tests.py", "source", *arguments), check=False).returncode == 0


def tool(name: str, *arguments: str) -> list[str]:
    """Return a command of the environment that runs this."""
    return [shutil.which(name, path=str(TOOLS)) or name, *arguments]


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
