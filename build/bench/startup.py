"""Measures the startup of the standalone binaries, in turns with the comparable kubectl command."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from bench.clients import KubectlClient, OurClient
from bench.timing import measure
from program import CHECKOUT, Program

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bench.bench_cluster import BenchCluster
    from bench.timing import Run

    Runs = Callable[[], Run]

DIST = CHECKOUT / "dist"
FOLDER = DIST / "kubectl-pullsecret"
ROUNDS = 21


@dataclass(frozen=True, kw_only=True)
class Startup:
    """One row of the table: the wall times of both in seconds, and the goal.

    `most` is how many times as long as the other ours may take; where there is no other, it is in seconds.
    """

    what: str
    than: str
    most: float
    ours: Sequence[float]
    theirs: Sequence[float]

    @property
    def reached(self) -> float:
        """The median of the rounds' ratios."""
        if not self.theirs:
            return median(self.ours)
        return median(our / their for our, their in zip(self.ours, self.theirs, strict=True))

    @property
    def is_met(self) -> bool:
        """Whether the goal is met."""
        return self.reached <= self.most


def measure_startup(cluster: BenchCluster, kubectl: Program, rounds: int = ROUNDS) -> list[Startup]:
    """Measure all; the cluster has one namespace and is left unchanged."""
    home, kubeconfig = kubectl.home, kubectl.kubeconfig
    frozen = {path.name: Program([str(path)], home, kubeconfig) for path in _programs()}
    ours, tab, ibmcloud = (
        frozen["kubectl-pullsecret"],
        frozen["kubectl_complete-pullsecret"],
        frozen["ibmcloud-pullsecret"],
    )
    return [
        _copies(cluster, ours, kubectl, rounds),
        _race(
            ("`create --help`", "`kubectl create secret docker-registry --help`", 1.5),
            _run(ours, "create", "--help"),
            _run(kubectl, "create", "secret", "docker-registry", "--help"),
            rounds,
        ),
        _race(
            ("completion of commands", "`kubectl __complete`", 1.0),
            _run(tab, ""),
            _run(kubectl, "__complete", "create", ""),
            rounds,
        ),
        _race(
            ("completion of flags", "`kubectl __complete`", 1.0),
            _run(tab, "copy", "--"),
            _run(kubectl, "__complete", "create", "secret", "--"),
            rounds,
        ),
        _race(
            ("completion of live names", "`kubectl get ns -o name`", 2.0),
            _run(tab, "copy", "-n", ""),
            _run(kubectl, "get", "ns", "-o", "name"),
            rounds,
        ),
        _race(("`SendMetadata` of the IBM Cloud CLI plugin", "", 0.5), _run(ibmcloud, "SendMetadata"), None, rounds),
    ]


def _programs() -> tuple[Path, ...]:
    return (FOLDER / "kubectl-pullsecret", FOLDER / "kubectl_complete-pullsecret", DIST / "ibmcloud-pullsecret")


def _copies(cluster: BenchCluster, ours: Program, kubectl: Program, rounds: int) -> Startup:
    """One namespace, copy and attach: the recipe's four programs against one of ours."""
    client, recipe = OurClient(ours), KubectlClient(kubectl)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        times[0].append(client.copy(cluster).run.seconds)
        cluster.undo(cluster.names)
        times[1].append(recipe.copy(cluster, cluster.names).run.seconds)
        cluster.undo(cluster.names)
    what, than = "one namespace, copy + attach", "the recipe: get, sed, create, patch"
    return Startup(what=what, than=than, most=1.0, ours=times[0], theirs=times[1])


def _race(line: tuple[str, str, float], ours: Runs, theirs: Runs | None, rounds: int) -> Startup:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for run, seconds in zip((ours, theirs), times, strict=True):
            if run:
                seconds.append(run().seconds)
    what, than, most = line
    return Startup(what=what, than=than, most=most, ours=times[0], theirs=times[1])


def _run(program: Program, *words: str) -> Runs:
    return lambda: measure([*program.command, *words], program.environment())
