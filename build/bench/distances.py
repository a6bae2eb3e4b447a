"""What was measured at a distance: the times, what follows from them, and the goals."""

from __future__ import annotations

from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from bench.goals import at_most
from bench.picture import Line, picture
from bench.tables import TIMES, rounded, seconds, table

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.goals import Goal

ROUND_TRIPS = (5, 40, 80, 150)
"""Round-trip times, in milliseconds: the same city, the same continent, across an ocean, around the world."""

FIXED = (16, 64, 128)
"""Values of --parallel."""

SIZE = 1000  # namespaces
BUSY, MOST_WRITES = 80, 40
"""The distance, in milliseconds, of the server that answers 429 above so many writes at a time."""


@dataclass(frozen=True, kw_only=True)
class Distances:
    """Times in seconds, of all rounds, by round-trip time in milliseconds.

    `copies` are of SIZE namespaces, by --parallel as well, None for the default; `again` has nothing to do. `one` and
    `recipe` are of one namespace: the program, and kubectl as documented. Behind the same proxy, `calm` is the default
    without 429 and `busy` with `refusals` of them.
    """

    copies: Mapping[tuple[int, int | None], Sequence[float]]
    again: Mapping[int, Sequence[float]]
    one: Mapping[int, Sequence[float]]
    recipe: Mapping[int, Sequence[float]]
    calm: Sequence[float]
    busy: Sequence[float]
    refusals: Sequence[int]

    def copied(self, round_trip: int, parallel: int | None) -> float:
        """Median time of SIZE namespaces."""
        return median(self.copies[round_trip, parallel])

    def best(self, round_trip: int) -> int:
        """The fixed number with the shortest time."""
        return min(FIXED, key=lambda parallel: self.copied(round_trip, parallel))

    def share(self, round_trip: int) -> float:
        """How many times as long as the best fixed number the default takes."""
        return self.copied(round_trip, None) / self.copied(round_trip, self.best(round_trip))

    def by_kubectl(self, round_trip: int) -> float:
        """Time of kubectl for SIZE namespaces, extrapolated from one."""
        return SIZE * median(self.recipe[round_trip])


def round_trips(times: Mapping[int, Sequence[float]]) -> float:
    """How many round trips a run waits for: what the time grows by from the smallest distance to the largest."""
    near, far = min(times), max(times)
    return (median(times[far]) - median(times[near])) / ((far - near) / 1000)


def distance_goals(found: Distances) -> Iterator[Goal]:
    """Return the goals, with the results."""
    for round_trip in ROUND_TRIPS:
        what = f"{SIZE:,} namespaces at {round_trip} ms, default against the best fixed number"
        yield at_most(f"{what} ({found.best(round_trip)})", found.share(round_trip), 1.2, f"{TIMES} its time")
    yield at_most("one namespace, copy + attach: round trips", round_trips(found.one), 6, "")
    yield at_most(f"nothing to do, {SIZE:,} namespaces: round trips", round_trips(found.again), 7, "")
    times = median(busy / calm for busy, calm in zip(found.busy, found.calm, strict=True))
    what = f"{BUSY} ms and 429 above {MOST_WRITES} writes at a time ({median(found.refusals):.0f} writes were refused)"
    yield at_most(f"{what}: against no 429", times, 1.5, f"{TIMES} its time")


def distance_table(found: Distances) -> str:
    """All times, a row for each distance."""
    heads = ["round trip", f"{SIZE:,} namespaces: default"]
    heads += [*(f"`--parallel {parallel}`" for parallel in FIXED), f"default {TIMES} the best"]
    heads += ["nothing to do", "one namespace", "kubectl: one", f"kubectl: {SIZE:,}, extrapolated"]
    return table(heads, [_row(found, round_trip) for round_trip in ROUND_TRIPS])


def _row(found: Distances, round_trip: int) -> list[str]:
    return [
        f"{round_trip} ms",
        *(seconds(found.copied(round_trip, parallel)) for parallel in (None, *FIXED)),
        rounded(found.share(round_trip)),
        *(seconds(median(times[round_trip])) for times in (found.again, found.one, found.recipe)),
        seconds(found.by_kubectl(round_trip)),
    ]


def distance_picture(found: Distances) -> str:
    """Draw the times against the distances."""
    lines = [
        _line("kubectl (extrapolated)", {ms: found.by_kubectl(ms) for ms in ROUND_TRIPS}, is_extrapolated=True),
        *(_line(f"--parallel {parallel}", _copied(found, parallel)) for parallel in (16, 128)),
        _line("default (--parallel auto)", _copied(found, None)),
    ]
    title = f"Time to copy a pull secret to {SIZE:,} namespaces and attach it"
    return picture(title, f"{'; '.join(map(_described, lines))}.", lines)


def _copied(found: Distances, parallel: int | None) -> dict[int, float]:
    return {ms: found.copied(ms, parallel) for ms in ROUND_TRIPS}


def _line(name: str, times: Mapping[int, float], *, is_extrapolated: bool = False) -> Line:
    return Line(name=name, points=tuple(times.items()), is_extrapolated=is_extrapolated)


def _described(line: Line) -> str:
    return f"{line.name}: " + ", ".join(f"{seconds(time)} at {ms} ms" for ms, time in line.points)
