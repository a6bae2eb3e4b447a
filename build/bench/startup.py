"""Measures the startup of the standalone binaries, in turns with the comparable kubectl command."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from bench.clients import KubectlClient, OurClient
from bench.timing import measure
from program import CHECKOUT, Program

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence
    from pathlib import Path

    from bench.bench_cluster import BenchCluster
    from bench.timing import Run

    Runs = Callable[[], Run]

DIST = CHECKOUT / "dist"
PORTABLE = DIST / "portable"
ROUNDS = 21
ROUNDS_OF_KINDS = 11


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of standalone binaries, and the directory that they are built into."""

    name: str
    directory: Path

    @property
    def folder(self) -> Path:
        """What is installed as a plugin of kubectl."""
        return self.directory / "kubectl-pullsecret"

    @property
    def ibmcloud(self) -> Path:
        """The plugin of the IBM Cloud CLI, one file."""
        return self.directory / "ibmcloud-pullsecret"

    def programs(self) -> tuple[Path, Path, Path]:
        """The plugin of kubectl, what completes its words, and the plugin of the IBM Cloud CLI."""
        return self.folder / "kubectl-pullsecret", self.folder / "kubectl_complete-pullsecret", self.ibmcloud


FROZEN = Kind(name="Linux programs", directory=DIST)
KINDS = (FROZEN, Kind(name="PyInstaller's", directory=PORTABLE))


@dataclass(frozen=True, kw_only=True)
class KindResult:
    """One kind: sizes in bytes, and median times in seconds by what was run."""

    name: str
    folder: int
    ibmcloud: int
    times: Mapping[str, float]


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
    ours, tab, ibmcloud = _programs(FROZEN, kubectl)
    return [
        _copies(cluster, ours, kubectl, rounds),
        _race(
            ("`create --help`", "`kubectl create secret docker-registry --help`", 1.2),
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


def measure_kinds(cluster: BenchCluster, kubectl: Program, rounds: int = ROUNDS_OF_KINDS) -> list[KindResult]:
    """Measure each kind of binaries in turns, with the same cluster of one namespace."""
    kinds = [kind for kind in KINDS if kind.ibmcloud.exists()]
    runs = {kind.name: _runs_of(kind, cluster, kubectl) for kind in kinds}
    times: dict[str, dict[str, list[float]]] = {name: {what: [] for what in kind} for name, kind in runs.items()}
    for _ in range(rounds):
        for name, kind in runs.items():
            for what, run in kind.items():
                times[name][what].append(run().seconds)
    return [_result_of(kind, times[kind.name]) for kind in kinds]


def _runs_of(kind: Kind, cluster: BenchCluster, kubectl: Program) -> dict[str, Runs]:
    ours, tab, ibmcloud = _programs(kind, kubectl)

    def copy() -> Run:
        ran = OurClient(ours).copy(cluster).run
        cluster.undo(cluster.names)
        return ran

    return {
        "`create --help`": _run(ours, "create", "--help"),
        "completion of commands": _run(tab, ""),
        "one namespace, copy + attach": copy,
        "`SendMetadata` of the IBM Cloud CLI plugin": _run(ibmcloud, "SendMetadata"),
    }


def _result_of(kind: Kind, times: Mapping[str, Sequence[float]]) -> KindResult:
    folder = sum(path.lstat().st_size for path in kind.folder.rglob("*") if not path.is_dir())
    medians = {what: median(found) for what, found in times.items()}
    return KindResult(name=kind.name, folder=folder, ibmcloud=kind.ibmcloud.stat().st_size, times=medians)


def _programs(kind: Kind, kubectl: Program) -> tuple[Program, Program, Program]:
    """The programs, with the home directory and the cluster of kubectl."""
    ours, tab, ibmcloud = (Program([str(path)], kubectl.home, kubectl.kubeconfig) for path in kind.programs())
    return ours, tab, ibmcloud


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
    return Startup(what=what, than=than, most=0.9, ours=times[0], theirs=times[1])


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
