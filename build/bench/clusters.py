"""Measures one run in many clusters against a run in the slowest of them alone."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from bench.bench_cluster import LABEL, NAME, BenchCluster
from bench.goals import Goal, at_most
from bench.progress import say
from bench.tables import TIMES, rounded, seconds, table
from bench.timing import measure
from control_plane.api import Api
from control_plane.plane import ControlPlane
from control_plane.relay import Relay
from objects import named
from program import Program, pullsecret_command

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

CLUSTERS, NAMESPACES, ROUNDS = 20, 50, 5
ROUND_TRIPS = (40, 80, 150)
"""The distances of the servers, in milliseconds, each of which has many contexts, as users of their own."""

COMMANDS = {
    "copy": ("copy", NAME, "-l", LABEL, "--dry-run=server"),
    "list": ("list", "-l", LABEL),
}
"""The writes are a dry run of the servers: twenty contexts of three servers would meet each other's objects.

There is one write for each namespace: the servers of a real run have processors of their own, and these share ours.
"""


@dataclass(frozen=True, kw_only=True)
class ManyClusters:
    """Times in seconds, of all rounds: `alone` of each server alone, by its distance; `together` of all contexts."""

    command: str
    alone: Mapping[int, Sequence[float]]
    together: Sequence[float]

    @property
    def times(self) -> float:
        """How many times as long as the slowest alone all of them take: the median of the rounds' ratios."""
        rounds = zip(self.together, *self.alone.values(), strict=True)
        times: float = median(whole / max(alone) for whole, *alone in rounds)
        return times


def measure_clusters(home: Path) -> list[ManyClusters]:
    """Measure all commands, on servers of their own."""
    with ExitStack() as opened:
        planes = [ControlPlane(lean=True) for _ in ROUND_TRIPS]
        with ThreadPoolExecutor(len(planes)) as pool:
            list(pool.map(opened.enter_context, planes))
        relays = [opened.enter_context(Relay(plane, ms / 1000)) for plane, ms in zip(planes, ROUND_TRIPS, strict=True)]
        say(f"clusters: {NAMESPACES} namespaces on each of {len(planes)} servers")
        for plane in planes:
            opened.enter_context(closing(BenchCluster(plane.access))).grow(NAMESPACES)
        program = Program(pullsecret_command(), home, _write_contexts(home, planes, relays))
        return [_measured(program, words) for words in COMMANDS.items()]


def _measured(program: Program, named_words: tuple[str, Sequence[str]]) -> ManyClusters:
    """Run in turns: each server alone, then all contexts."""
    command, words = named_words
    alone: dict[int, list[float]] = {ms: [] for ms in ROUND_TRIPS}
    together: list[float] = []
    for number in range(ROUNDS):
        say(f"clusters: {command}, round {number + 1} of {ROUNDS}")
        for first, ms in enumerate(ROUND_TRIPS):
            alone[ms].append(_seconds(program, words, f"--context=c{first:02}"))
        together.append(_seconds(program, words, "--all-contexts"))
    return ManyClusters(command=command, alone=alone, together=together)


def _seconds(program: Program, words: Sequence[str], *flags: str) -> float:
    return measure([*program.command, *words, *flags], program.environment()).seconds


def _write_contexts(home: Path, planes: Sequence[ControlPlane], relays: Sequence[Relay]) -> Path:
    """Write a kubeconfig with the contexts c00, c01, ...: the servers in turn, each time as another administrator."""
    places = [(number, planes[number % len(planes)], relays[number % len(planes)]) for number in range(CLUSTERS)]
    users = {number: _new_administrator(plane) for number, plane, _ in places}
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "contexts": [
            {"name": f"c{number:02}", "context": {"cluster": f"c{number:02}", "user": f"c{number:02}"}}
            for number in users
        ],
        "clusters": [
            {
                "name": f"c{number:02}",
                "cluster": {"server": relay.access.server, "certificate-authority": str(relay.access.ca)},
            }
            for number, _, relay in places
        ],
        "users": [{"name": f"c{number:02}", "user": {"token": token}} for number, token in users.items()],
    }
    path = home / "contexts"
    path.touch(mode=0o600)
    path.write_text(json.dumps(config))
    return path


def _new_administrator(plane: ControlPlane) -> str:
    """Return the token of a new user that may do everything."""
    user = plane.new_user()
    group = "rbac.authorization.k8s.io"
    with closing(Api(plane.access)) as api:
        api.create(
            named(
                "ClusterRoleBinding",
                user.name,
                roleRef={"apiGroup": group, "kind": "ClusterRole", "name": "cluster-admin"},
                subjects=[{**user.subject, "apiGroup": group}],
            )
        )
    return user.token


def cluster_goals(found: Sequence[ManyClusters]) -> Iterator[Goal]:
    """Return the goals, with the results."""
    for one in found:
        what = f"{CLUSTERS} clusters of {NAMESPACES} namespaces, {one.command}: against the slowest alone"
        yield at_most(what, one.times, 2, f"{TIMES} its time")


def clusters_table(found: Sequence[ManyClusters]) -> str:
    """All times, a row for each command."""
    heads = [
        "command",
        *(f"one cluster, {ms} ms away" for ms in ROUND_TRIPS),
        f"all {CLUSTERS}",
        f"{TIMES} the slowest",
    ]
    rows = [
        [
            one.command,
            *(seconds(median(one.alone[ms])) for ms in ROUND_TRIPS),
            seconds(median(one.together)),
            rounded(one.times),
        ]
        for one in found
    ]
    return table(heads, rows)
