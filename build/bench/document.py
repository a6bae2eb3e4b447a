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
from bench.results import Client, Task

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.results import Comparison
    from bench.startup import Startup

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
    """What the numbers depend on: the version of the server and of kubectl, and the load of the machine."""

    kubernetes: str
    load: float

    @property
    def line(self) -> str:
        """Date, machine and versions."""
        parts = [
            time.strftime("%Y-%m-%d"),
            f"{os.cpu_count()} {TIMES} {processor()}, {platform.system()}",
            f"Python {platform.python_version()}",
            f"Kubernetes and kubectl {self.kubernetes}",
            f"load before the run {self.load:.1f}",
        ]
        return "; ".join(parts) + "."


def processor() -> str:
    """The name of the processor."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        lines = []
    names = (line.partition(":")[2].strip() for line in lines if line.startswith("model name"))
    return next(names, platform.machine())


def document(
    comparisons: Mapping[int, Comparison], helped: Comparison | None, setting: Setting, startups: Sequence[Startup] = ()
) -> str:
    """Return the whole page."""
    reached = goals(comparisons)
    parts = ["# Performance", setting.line, *([goals_table(reached)] if reached else [])]
    if startups:
        parts += ["## Startup of the standalone binaries", startup_table(startups)]
    parts += ["## Measurements"]
    parts += [measurements_table(comparisons[size]) for size in sorted(comparisons)]
    if helped:
        parts.append(help_line(helped))
    return "\n\n".join([*parts, "## How it is measured", ABOUT])


def goals_table(reached: Sequence[Goal]) -> str:
    """The goals and the results."""
    rows = [[goal.what, goal.must, goal.reached, "yes" if goal.is_met else "**no**"] for goal in reached]
    return table(["what", "goal", "result", "pass"], rows)


def startup_table(startups: Sequence[Startup]) -> str:
    """Startup times and their goals."""
    rows = [
        [
            f"{startup.what}, against {startup.than}" if startup.than else startup.what,
            f"≤ {startup.most:g} {TIMES if startup.theirs else 's'}",
            seconds(median(startup.ours)),
            seconds(median(startup.theirs)) if startup.theirs else "",
            f"{rounded(startup.reached)} {TIMES if startup.theirs else 's'}",
            "yes" if startup.is_met else "**no**",
        ]
        for startup in startups
    ]
    return table(["what", "goal", "ours", "baseline", "result", "pass"], rows)


def measurements_table(comparison: Comparison) -> str:
    """All measurements for one number of namespaces."""
    size = "1 namespace" if comparison.namespaces == 1 else f"{comparison.namespaces:,} namespaces"
    heads = [size, "time", f"{TIMES} our time", "requests", "CPU", "peak memory"]
    sampled = (
        f"\n\nkubectl's numbers are extrapolated from {comparison.sample} namespaces."
        if comparison.scale(Client.KUBECTL) > 1
        else ""
    )
    return table(heads, list(_rows(comparison))) + sampled


def _rows(comparison: Comparison) -> Iterator[list[str]]:
    for task in (Task.COPY, Task.AGAIN, Task.ROTATE):
        for client in Client:
            if comparison.has(client, task):
                yield [f"{task.value}: {client.value}", *_cells(comparison, client, task)]


def _cells(comparison: Comparison, client: Client, task: Task) -> list[str]:
    is_whole = client is not Client.RAW  # of the Go client, only the requests were timed
    return [
        seconds(comparison.seconds(client, task)),
        "" if client is Client.OURS else f"{rounded(comparison.times(task, client))}",
        f"{comparison.requests(client, task):,}",
        seconds(comparison.cpu(client, task)) if is_whole else "",
        f"{comparison.peak(client, task):.0f} MiB" if is_whole else "",
    ]


def help_line(comparison: Comparison) -> str:
    """Startup time, against kubectl's."""
    ours, theirs = comparison.seconds(Client.OURS, Task.HELP), comparison.seconds(Client.KUBECTL, Task.HELP)
    return (
        f"`create --help` takes {seconds(ours)}, `kubectl create secret docker-registry --help` {seconds(theirs)}: "
        f"{rounded(comparison.times(Task.HELP, Client.KUBECTL))} {TIMES} as long."
    )


def seconds(number: float) -> str:
    """Format a time: 85 ms, 1.32 s, 4 min 10 s."""
    if number < 1:
        return f"{number * 1000:.0f} ms"
    if number < 60:
        return f"{rounded(number)} s"
    minutes, rest = divmod(round(number), 60)
    return f"{minutes} min {rest} s"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose columns after the first are right-aligned."""
    rule = ["---", *["--:" for _ in heads[1:]]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [heads, rule, *rows])
