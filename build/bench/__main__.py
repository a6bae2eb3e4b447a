"""Run the benchmarks: `python -m bench [PART...]`; a part is `startup` or a number of namespaces, all are the default.

The page with the results goes to stdout, what is being done to stderr.
"""

from __future__ import annotations

import compileall
import os
import signal
import sys
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from bench.bench_cluster import BenchCluster
from bench.comparison import compare, compare_help, rounds_for, say
from bench.document import Setting, document
from bench.startup import Startup, measure_startup
from bench.upstream import upstream_kubectl
from control_plane.api import Api
from control_plane.plane import ControlPlane
from program import CHECKOUT, Program, pullsecret_command

if TYPE_CHECKING:
    from collections.abc import Sequence

STARTUP = "startup"
PARTS = (STARTUP, "100", "1000", "5000")
USAGE = "usage: bench.sh [PART...]; a part is startup or a number of namespaces; default: " + " ".join(PARTS)


def main(words: Sequence[str]) -> int:
    """Measure and print the page; the exit status does not depend on the results."""
    parts = words or PARTS
    if not all(part == STARTUP or (part.isdecimal() and int(part) > 0) for part in parts):
        say(USAGE)
        return 2
    load = os.getloadavg()[0]
    say("making the cluster")
    compileall.compile_dir(CHECKOUT / "plugins", quiet=1)  # as after an installation
    with ControlPlane() as plane, TemporaryDirectory(prefix="bench-") as home:
        ours = Program(pullsecret_command(), Path(home), plane.admin_kubeconfig)
        kubectl = Program([str(upstream_kubectl())], Path(home), plane.admin_kubeconfig)
        sys.stdout.write(measured_page(plane, ours, kubectl, parts, load))
    return 0


def measured_page(plane: ControlPlane, ours: Program, kubectl: Program, parts: Sequence[str], load: float) -> str:
    """Run the parts, the small ones first, because namespaces are only added."""
    sizes = sorted({1 if part == STARTUP else int(part) for part in parts})
    comparisons = {}
    startups: list[Startup] = []
    with closing(BenchCluster(plane.access)) as cluster:
        for size in sizes:
            say(f"making namespaces, {size} in all")
            cluster.grow(size)
            comparisons[size] = compare(cluster, ours, kubectl, rounds_for(size))
            if size == 1 and STARTUP in parts:
                say("startup of the standalone binaries")
                startups = measure_startup(cluster, kubectl)
    helped = compare_help(ours, kubectl, rounds_for(1)) if STARTUP in parts else None
    return document(comparisons, helped, setting(plane, load), startups)


def setting(plane: ControlPlane, load: float) -> Setting:
    """Describe what the numbers depend on."""
    with Api(plane.access) as api:
        kubernetes = api.request("GET", "/version")["gitVersion"]
    return Setting(kubernetes=kubernetes, load=load)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # so that the `with` blocks end
    sys.exit(main(sys.argv[1:]))
