"""Runs the clients in turns, on the same namespaces, and undoes the changes of each."""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import TYPE_CHECKING

from bench.bench_cluster import Measurement
from bench.clients import KubectlClient, OurClient, RawClient
from bench.results import Client, Comparison, Task
from bench.timing import measure

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.bench_cluster import BenchCluster
    from program import Program

KUBECTL_MOST = 100
"""Above this number of namespaces kubectl takes minutes and is measured on a sample."""

SAMPLE = 20

ROUNDS = ((1, 15), (10, 5), (1000, 3))
"""Number of rounds up to a number of namespaces: small ones are fast and vary."""

FEWEST_ROUNDS = 2


def compare(cluster: BenchCluster, ours: Program, kubectl: Program, rounds: int) -> Comparison:
    """Measure all clients with the current namespaces."""
    size = len(cluster.names)
    sample = size if size <= KUBECTL_MOST else SAMPLE
    all_rounds = _Rounds(cluster, OurClient(ours), RawClient(), KubectlClient(kubectl))
    for number in range(rounds):
        say(f"namespaces: {size}, round {number + 1} of {rounds}")
        all_rounds.run_round(cluster.names[-sample:], raw_first=bool(number % 2))
    return Comparison(namespaces=size, measurements=all_rounds.measurements, sample=sample)


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


def say(text: str) -> None:
    """Print progress."""
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()


class _Rounds:
    """Collects measurements, in a fair order."""

    def __init__(self, cluster: BenchCluster, ours: OurClient, raw: RawClient, kubectl: KubectlClient) -> None:
        self._cluster, self._ours, self._raw, self._kubectl = cluster, ours, raw, kubectl
        self.measurements: defaultdict[tuple[Client, Task], list[Measurement]] = defaultdict(list)

    def run_round(self, sample: Sequence[str], *, raw_first: bool) -> None:
        """Run each client once; since the first may have the quieter machine, they alternate."""
        self.measurements[Client.KUBECTL, Task.COPY].append(self._kubectl.copy(self._cluster, sample))
        self._cluster.undo(sample)
        first, second = (self._run_raw, self._run_ours)[:: 1 if raw_first else -1]
        first(Task.COPY)
        self._cluster.undo(self._cluster.names)
        second(Task.COPY)
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
