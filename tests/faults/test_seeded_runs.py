"""Runs with random faults, by seed: afterwards the cluster is as requested, or the run has reported where it is not.

To repeat some seeds: `KUBECTL_PULLSECRET_TEST_SEEDS=17,42 pytest tests/faults/test_seeded_runs.py`.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import pytest

from faults.assert_report import assert_report_is_true, lost_answers
from faults.cluster_setup import random_state
from faults.fault_plan import FaultPlan
from faults.jobs import EXPECTATIONS
from program import explanation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faults.cluster_setup import FaultSetup
    from faults.jobs import Before, Job, Snapshot
    from faults.proxy import ProxiedRequest
    from program import Result

CHUNK = 27
CHUNKS = 10
PARALLEL_RUNS = 8
"""Concurrent runs; most of them wait most of the time."""
SHARE = 7
"""The number of namespaces for each seed; its own ones, so that its requests are always the same."""
COMMANDS = tuple(EXPECTATIONS)


@dataclass(frozen=True, kw_only=True)
class FinishedRun:
    """A run that has ended."""

    plan: FaultPlan
    job: Job
    result: Result
    log: list[tuple[ProxiedRequest, str]]

    def check(self, was: Snapshot, now: Snapshot) -> None:
        """Assert that the report is true, and that temporary faults were tolerated."""
        try:
            bad = assert_report_is_true(self.job, self.result, lost_answers(self.log), was, now)
            if not self.plan.lasts:
                assert bad == self.job.refused, "a temporary fault was not tolerated"
        except AssertionError as error:
            error.add_note(f"{self.plan}\n{explanation(self.job.arguments, self.result)}")
            raise


def run(fault_setup: FaultSetup, seed: int, job: Job) -> FinishedRun:
    """Run a seed's part of the job with its faults."""
    part = job.part(namespaces_of(seed, job.command, fault_setup.namespaces))
    plan = FaultPlan(seed=seed, forget=(fault_setup.slug, job.name))
    with fault_setup.proxy(plan) as proxy:
        result = fault_setup.run(part, f"--parallel={(1, 2, 4, 16)[seed % 4]}", proxy=proxy)
    return FinishedRun(plan=plan, job=part, result=result, log=proxy.log)


def namespaces_of(seed: int, command: str, namespaces: Sequence[str]) -> dict[str, Before]:
    """A seed's namespaces, with what exists before the run."""
    random = Random(seed)  # noqa: S311  a scene
    first = seed % CHUNK * SHARE
    return random_state(random, command, namespaces[first : first + random.choice((1, 3, 4, 5, 6, 7))])


def command_of(seed: int) -> str:
    """The command of a chunk's seeds: the same for all, so that one run completes them."""
    return COMMANDS[seed // CHUNK % len(COMMANDS)]


def chosen_chunks() -> list[tuple[int, ...]]:
    """All seeds, or the requested ones one by one."""
    request = os.environ.get("KUBECTL_PULLSECRET_TEST_SEEDS")
    if request:
        return [(int(seed),) for seed in request.split(",")]
    return [tuple(range(number * CHUNK, (number + 1) * CHUNK)) for number in range(CHUNKS)]


def id_of(seeds: tuple[int, ...]) -> str:
    return f"{command_of(seeds[0])} {seeds[0]} to {seeds[-1]}"


@pytest.mark.parametrize("seeds", chosen_chunks(), ids=id_of)
def test_runs_with_faults_report_the_truth_and_a_run_without_completes_them(
    fault_setup: FaultSetup, seeds: tuple[int, ...]
) -> None:
    command = command_of(seeds[0])
    before = {
        name: held for seed in seeds for name, held in namespaces_of(seed, command, fault_setup.namespaces).items()
    }
    job = fault_setup.job(command, f"{command}-{seeds[0]}", before)
    was = fault_setup.create_objects(job)

    with ThreadPoolExecutor(PARALLEL_RUNS) as pool:
        runs = list(pool.map(lambda seed: run(fault_setup, seed, job), seeds))
    now = fault_setup.snapshot(job)
    for ran in runs:
        ran.check(was, now)

    fault_setup.complete(job, was)
