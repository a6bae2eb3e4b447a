"""The goals, and whether they are met."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from bench.results import Client, Task
from bench.tables import TIMES, rounded

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bench.results import Comparison

GROWTH = 5  # from 1,000 namespaces to 5,000


@dataclass(frozen=True, kw_only=True)
class Goal:
    """One row of the table: what is measured, the goal, the result, and whether it is met."""

    what: str
    must: str
    reached: str
    is_met: bool


def goals(comparisons: Mapping[int, Comparison]) -> list[Goal]:
    """Return the goals that have results; comparisons are by number of namespaces."""
    found: list[Goal] = []
    if 1 in comparisons:
        found += _at_one(comparisons[1])
    if 1000 in comparisons:
        found += _at_a_thousand(comparisons[1000])
    if 5000 in comparisons:
        found += _at_five_thousand(comparisons[5000])
    if {1000, 5000} <= comparisons.keys():
        found += _growth(comparisons[1000], comparisons[5000])
    if {1000, 10000} <= comparisons.keys():
        found += _at_ten_thousand(comparisons[1000], comparisons[10000])
    return found


def lean_goals(comparison: Comparison) -> list[Goal]:
    """The goal on a server without controllers of workloads."""
    speed = comparison.times(Task.COPY, Client.RAW)
    what = f"lean server, {comparison.namespaces:,} namespaces, copy + attach, against the raw limit"
    return [at_least(what, speed, 0.6, "of its speed")]


def _at_one(comparison: Comparison) -> Iterator[Goal]:
    share = 1 / comparison.times(Task.COPY, Client.KUBECTL)
    yield at_most("one namespace, copy + attach, against kubectl", share, 1.3, f"{TIMES} its time")


def _at_a_thousand(comparison: Comparison) -> Iterator[Goal]:
    faster = comparison.times(Task.COPY, Client.KUBECTL)
    yield at_least("1,000 namespaces, copy + attach, against kubectl", faster, 100, f"{TIMES} as fast")
    yield at_least("the same, against the raw limit", comparison.times(Task.COPY, Client.RAW), 0.6, "of its speed")
    yield at_least(
        "rotation of 1,000 copies, against the raw limit", comparison.times(Task.ROTATE, Client.RAW), 0.6, "of it"
    )
    own = comparison.requests(Client.OURS, Task.AGAIN) - comparison.pages(Task.AGAIN)
    yield at_most("nothing to do, 1,000 namespaces: requests, not counting further pages", own, 6, "")
    yield at_most("the same: time", comparison.seconds(Client.OURS, Task.AGAIN), 1, "s")


def _at_five_thousand(comparison: Comparison) -> Iterator[Goal]:
    speed = comparison.times(Task.COPY, Client.RAW)
    yield at_least("5,000 namespaces, copy + attach, against the raw limit", speed, 0.75, "of its speed")
    yield at_most("peak memory at 5,000 namespaces", _peak(comparison), 150, "MiB")


def _at_ten_thousand(small: Comparison, large: Comparison) -> Iterator[Goal]:
    times = large.seconds(Client.OURS, Task.COPY) / small.seconds(Client.OURS, Task.COPY)
    own = _limits_own(small, large, Task.COPY)
    yield at_most(f"from 1,000 to 10,000 namespaces, copy + attach: time{own}", times, 11, TIMES)
    yield at_most("peak memory at 10,000 namespaces", _peak(large), 150, "MiB")


def _peak(comparison: Comparison) -> float:
    return max(comparison.peak(Client.OURS, task) for task in (Task.COPY, Task.AGAIN, Task.ROTATE))


def _growth(small: Comparison, large: Comparison) -> Iterator[Goal]:
    for task in (Task.COPY, Task.AGAIN, Task.ROTATE):
        times = large.seconds(Client.OURS, task) / small.seconds(Client.OURS, task)
        yield at_most(
            f"from 1,000 to 5,000 namespaces, {task.value}: time{_limits_own(small, large, task)}", times, GROWTH, TIMES
        )
    requests = large.requests(Client.OURS, Task.COPY) / small.requests(Client.OURS, Task.COPY)
    yield at_most("the same, copy + attach: requests", requests, GROWTH, TIMES)


def _limits_own(small: Comparison, large: Comparison, task: Task) -> str:
    """The growth of the raw limit: a server that slows down as it fills is not the program's growth."""
    if not (small.has(Client.RAW, task) and large.has(Client.RAW, task)):
        return ""
    times = large.seconds(Client.RAW, task) / small.seconds(Client.RAW, task)
    return f" (the raw limit's own: {rounded(times)} {TIMES})"


def at_least(what: str, reached: float, must: float, unit: str) -> Goal:
    """A goal that larger results meet."""
    return Goal(what=what, must=f"≥ {must:g} {unit}", reached=f"{rounded(reached)} {unit}", is_met=reached >= must)


def at_most(what: str, reached: float, must: float, unit: str) -> Goal:
    """A goal that smaller results meet."""
    required, found = f"≤ {must:g} {unit}", f"{rounded(reached)} {unit}"
    return Goal(what=what, must=required.strip(), reached=found.strip(), is_met=reached <= must)
