"""The parts of a run: each makes a cluster of its own, and adds its results."""

from __future__ import annotations

from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from bench.bench_cluster import BenchCluster
from bench.clusters import measure_clusters
from bench.commands import measure_commands
from bench.comparison import compare, compare_help, compare_with_limit, rounds_for
from bench.distances import SIZE
from bench.far import measure_distances
from bench.progress import say
from bench.startup import measure_kinds, measure_startup
from control_plane.plane import ControlPlane
from program import Program, pullsecret_command

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from bench.document import Results

    Part = Callable[[Results], Results]

STARTUP, DISTANCE, LEAN, COMMANDS, CLUSTERS = "startup", "distance", "lean", "commands", "clusters"
SIZES = ("100", "1000", "5000", "10000")
PARTS = (STARTUP, *SIZES, DISTANCE, LEAN, COMMANDS, CLUSTERS)
LEAN_ROUNDS = 5


def is_part(word: str) -> bool:
    """Whether the word names a part: one of PARTS, or any number of namespaces."""
    return word in PARTS or (word.isdecimal() and int(word) > 0)


@dataclass(frozen=True, kw_only=True)
class Bench:
    """What all parts have: kubectl, and a home directory for all programs."""

    kubectl: Path
    home: Path

    def parts(self, words: Sequence[str]) -> Iterator[Part]:
        """Return the parts of these names, in the order of the page; the numbers of namespaces are one."""
        sizes = sorted({int(word) for word in words if word.isdecimal()})
        if STARTUP in words:
            yield self.startup
        if sizes:
            yield lambda results: self.sizes(results, sizes)
        others = {DISTANCE: self.distance, LEAN: self.lean, COMMANDS: self.commands, CLUSTERS: self.clusters}
        yield from (part for name, part in others.items() if name in words)

    def startup(self, results: Results) -> Results:
        """Measure one namespace, the startup of the standalone binaries, and --help."""
        with self._cluster(1) as (cluster, ours, kubectl):
            comparison = compare(cluster, ours, kubectl, rounds_for(1))
            say("startup of the standalone binaries")
            return replace(
                results,
                comparisons={**results.comparisons, 1: comparison},
                startups=measure_startup(cluster, kubectl),
                kinds=measure_kinds(cluster, kubectl),
                helped=compare_help(ours, kubectl, rounds_for(1)),
            )

    def sizes(self, results: Results, sizes: Sequence[int]) -> Results:
        """Measure each number of namespaces, the small ones first, because namespaces are only added."""
        comparisons = dict(results.comparisons)
        with self._cluster(sizes[0]) as (cluster, ours, kubectl):
            for size in sizes:
                say(f"making namespaces, {size} in all")
                cluster.grow(size)
                comparisons[size] = compare(cluster, ours, kubectl, rounds_for(size))
        return replace(results, comparisons=comparisons)

    def distance(self, results: Results) -> Results:
        """Measure at a distance."""
        return replace(results, distances=measure_distances(self.kubectl, self.home))

    def lean(self, results: Results) -> Results:
        """Measure a server without controllers of workloads."""
        with self._cluster(SIZE, lean=True) as (cluster, ours, _):
            return replace(results, lean=compare_with_limit(cluster, ours, LEAN_ROUNDS))

    def commands(self, results: Results) -> Results:
        """Measure commands that read."""
        return replace(results, costs=measure_commands(self.kubectl, self.home))

    def clusters(self, results: Results) -> Results:
        """Measure one run in many clusters."""
        return replace(results, clusters=measure_clusters(self.home))

    @contextmanager
    def _cluster(self, size: int, *, lean: bool = False) -> Iterator[tuple[BenchCluster, Program, Program]]:
        """Startup a cluster with so many namespaces, and return it with the program and kubectl."""
        with ControlPlane(lean=lean) as plane, closing(BenchCluster(plane.access)) as cluster:
            cluster.grow(size)
            ours = Program(pullsecret_command(), self.home, plane.admin_kubeconfig)
            yield cluster, ours, Program([str(self.kubectl)], self.home, plane.admin_kubeconfig)
