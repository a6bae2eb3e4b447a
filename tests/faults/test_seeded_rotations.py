"""`rotate` and `sync` are interrupted in ways that a seed determines; then the same command finishes, or `--undo`.

Ten seeds of each run by default. All: `KUBECTL_PULLSECRET_TEST_SEEDS=0-99,100-199 pytest
tests/faults/test_seeded_rotations.py`; a single one in the same way.
"""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from itertools import count
from random import Random
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from faults import faults
from faults.fault_plan import FaultPlan
from faults.rotation_jobs import REFUSED, ROTATE, STATES, SYNC, Held, Holdings, RotationJob, unfinished
from program import Result, explanation

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterable

    from faults.cluster_setup import FaultSetup
    from faults.proxy import Exchange, Fault, ProxiedRequest

PARALLEL_RUNS = 4
SHARE = 8
"""The number of namespaces for each seed; its own ones, so that its requests are always the same."""
FIRST_OF = {ROTATE: 0, SYNC: 100}
BY_DEFAULT = 10
MODES = (
    "faults",
    "killed",
    "faults",
    "interrupted",
    "forbidden",
    "rival",
    "unreachable",
    "faults",
    "twice",
    "faults",
    "faults",
)
"""Eleven, so that in the end each kind of fault (FaultPlan) is met."""


@dataclass(kw_only=True)
class Interference:
    """What happens between the program and the API server: faults from a seed, or one event at one of the writes."""

    seed: int
    job: RotationJob
    plan: FaultPlan
    processes: list[subprocess.Popen[str]] = field(default_factory=list)
    _writes: count[int] = field(default_factory=lambda: count(1))
    _is_over: bool = False

    def __post_init__(self) -> None:
        random = Random(f"event {self.seed}")  # noqa: S311  a test plan
        # The first two writes of a rotation are those of its sibling and its source, whose order matters.
        self.at = (1, 2, random.randint(3, len(self.job.states) + 1))[self.seed % 3]
        self.fate = random.choice((faults.forward, faults.reset_before, faults.reset_after))
        self.spared = {place for place in self.job.states if random.random() > 0.3}

    @property
    def mode(self) -> str:
        return MODES[self.seed % len(MODES)]

    def __call__(self, request: ProxiedRequest) -> Fault:
        if self.mode == "faults":
            return self.plan(request)
        if self.mode == "forbidden" and request.is_write and request.namespace in {*self.job.states} - self.spared:
            return faults.failed(403)
        if self._is_over and self.mode == "unreachable":
            return faults.reset_before
        if not request.is_write:
            return faults.forward
        if self.mode in ("killed", "interrupted", "unreachable") and next(self._writes) == self.at:
            self._is_over = True
            return self.event
        return faults.slow(0.02)

    def event(self, exchange: Exchange) -> None:
        """The event, and then what becomes of the write during which it happened."""
        number = {"killed": signal.SIGKILL, "interrupted": signal.SIGINT}.get(self.mode)
        if number is not None:
            until(lambda: self.processes, "the process")
            self.processes[0].send_signal(number)
        self.fate(exchange)


def chosen_seeds() -> list[int]:
    """The seeds that are requested, as `17,20-29`, or the first ones of each command."""
    request = os.environ.get("KUBECTL_PULLSECRET_TEST_SEEDS")
    if not request:
        return [first + number for first in FIRST_OF.values() for number in range(BY_DEFAULT)]
    ranges = [part.partition("-") for part in request.split(",")]
    return [seed for first, _, last in ranges for seed in range(int(first), int(last or first) + 1)]


def chunks() -> list[tuple[int, ...]]:
    """Seeds that run side by side: each has namespaces of its own."""
    by_command = [[seed for seed in chosen_seeds() if command_of(seed) == command] for command in FIRST_OF]
    return [tuple(seeds[start : start + 20]) for seeds in by_command for start in range(0, len(seeds), 20)]


def command_of(seed: int) -> str:
    return SYNC if seed >= FIRST_OF[SYNC] else ROTATE


def job_of(seed: int, fault_setup: FaultSetup) -> RotationJob:
    random = Random(seed)  # noqa: S311  a scene
    command = command_of(seed)
    first = seed % 20 * SHARE
    places = fault_setup.namespaces[first : first + random.randint(3, SHARE)]
    states = {place: random.choice(STATES[command]) for place in places} | {places[0]: Held.COPY}
    return RotationJob(command=command, name=f"{command}-{seed}", home=fault_setup.namespaces[-1], states=states)


