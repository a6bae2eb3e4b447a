"""Runs in bad weather, each by a seed: afterwards the cluster is as asked, or the run has said exactly where it is not.

Again in the weather of some seeds: `KUBECTL_PULLSECRET_TEST_SEEDS=17,42 pytest tests/faults/test_seeded_runs.py`.
"""

from __future__ import annotations

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from random import Random
from typing import TYPE_CHECKING

import pytest

from faults.assert_report import check_told, lost_answers
from faults.cluster_setup import observed
from faults.fault_plan import Weather
from faults.jobs import PROMISES
from program import explanation

if TYPE_CHECKING:
    from collections.abc import Sequence

    from faults.cluster_setup import Ground
    from faults.jobs import Before, Job, Snapshot
    from faults.proxy import Asked
    from program import Result

CHUNK = 27
CHUNKS = 10
ASIDE = 8
"""How many runs at a time: most of them wait, most of the time."""
LAND = 7
"""How many namespaces a seed may use; its own ones, so that it meets the same requests again."""
COMMANDS = tuple(PROMISES)


@dataclass(frozen=True, kw_only=True)
class Ran:
    """A run that is over."""

    weather: Weather
    job: Job
    result: Result
    log: list[tuple[Asked, str]]

    def check(self, was: Snapshot, now: Snapshot) -> None:
        """Assert that what it told is true, and that it bore what it should bear."""
        try:
            bad = check_told(self.job, self.result, lost_answers(self.log), was, now)
            if not self.weather.lasts and self.job.command != "replace":  # whose single change is three requests
                assert bad == self.job.refused, "not borne"
        except AssertionError as error:
            error.add_note(f"{self.weather}\n{explanation(self.job.arguments, self.result)}")
            raise


def run(ground: Ground, seed: int, job: Job) -> Ran:
    """A seed's own part of the job, in its weather."""
    part = job.part(land_of(seed, job.command, ground.namespaces))
    weather = Weather(seed=seed, forget=(ground.slug, job.name))
    with ground.proxy(weather) as proxy:
        result = ground.run(part, f"--parallel={(1, 2, 4, 16)[seed % 4]}", proxy=proxy)
    return Ran(weather=weather, job=part, result=result, log=proxy.log)


def land_of(seed: int, command: str, namespaces: Sequence[str]) -> dict[str, Before]:
    """A seed's own namespaces, with what is there before."""
    random = Random(seed)  # noqa: S311  a scene
    first = seed % CHUNK * LAND
    return observed(random, command, namespaces[first : first + random.choice((1, 3, 4, 5, 6, 7))])


def command_of(seed: int) -> str:
    """A chunk's seeds have one command, so that one run completes them all."""
    return COMMANDS[seed // CHUNK % len(COMMANDS)]


def chosen_chunks() -> list[tuple[int, ...]]:
    """All seeds, or those asked for, one by one."""
    asked = os.environ.get("KUBECTL_PULLSECRET_TEST_SEEDS")
    if asked:
        return [(int(seed),) for seed in asked.split(",")]
    return [tuple(range(number * CHUNK, (number + 1) * CHUNK)) for number in range(CHUNKS)]


def id_of(seeds: tuple[int, ...]) -> str:
    return f"{command_of(seeds[0])} {seeds[0]} to {seeds[-1]}"


@pytest.mark.parametrize("seeds", chosen_chunks(), ids=id_of)
def test_runs_in_bad_weather_tell_the_truth_and_one_in_good_weather_completes_them(
    ground: Ground, seeds: tuple[int, ...]
) -> None:
    command = command_of(seeds[0])
    before = {name: held for seed in seeds for name, held in land_of(seed, command, ground.namespaces).items()}
    job = ground.job(command, f"{command}-{seeds[0]}", before)
    was = ground.plant(job)

    with ThreadPoolExecutor(ASIDE) as pool:
        runs = list(pool.map(lambda seed: run(ground, seed, job), seeds))
    now = ground.seen(job)
    for ran in runs:
        ran.check(was, now)

    ground.complete(job, was)
