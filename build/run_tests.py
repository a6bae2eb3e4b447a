"""Run a suite of tests, with one control plane for all processes of pytest: `run_tests.py SUITE [ARGUMENT...]`.

Tests that act on all namespaces run alone at the end, with a cluster of their own. Arguments go to pytest, which then
runs once.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from control_plane import given, shared
from control_plane.build import BuildError, binary
from control_plane.plane import ControlPlane
from control_plane.versions import servers

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

CHECKOUT = Path(__file__).resolve().parent.parent
SIDE_BY_SIDE = (f"--numprocesses={(os.cpu_count() or 1) + 1}", "--maxprocesses=5", "--dist=worksteal")
"""One process more than there are processors: most of the slowest tests wait."""
SLOWEST = 25
NO_TESTS = 5
"""pytest's exit status when no test was selected."""


@dataclass(frozen=True, kw_only=True)
class Suite:
    """Tests that run together."""

    minutes: int
    """How long it should take on 2 cores with warm caches. Nothing fails if it takes longer: machines differ."""
    marks: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()


PORTABLE_COMMANDS = (
    *("attach", "check_files", "copy_interrupted", "copy_output", "create_like_kubectl", "create_local_logins"),
    *("create_passwords", "create_registries", "describe", "detach", "diff", "doctor", "entitled", "list", "verify"),
)
"""The tests of commands that run against PyInstaller's programs, too: each command, and each part that imports modules
of its own: YAML, prompts, child processes, registries, progress. What a command decides is the same code in all
programs; the other tests of commands run against the source and the standalone binaries, and would take six minutes."""

BINARY = Suite(
    minutes=12,
    marks=("not source",),
    paths=(
        *("tests/binary", "tests/packages", "tests/commands", "tests/completion", "tests/ibmcloud"),
        "tests/openshift/test_import.py",
    ),
)
PORTABLE = Suite(
    minutes=4,
    marks=("not source",),
    paths=(
        *("tests/portable", "tests/binary/test_authorities.py"),
        *("tests/completion", "tests/ibmcloud", "tests/commands/test_command_line.py"),
        *(f"tests/commands/test_{name}.py" for name in PORTABLE_COMMANDS),
    ),
)
SUITES = {
    "source": Suite(minutes=5),
    "versions": Suite(minutes=6, paths=("tests/kubelet", "tests/commands")),
    "binary": BINARY,
    "unprivileged": replace(BINARY, marks=(*BINARY.marks, "not mounts")),
    "portable": PORTABLE,
    "portable-unprivileged": replace(PORTABLE, marks=(*PORTABLE.marks, "not mounts")),
}


def main(name: str, arguments: Sequence[str]) -> int:
    """Run a suite, and print the slowest tests; return the exit status of pytest."""
    os.chdir(CHECKOUT)
    began = time.monotonic()
    suite = SUITES[name]
    try:
        binary()
        servers()
    except BuildError as error:
        sys.stderr.write(f"error: {error}\n")
        return 1
    durations: dict[str, float] = {}
    statuses = [run_pytest(run, durations) for run in runs_of(suite, arguments)]
    print_slowest(durations)
    print(f"{name} tests took {minutes(time.monotonic() - began)} (goal: {suite.minutes} min)", flush=True)
    return max((status for status in statuses if status != NO_TESTS), default=NO_TESTS)


def runs_of(suite: Suite, arguments: Sequence[str]) -> list[list[str]]:
    """Return the arguments of each run of pytest."""
    marks = list(suite.marks)
    if arguments:
        return [[*(["-m", " and ".join(marks)] if marks else []), *arguments]]
    if given.VARIABLE in os.environ:  # in parallel, tests that act on all namespaces would disturb the others
        return [[*(["-m", " and ".join(marks)] if marks else []), *suite.paths]]
    beside = ["-m", " and ".join([*marks, "not cluster_wide"]), *SIDE_BY_SIDE, *suite.paths]
    return [beside, ["-m", " and ".join([*marks, "cluster_wide"]), *suite.paths]]


@contextmanager
def run_cluster() -> Iterator[Mapping[str, str]]:
    """Yield the variables that give a new control plane to all processes of pytest; none if another cluster is set."""
    if given.VARIABLE in os.environ:
        yield {}
        return
    with ControlPlane() as plane:
        yield {shared.VARIABLE: str(shared.describe(plane))}


def run_pytest(arguments: Sequence[str], durations: dict[str, float]) -> int:
    """Run pytest, add the duration of each test to `durations`, and return the exit status."""
    print(f"{'tests':<13} pytest {' '.join(arguments)}", flush=True)
    command = [sys.executable, "-m", "pytest", "-p", "durations", *arguments]
    with tempfile.NamedTemporaryFile() as file, run_cluster() as cluster:
        variables = {**cluster, "PYTHONPATH": str(CHECKOUT / "build"), "PYTEST_DURATIONS": file.name}
        status = subprocess.run(command, env={**os.environ, **variables}, check=False).returncode
        durations |= json.loads(file.read() or b"{}")
    return status


def print_slowest(seconds: dict[str, float]) -> None:
    """Print the slowest tests; the time includes setup and teardown."""
    print(f"\nslowest {SLOWEST} tests:")
    for test in sorted(seconds, key=seconds.__getitem__, reverse=True)[:SLOWEST]:
        print(f"{seconds[test]:7.1f} s  {test}")


def minutes(seconds: float) -> str:
    """Return a time such as `4 min 10 s`."""
    whole, rest = divmod(round(seconds), 60)
    return f"{whole} min {rest} s" if whole else f"{rest} s"


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1], sys.argv[2:]))
    except KeyboardInterrupt:
        sys.exit(130)
