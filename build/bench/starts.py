"""What a start costs the programs that need no Python, each in turns with what kubectl takes for as much."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from bench.timing import measured
from bench.ways import OurWay, PipelineWay
from program import CHECKOUT, Program

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from bench.arena import Arena
    from bench.timing import Run

    Runs = Callable[[], Run]

DIST = CHECKOUT / "dist"
FOLDER = DIST / "kubectl-pullsecret"
ROUNDS = 21


@dataclass(frozen=True, kw_only=True)
class Start:
    """One line of the table: the wall times of both, in seconds and in turns, and what must be reached.

    `most` is how many times as long as the other ours may take; where there is no other, it is in seconds.
    """

    what: str
    than: str
    most: float
    ours: Sequence[float]
    theirs: Sequence[float]

    @property
    def reached(self) -> float:
        """The median of what the rounds say, each for itself."""
        if not self.theirs:
            return median(self.ours)
        return median(our / their for our, their in zip(self.ours, self.theirs, strict=True))

    @property
    def is_met(self) -> bool:
        """Whether that is enough."""
        return self.reached <= self.most


def measured_starts(arena: Arena, kubectl: Program, rounds: int = ROUNDS) -> list[Start]:
    """Run them all; the arena has one namespace, and is left as it was."""
    home, kubeconfig = kubectl.home, kubectl.kubeconfig
    frozen = {path.name: Program([str(path)], home, kubeconfig) for path in _programs()}
    ours, tab, ibmcloud = (
        frozen["kubectl-pullsecret"],
        frozen["kubectl_complete-pullsecret"],
        frozen["ibmcloud-pullsecret"],
    )
    return [
        _copies(arena, ours, kubectl, rounds),
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


def _copies(arena: Arena, ours: Program, kubectl: Program, rounds: int) -> Start:
    """One namespace, copy and attach: the recipe's four programs against one of ours."""
    way, recipe = OurWay(ours), PipelineWay(kubectl)
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        times[0].append(way.copy(arena).run.seconds)
        arena.undo(arena.names)
        times[1].append(recipe.copy(arena, arena.names).run.seconds)
        arena.undo(arena.names)
    what, than = "one namespace, copy + attach", "the recipe: get, sed, create, patch"
    return Start(what=what, than=than, most=1.0, ours=times[0], theirs=times[1])


def _race(line: tuple[str, str, float], ours: Runs, theirs: Runs | None, rounds: int) -> Start:
    times: tuple[list[float], list[float]] = ([], [])
    for _ in range(rounds):
        for run, seconds in zip((ours, theirs), times, strict=True):
            if run:
                seconds.append(run().seconds)
    what, than, most = line
    return Start(what=what, than=than, most=most, ours=times[0], theirs=times[1])


def _run(program: Program, *words: str) -> Runs:
    return lambda: measured([*program.command, *words], program.environment())
