"""Measures the program at several distances: the same server, behind relays that delay each direction."""

from __future__ import annotations

from collections import defaultdict
from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from bench.bench_cluster import BenchCluster
from bench.clients import KubectlClient, OurClient
from bench.distances import BUSY, FIXED, MOST_WRITES, ROUND_TRIPS, SIZE, Distances
from bench.progress import say
from control_plane.plane import ControlPlane
from control_plane.relay import Relay
from program import Program, pullsecret_command

if TYPE_CHECKING:
    from pathlib import Path

ROUNDS, ROUNDS_OF_ONE = 3, 7
SLOW = 20.0  # seconds: what takes longer is measured once
NEVER = 1_000_000  # writes at a time: the proxy refuses none


def measure_distances(kubectl: Path, home: Path) -> Distances:
    """Measure everything, on a cluster of its own."""
    with ControlPlane() as plane, closing(BenchCluster(plane.access)) as cluster, ExitStack() as relays:
        far = _Far(cluster, kubectl, home)
        at = {ms: relays.enter_context(Relay(plane, ms / 1000)) for ms in ROUND_TRIPS}
        calm = relays.enter_context(Relay(plane, BUSY / 1000, NEVER))
        busy = relays.enter_context(Relay(plane, BUSY / 1000, MOST_WRITES))
        say("distance: one namespace")
        cluster.grow(1)
        for _ in range(ROUNDS_OF_ONE):
            for ms in ROUND_TRIPS:
                far.run_one(ms, at[ms])
        cluster.grow(SIZE)
        for number in range(ROUNDS):
            for ms in ROUND_TRIPS:
                say(f"distance: {SIZE} namespaces at {ms} ms, round {number + 1} of {ROUNDS}")
                far.run_many(ms, at[ms], default_first=not number % 2)
            far.run_refused(calm, busy)
        return far.found()


class _Far:
    """Collects the times of all rounds, and undoes what each run did."""

    def __init__(self, cluster: BenchCluster, kubectl: Path, home: Path) -> None:
        self._cluster, self._kubectl, self._home = cluster, kubectl, home
        self._copies: defaultdict[tuple[int, int | None], list[float]] = defaultdict(list)
        self._again: defaultdict[int, list[float]] = defaultdict(list)
        self._one: defaultdict[int, list[float]] = defaultdict(list)
        self._recipe: defaultdict[int, list[float]] = defaultdict(list)
        self._calm: list[float] = []
        self._busy: list[float] = []
        self._refusals: list[int] = []

    def found(self) -> Distances:
        """Return the times so far."""
        return Distances(
            copies=self._copies,
            again=self._again,
            one=self._one,
            recipe=self._recipe,
            calm=self._calm,
            busy=self._busy,
            refusals=self._refusals,
        )

    def run_one(self, ms: int, relay: Relay) -> None:
        """Copy to the only namespace: the program and kubectl as documented."""
        kubectl = KubectlClient(Program([str(self._kubectl)], self._home, relay.kubeconfig))
        self._one[ms].append(self._copy(self._client(relay)))
        self._recipe[ms].append(kubectl.copy(self._cluster, self._cluster.names).run.seconds)
        self._undo()

    def run_many(self, ms: int, relay: Relay, *, default_first: bool) -> None:
        """Copy to all namespaces with each value of --parallel, and again with the default."""
        order: tuple[int | None, ...] = (None, *FIXED)
        for parallel in order[:: 1 if default_first else -1]:
            times = self._copies[ms, parallel]
            if not times or times[0] < SLOW:
                client = self._client(relay, *(["--parallel", str(parallel)] if parallel else []))
                times.append(client.copy(self._cluster).run.seconds)
                if parallel is None:
                    self._again[ms].append(client.again(self._cluster).run.seconds)
                self._undo()

    def run_refused(self, calm: Relay, busy: Relay) -> None:
        """Copy to all namespaces through a proxy, without and with 429."""
        say("distance: 429")
        self._calm.append(self._copy(self._client(calm)))
        before = busy.refusals()
        self._busy.append(self._copy(self._client(busy)))
        self._refusals.append(busy.refusals() - before)

    def _client(self, relay: Relay, *flags: str) -> OurClient:
        return OurClient(Program(pullsecret_command(), self._home, relay.kubeconfig), *flags)

    def _copy(self, client: OurClient) -> float:
        measured = client.copy(self._cluster).run.seconds
        self._undo()
        return measured

    def _undo(self) -> None:
        self._cluster.undo(self._cluster.names)
