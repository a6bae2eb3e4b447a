"""Runs the clients in turns, on the same namespaces, and undoes the changes of each."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

from bench.bench_cluster import Measurement
from bench.clients import KubectlClient, OurClient, RawClient
from bench.progress import say
from bench.results import Client, Comparison, Task
from bench.timing import measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.bench_cluster import BenchCluster
    from program import Program

KUBECTL_MOST = 100
"""Above this number of namespaces kubectl takes minutes and is measured on a sample."""

SAMPLE = 20

ROUNDS = ((1, 15), (10, 5), (1000, 3), (5000, 2))
"""Number of rounds up to a number of namespaces: small ones are fast and vary."""

FEWEST_ROUNDS = 1


def compare(cluster: BenchCluster, ours: Program, kubectl: Program, rounds: int) -> Comparison:
    """Measure all clients with the current namespaces."""
    size = len(cluster.names)
    sample = size if size <= KUBECTL_MOST else SAMPLE
    all_rounds = _Rounds(cluster, OurClient(ours), RawClient())
    for number in range(rounds):
        say(f"namespaces: {size}, round {number + 1} of {rounds}")
        all_rounds.run_kubectl(KubectlClient(kubectl), cluster.names[-sample:])
        all_rounds.run_copies(raw_first=bool(number % 2), rotating=True)
    return Comparison(namespaces=size, measurements=all_rounds.measurements, sample=sample)


def compare_with_limit(cluster: BenchCluster, ours: Program, rounds: int) -> Comparison:
    """Measure the program and the raw limit alone, with the current namespaces."""
    size = len(cluster.names)
    both = _Rounds(cluster, OurClient(ours), RawClient())
    for number in range(rounds):
        say(f"namespaces: {size}, lean server, round {number + 1} of {rounds}")
        both.run_copies(raw_first=bool(number % 2), rotating=False)
    return Comparison(namespaces=size, measurements=both.measurements, sample=size)


def compare_help(ours: Program, kubectl: Program, rounds: int) -> Comparison:
    """Measure `--help`, which sends no request: the startup time."""
    measurements: dict[tuple[Client, Task], list[Measurement]] = {
        (Client.OURS, Task.HELP): [],
        (Client.KUBECTL, Task.HELP): [],
    }
    words = {Client.OURS: ["create", "--help"], Client.KUBECTL: ["create", "secret", "docker-registry", "--help"]}
    say("help")
    for _ in range(rounds):
        for client, program in ((Client.OURS, ours), (Client.KUBECTL, kubectl)):
            run = measure([*program.command, *words[client]], program.environment())
            measurements[client, Task.HELP].append(Measurement(run=run))
    return Comparison(namespaces=1, measurements=measurements, sample=1)


def rounds_for(size: int) -> int:
    """The number of rounds for this number of namespaces."""
    return next((rounds for most, rounds in ROUNDS if size <= most), FEWEST_ROUNDS)


class _Rounds:
    """Collects measurements, in a fair order: since the first may have the quieter machine, they alternate."""

    def __init__(self, cluster: BenchCluster, ours: OurClient, raw: RawClient) -> None:
        self._cluster, self._ours, self._raw = cluster, ours, raw
        self.measurements: defaultdict[tuple[Client, Task], list[Measurement]] = defaultdict(list)

    def run_kubectl(self, kubectl: KubectlClient, sample: Sequence[str]) -> None:
        """Copy to some of the namespaces as documented."""
        self.measurements[Client.KUBECTL, Task.COPY].append(kubectl.copy(self._cluster, sample))
        self._cluster.undo(sample)

    def run_copies(self, *, raw_first: bool, rotating: bool) -> None:
        """Copy with the program and as fast as the server accepts it; then rotate, if the round has that, too."""
        first, second = (self._run_raw, self._run_ours)[:: 1 if raw_first else -1]
        first(Task.COPY)
        self._cluster.undo(self._cluster.names)
        second(Task.COPY)
        if rotating:
            first(Task.ROTATE)
            second(Task.ROTATE)
        self._cluster.undo(self._cluster.names)

    def _run_raw(self, task: Task) -> None:
        measurement = self._raw.copy(self._cluster) if task is Task.COPY else self._raw.rotate(self._cluster)
        self.measurements[Client.RAW, task].append(measurement)

    def _run_ours(self, task: Task) -> None:
        if task is Task.COPY:
            self.measurements[Client.OURS, task].append(self._ours.copy(self._cluster))
            self.measurements[Client.OURS, Task.AGAIN].append(self._ours.again(self._cluster))
        else:
            self.measurements[Client.OURS, task].append(self._ours.rotate(self._cluster))
