"""What must be reached, and whether it was."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.results import Task, Way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.results import Race

TIMES = "\N{MULTIPLICATION SIGN}"
GROWTH = 5  # from 1,000 namespaces to 5,000


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One line of the table: what, how much of it must be reached, what was, and whether that is enough."""

    what: str
    must: str
    reached: str
    is_met: bool


def goals(races: Mapping[int, Race]) -> list[Goal]:
    """The goals for which there are results; the races by their number of namespaces."""
    found: list[Goal] = []
    if 1 in races:
        found += _at_one(races[1])
    if 1000 in races:
        found += _at_a_thousand(races[1000])
    if 5000 in races:
        found += _at_five_thousand(races[5000])
    if {1000, 5000} <= races.keys():
        found += _growth(races[1000], races[5000])
    return found


def _at_one(race: Race) -> Iterator[Goal]:
    share = 1 / race.times(Task.COPY, Way.KUBECTL)
    yield _at_most("one namespace, copy + attach, against kubectl", share, 1.3, f"{TIMES} its time")


def _at_a_thousand(race: Race) -> Iterator[Goal]:
    faster = race.times(Task.COPY, Way.KUBECTL)
    yield _at_least("1,000 namespaces, copy + attach, against kubectl", faster, 100, f"{TIMES} as fast")
    yield _at_least("the same, against the raw limit", race.times(Task.COPY, Way.RAW), 0.6, "of its speed")
    yield _at_least("rotation of 1,000 copies, against the raw limit", race.times(Task.ROTATE, Way.RAW), 0.6, "of it")
    own = race.requests(Way.OURS, Task.AGAIN) - race.pages(Task.AGAIN)
    yield _at_most("nothing to do, 1,000 namespaces: requests, not counting further pages", own, 6, "")
    yield _at_most("the same: time", race.seconds(Way.OURS, Task.AGAIN), 1, "s")


def _at_five_thousand(race: Race) -> Iterator[Goal]:
    speed = race.times(Task.COPY, Way.RAW)
    yield _at_least("5,000 namespaces, copy + attach, against the raw limit", speed, 0.75, "of its speed")
    peak = max(race.peak(Way.OURS, task) for task in (Task.COPY, Task.AGAIN, Task.ROTATE))
    yield _at_most("peak memory at 5,000 namespaces", peak, 150, "MiB")


def _growth(small: Race, large: Race) -> Iterator[Goal]:
    for task in (Task.COPY, Task.AGAIN, Task.ROTATE):
        times = large.seconds(Way.OURS, task) / small.seconds(Way.OURS, task)
        yield _at_most(
            f"from 1,000 to 5,000 namespaces, {task.value}: time{_limits_own(small, large, task)}", times, GROWTH, TIMES
        )
    requests = large.requests(Way.OURS, Task.COPY) / small.requests(Way.OURS, Task.COPY)
    yield _at_most("the same, copy + attach: requests", requests, GROWTH, TIMES)


def _limits_own(small: Race, large: Race, task: Task) -> str:
    """How the raw limit grew meanwhile: a server that slows down as it fills is no growth of ours."""
    if not (small.has(Way.RAW, task) and large.has(Way.RAW, task)):
        return ""
    times = large.seconds(Way.RAW, task) / small.seconds(Way.RAW, task)
    return f" (the raw limit's own: {rounded(times)} {TIMES})"


def _at_least(what: str, reached: float, must: float, unit: str) -> Goal:
    return Goal(what=what, must=f"≥ {must:g} {unit}", reached=f"{rounded(reached)} {unit}", is_met=reached >= must)


def _at_most(what: str, reached: float, must: float, unit: str) -> Goal:
    required, found = f"≤ {must:g} {unit}", f"{rounded(reached)} {unit}"
    return Goal(what=what, must=required.strip(), reached=found.strip(), is_met=reached <= must)


def rounded(number: float) -> str:
    """A number with the digits that mean something: 1,240, 14.8, 0.67."""
    digits = next((digits for least, digits in ((100, 0), (10, 1)) if number >= least), 2)
    return f"{number:,.0f}" if number == int(number) else f"{number:,.{digits}f}"