def run(fault_setup: FaultSetup, seed: int, job: RotationJob) -> list[Result]:
    """Run the command with what the seed determines, and at the same time a second one if it says so."""
    interference = Interference(seed=seed, job=job, plan=FaultPlan(seed=seed, forget=(fault_setup.slug, job.name)))
    flags = (f"--parallel={(1, 2, 4, 16)[seed % 4]}", "--request-timeout=4s")
    with fault_setup.proxy(interference) as proxy:
        kubeconfig = fault_setup.kubeconfig(proxy)
        lines = [(job.arguments, job.environ)]
        if interference.mode in ("twice", "rival"):
            lines += [lines[0] if interference.mode == "twice" else (job.rival_arguments, job.rival_environ)]
        for words, environ in lines:
            started = fault_setup.program.start(*flags, *words, kubeconfig=kubeconfig, env=environ)
            interference.processes.append(started)
        ended = [(process.communicate(timeout=90), process.returncode) for process in interference.processes]
    results = [Result(stdout=stdout, stderr=stderr, status=status) for (stdout, stderr), status in ended]
    allowed = {"killed": {-signal.SIGKILL, 0, 1}, "interrupted": {130, 0, 1}}.get(interference.mode, {0, 1})
    assert {result.status for result in results} <= allowed, results
    return results


def assert_says_nothing_secret(job: RotationJob, results: Iterable[Result]) -> None:
    for result in results:
        assert not [text for text in job.secrets if text in result.stdout + result.stderr]
        assert "Traceback" not in result.stderr, result.stderr


def check(fault_setup: FaultSetup, seed: int) -> None:
    """Run a seed: at its end nothing is half-written, and the same command without faults finishes."""
    job = job_of(seed, fault_setup)
    job.create_objects(fault_setup.api)
    was = Holdings.of(fault_setup.api, job)
    results: list[Result] = []
    try:
        results += run(fault_setup, seed, job)
        now = Holdings.of(fault_setup.api, job)
        won = job.won_by(now)
        first, *others = results if won is job else reversed(results)
        left = unfinished(won, was, now)
        assert first.status or not left, f"not as requested: {left}"
        if MODES[seed % len(MODES)] == "rival" and job.command == ROTATE:
            assert [result.status for result in others] == [1], "both rotations say that they are done"
        if job.command == ROTATE and seed % 4 == 3:
            undo(fault_setup, won, was, results)
        else:
            finish(fault_setup, won, was, results)
        assert_says_nothing_secret(job, results)
    except AssertionError as error:
        said = "\n".join(explanation(job.arguments, result) for result in results)
        error.add_note(f"seed {seed}: {MODES[seed % len(MODES)]} {job.states}\n{said}")
        raise


def finish(fault_setup: FaultSetup, job: RotationJob, was: Holdings, results: list[Result]) -> None:
    """Run the same command without faults: everything is as requested."""
    results.append(fault_setup.program(*job.arguments, env=job.environ, expect=None))
    left = unfinished(job, was, Holdings.of(fault_setup.api, job))
    assert not left, f"not finished: {left}"
    assert results[-1].status == (1 if REFUSED & {*job.states.values()} else 0), "the status of the last run"


def undo(fault_setup: FaultSetup, job: RotationJob, was: Holdings, results: list[Result]) -> None:
    """Go back instead, and end the rotation: everything is as it was before it, and nothing is left of it."""
    has_begun = (job.home, f"{job.name}-previous") in Holdings.of(fault_setup.api, job).secrets
    results.append(fault_setup.program(*job.step_arguments("--undo"), expect=None))
    now = Holdings.of(fault_setup.api, job)
    unfinished(job, was, now)
    for place in (job.home, *job.states):
        assert now.data(place, job.name) == was.data(place, job.name), f"not as before: {place}"
    assert results[-1].status == (0 if has_begun else 1), "the status of --undo"
    results.append(fault_setup.program(*job.step_arguments("--finish", "--yes"), expect=None))
    assert Holdings.of(fault_setup.api, job).secrets.keys() == was.secrets.keys(), "left of the rotation"


@pytest.mark.parametrize("seeds", chunks(), ids=lambda seeds: f"{command_of(seeds[0])} {seeds[0]} to {seeds[-1]}")
def test_interrupted_runs_leave_one_of_two_credentials_and_the_same_command_finishes(
    fault_setup: FaultSetup, seeds: tuple[int, ...]
) -> None:
    with ThreadPoolExecutor(PARALLEL_RUNS) as pool:
        list(pool.map(lambda seed: check(fault_setup, seed), seeds))
