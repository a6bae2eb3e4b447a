"""Writes the performance page in Markdown: goals, measurements, and how they are taken."""

from __future__ import annotations

import os
import platform
import time
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from bench.clusters import cluster_goals, clusters_table
from bench.commands import commands_table
from bench.distances import distance_goals, distance_table
from bench.goals import Goal, goals, lean_goals
from bench.results import Client, Task
from bench.tables import TIMES, rounded, seconds, table, verdict
from bench.texts import ABOUT, CLUSTERS, COMMANDS, CONCURRENCY, DISTANCE, KINDS, LEAN, PICTURE

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from bench.clusters import ManyClusters
    from bench.commands import Cost
    from bench.distances import Distances
    from bench.results import Comparison
    from bench.startup import KindResult, Startup


@dataclass(frozen=True, kw_only=True)
class Setting:
    """What the numbers depend on: the commit, the version of the server and of kubectl, and the load of the machine."""

    commit: str
    kubernetes: str
    load: float

    @property
    def line(self) -> str:
        """Date, machine and versions."""
        parts = [
            f"{time.strftime('%Y-%m-%d')}, commit {self.commit}",
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


@dataclass(frozen=True, kw_only=True)
class Results:
    """What has been measured so far; comparisons are by number of namespaces."""

    comparisons: Mapping[int, Comparison] = field(default_factory=dict)
    helped: Comparison | None = None
    startups: Sequence[Startup] = ()
    kinds: Sequence[KindResult] = ()
    distances: Distances | None = None
    lean: Comparison | None = None
    costs: Sequence[Cost] = ()
    clusters: Sequence[ManyClusters] = ()


def document(results: Results, setting: Setting) -> str:
    """Return the whole page."""
    sections = [
        _startup_section(results),
        _distance_section(results.distances),
        _lean_section(results.lean),
        _commands_section(results.costs),
        _clusters_section(results.clusters),
        _measurements_section(results),
    ]
    reached = all_goals(results)
    parts = ["# Performance", setting.line, *([goals_table(reached)] if reached else [])]
    return "\n\n".join([*parts, *filter(None, sections), "## How it is measured", ABOUT])


def all_goals(results: Results) -> list[Goal]:
    """Return the goals that have results, without those of startup_table."""
    found = goals(results.comparisons)
    if results.lean:
        found += lean_goals(results.lean)
    if results.distances:
        found += distance_goals(results.distances)
    found += cluster_goals(results.clusters)
    return found


def _startup_section(results: Results) -> str:
    parts = []
    if results.startups:
        parts += ["## Startup of the standalone binaries", startup_table(results.startups)]
    if results.kinds:
        parts += [KINDS, kinds_table(results.kinds)]
    return "\n\n".join(parts)


def _distance_section(found: Distances | None) -> str:
    if not found:
        return ""
    image = f"![Time against round-trip time]({PICTURE})"
    return "\n\n".join(["## At a distance", DISTANCE, image, distance_table(found), CONCURRENCY])


def _lean_section(lean: Comparison | None) -> str:
    return "\n\n".join(["## A lean server", LEAN, measurements_table(lean)]) if lean else ""


def _commands_section(costs: Sequence[Cost]) -> str:
    return "\n\n".join(["## Time and memory of commands", COMMANDS, commands_table(costs)]) if costs else ""


def _clusters_section(found: Sequence[ManyClusters]) -> str:
    return "\n\n".join(["## Many clusters", CLUSTERS, clusters_table(found)]) if found else ""


def _measurements_section(results: Results) -> str:
    tables = [measurements_table(results.comparisons[size]) for size in sorted(results.comparisons)]
    tables += [help_line(results.helped)] if results.helped else []
    return "\n\n".join(["## Measurements", *tables]) if tables else ""


def goals_table(reached: Sequence[Goal]) -> str:
    """The goals and the results."""
    rows = [[goal.what, goal.must, goal.reached, verdict(is_met=goal.is_met)] for goal in reached]
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
            verdict(is_met=startup.is_met),
        ]
        for startup in startups
    ]
    return table(["what", "goal", "ours", "baseline", "result", "pass"], rows)


def kinds_table(kinds: Sequence[KindResult]) -> str:
    """Sizes and startup times of the kinds of binaries, side by side."""
    mib = 2**20
    rows = [
        ["plugin of kubectl: size of its directory", *(f"{kind.folder / mib:.0f} MiB" for kind in kinds)],
        ["plugin of the IBM Cloud CLI: size of its file", *(f"{kind.ibmcloud / mib:.0f} MiB" for kind in kinds)],
        *([what, *(seconds(kind.times[what]) for kind in kinds)] for what in kinds[0].times),
    ]
    return table(["", *(kind.name for kind in kinds)], rows)


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
