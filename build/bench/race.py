"""The ways run in turns, on the same namespaces; after each, all is as before."""

from __future__ import annotations

import sys
from collections import defaultdict
from typing import TYPE_CHECKING

from bench.arena import Lap
from bench.results import Race, Task, Way
from bench.timing import measured
from bench.ways import OurWay, PipelineWay, RawWay

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bench.arena import Arena
    from program import Program

KUBECTL_MOST = 100
"""Above so many namespaces kubectl takes minutes, and does only a sample."""

SAMPLE = 20

ROUNDS = ((1, 15), (10, 5), (1000, 3))
"""From how many namespaces down how many rounds are run: small ones are over in no time, and vary."""

FEWEST_ROUNDS = 2


def race(arena: Arena, ours: Program, kubectl: Program, rounds: int) -> Race:
    """All that is measured with the namespaces that the arena has now."""
    size = len(arena.names)
    sample = size if size <= KUBECTL_MOST else SAMPLE
    course = _Course(arena, OurWay(ours), RawWay(), PipelineWay(kubectl))
    for number in range(rounds):
        say(f"namespaces: {size}, round {number + 1} of {rounds}")
        course.run_round(arena.names[-sample:], raw_first=bool(number % 2))
    return Race(namespaces=size, laps=course.laps, sample=sample)


def race_for_help(ours: Program, kubectl: Program, rounds: int) -> Race:
    """Help, for which nobody asks a server: what a start costs."""
    laps: dict[tuple[Way, Task], list[Lap]] = {(Way.OURS, Task.HELP): [], (Way.KUBECTL, Task.HELP): []}
    words = {Way.OURS: ["create", "--help"], Way.KUBECTL: ["create", "secret", "docker-registry", "--help"]}
    say("help")
    for _ in range(rounds):
        for way, program in ((Way.OURS, ours), (Way.KUBECTL, kubectl)):
            run = measured([*program.command, *words[way]], program.environment())
            laps[way, Task.HELP].append(Lap(run=run))
    return Race(namespaces=1, laps=laps, sample=1)


def rounds_for(size: int) -> int:
    """How often a race of this size is run."""
    return next((rounds for most, rounds in ROUNDS if size <= most), FEWEST_ROUNDS)


def say(text: str) -> None:
    """Tell who waits."""
    sys.stderr.write(f"bench: {text}\n")
    sys.stderr.flush()


class _Course:
    """The laps so far, and the order of those to come."""

    def __init__(self, arena: Arena, ours: OurWay, raw: RawWay, kubectl: PipelineWay) -> None:
        self._arena, self._ours, self._raw, self._kubectl = arena, ours, raw, kubectl
        self.laps: defaultdict[tuple[Way, Task], list[Lap]] = defaultdict(list)

    def run_round(self, sample: Sequence[str], *, raw_first: bool) -> None:
        """Each way once; who goes first has the quieter machine now and then, so they take turns at that."""
        self.laps[Way.KUBECTL, Task.COPY].append(self._kubectl.copy(self._arena, sample))
        self._arena.undo(sample)
        first, second = (self._run_raw, self._run_ours)[:: 1 if raw_first else -1]
        first(Task.COPY)
        self._arena.undo(self._arena.names)
        second(Task.COPY)
        first(Task.ROTATE)
        second(Task.ROTATE)
        self._arena.undo(self._arena.names)

    def _run_raw(self, task: Task) -> None:
        lap = self._raw.copy(self._arena) if task is Task.COPY else self._raw.rotate(self._arena)
        self.laps[Way.RAW, task].append(lap)

    def _run_ours(self, task: Task) -> None:
        if task is Task.COPY:
            self.laps[Way.OURS, task].append(self._ours.copy(self._arena))
            self.laps[Way.OURS, Task.AGAIN].append(self._ours.again(self._arena))
        else:
            self.laps[Way.OURS, task].append(self._ours.rotate(self._arena))
