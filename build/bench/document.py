"""Writes the performance page in Markdown: goals, measurements, and how they are taken."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.goals import TIMES, Goal, goals, rounded
from bench.raw import CONNECTIONS
from bench.results import Task, Way

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.results import Race
    from bench.starts import Start

ABOUT = f"""\
Every number comes from one run of `./build/bench.sh`, on a Kubernetes API server of its own on the same machine, so
that client and server share its processors. The three clients do the same work in turns, on the same namespaces. Times
are medians of whole processes, ratios are medians per round.

- **kubectl-pullsecret**: `copy all-icr-io --attach`, including everything: reading existing objects, writing only what
  differs, with conditional writes, and reporting each object.
- **raw limit**: a Go client that sends only the same writes over {CONNECTIONS} connections, and knows beforehand
  which objects exist. Its startup is not included.
- **kubectl**: the commands of IBM's documentation, for each namespace
  `kubectl get secret … -o yaml | sed … | kubectl create -f -` and `kubectl patch serviceaccount/default …`.

*Nothing to do* is the same command again. After a *rotation* the source has a new password, and every copy changes.
"""


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the numbers depend on: the version of the server and of kubectl, and what else the machine had to do."""

    kubernetes: str
    load: float

    @property
    def line(self) -> str:
        """When, where and with what."""
        parts = [
            time.strftime("%Y-%m-%d"),
            f"{os.cpu_count()} {TIMES} {processor()}, {platform.system()}",
            f"Python {platform.python_version()}",
            f"Kubernetes and kubectl {self.kubernetes}",
            f"load before the run {self.load:.1f}",
        ]
        return "; ".join(parts) + "."


def processor() -> str:
    """The processor's name as the system knows it."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def document(races: Mapping[int, Race], helped: Race | None, setting: Setting, starts: Sequence[Start] = ()) -> str:
    """The whole page."""
    reached = goals(races)
    parts = ["# Performance", setting.line, *([goals_table(reached)] if reached else [])]
    if starts:
        parts += ["## Startup of the standalone binaries", starts_table(starts)]
    parts += ["## Measurements"]
    parts += [races_table(races[size]) for size in sorted(races)]
    if helped:
        parts.append(help_line(helped))
    return "\n\n".join([*parts, "## How it is measured", ABOUT])


def goals_table(reached: Sequence[Goal]) -> str:
    """The goals and the results."""
    rows = [[goal.what, goal.must, goal.reached, "yes" if goal.is_met else "**no**"] for goal in reached]
    return table(["what", "goal", "result", "pass"], rows)


def starts_table(starts: Sequence[Start]) -> str:
    """Startup times and their goals."""
    rows = [
        [
            f"{start.what}, against {start.than}" if start.than else start.what,
            f"≤ {start.most:g} {TIMES if start.theirs else 's'}",
            seconds(median(start.ours)),
            seconds(median(start.theirs)) if start.theirs else "",
            f"{rounded(start.reached)} {TIMES if start.theirs else 's'}",
            "yes" if start.is_met else "**no**",
        ]
        for start in starts
    ]
    return table(["what", "goal", "ours", "baseline", "result", "pass"], rows)


def races_table(race: Race) -> str:
    """All that was measured with one number of namespaces."""
    size = "1 namespace" if race.namespaces == 1 else f"{race.namespaces:,} namespaces"
    heads = [size, "time", f"{TIMES} our time", "requests", "CPU", "peak memory"]
    sampled = (
        f"\n\nkubectl's numbers are extrapolated from {race.sample} namespaces." if race.scale(Way.KUBECTL) > 1 else ""
    )
    return table(heads, list(_rows(race))) + sampled


def _rows(race: Race) -> Iterator[list[str]]:
    for task in (Task.COPY, Task.AGAIN, Task.ROTATE):
        for way in Way:
            if race.has(way, task):
                yield [f"{task.value}: {way.value}", *_cells(race, way, task)]


def _cells(race: Race, way: Way, task: Task) -> list[str]:
    is_whole = way is not Way.RAW  # of the Go client only the requests were timed
    return [
        seconds(race.seconds(way, task)),
        "" if way is Way.OURS else f"{rounded(race.times(task, way))}",
        f"{race.requests(way, task):,}",
        seconds(race.cpu(way, task)) if is_whole else "",
        f"{race.peak(way, task):.0f} MiB" if is_whole else "",
    ]


def help_line(race: Race) -> str:
    """What a start costs, against kubectl's."""
    ours, theirs = race.seconds(Way.OURS, Task.HELP), race.seconds(Way.KUBECTL, Task.HELP)
    return (
        f"`create --help` takes {seconds(ours)}, `kubectl create secret docker-registry --help` {seconds(theirs)}: "
        f"{rounded(race.times(Task.HELP, Way.KUBECTL))} {TIMES} as long."
    )


def seconds(number: float) -> str:
    """A time as one reads it: 85 ms, 1.32 s, 4 min 10 s."""
    if number < 1:
        return f"{number * 1000:.0f} ms"
    if number < 60:
        return f"{rounded(number)} s"
    minutes, rest = divmod(round(number), 60)
    return f"{minutes} min {rest} s"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """A Markdown table, whose columns after the first are flush right."""
    rule = ["---", *["--:" for _ in heads[1:]]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [heads, rule, *rows])
