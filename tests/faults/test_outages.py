"""The API server is killed and restarted, or etcd is stopped for a while, during runs."""

from __future__ import annotations

import os
import signal
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Self

import pytest

from control_plane.api import Api
from control_plane.plane import ControlPlane
from control_plane.waiting import until
from faults.assert_report import assert_report_is_true
from faults.cluster_setup import FaultSetup, random_state
from faults.faults import slow
from namespaces import Namespaces

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from faults.jobs import Job, Snapshot
    from faults.proxy import FaultyProxy
    from program import Result

PARALLEL_RUNS = 8
"""Concurrent runs; all but one go through a slow proxy, so that the outage happens in their middle."""
SHARE = 6


@pytest.fixture(scope="module")
def fragile_plane() -> Iterator[ControlPlane]:
    """A cluster for these tests alone."""
    with ControlPlane() as plane:
        yield plane


@pytest.fixture(scope="module")
def fragile_api(fragile_plane: ControlPlane) -> Iterator[Api]:
    with Api(fragile_plane.access) as api:
        yield api


@pytest.fixture(scope="module")
def fragile_crowd(fragile_api: Api) -> list[str]:
    return Namespaces(fragile_api, "fragile")(PARALLEL_RUNS * SHARE + 1)


@pytest.fixture
def fragile(
    fault_setup: FaultSetup, fragile_plane: ControlPlane, fragile_api: Api, fragile_crowd: list[str]
) -> FaultSetup:
    """That cluster, reachable through proxies."""
    return replace(fault_setup, plane=fragile_plane, api=fragile_api, namespaces=fragile_crowd)


class Runs:
    """The parts of one job, run concurrently; the first one without a proxy."""

    def __init__(self, fault_setup: FaultSetup, job: Job, flags: Sequence[Sequence[str]]) -> None:
        self.setup, self.flags = fault_setup, flags
        names = list(job.before)
        self.parts = [job.part(names[part * SHARE : (part + 1) * SHARE]) for part in range(PARALLEL_RUNS)]
        self.proxies: list[FaultyProxy] = []
        self._stack = ExitStack()

    def __enter__(self) -> Self:
        self.proxies = [self._stack.enter_context(self.setup.proxy(lambda _: slow(0.05))) for _ in self.parts[1:]]
        pool = self._stack.enter_context(ThreadPoolExecutor(PARALLEL_RUNS))
        ways = (None, *self.proxies)
        self.running = [
            pool.submit(self.setup.run, part, "--parallel=2", *flags, proxy=way)
            for part, flags, way in zip(self.parts, self.flags, ways, strict=True)
        ]
        return self

    def __exit__(self, *_: object) -> None:
        self._stack.close()

    def wait_for_writes(self, count: int) -> None:
        until(lambda: sum(len(proxy.writes) for proxy in self.proxies) >= count, f"{count} writes")

    def results(self) -> list[Result]:
        return [run.result() for run in self.running]

    def check(self, was: Snapshot, now: Snapshot) -> list[Result]:
        """Assert that all reports are true; any answer may have been lost."""
        for part, result in zip(self.parts, self.results(), strict=True):
            assert_report_is_true(part, result, part.before.keys(), was, now)
        return self.results()


def job_in(fault_setup: FaultSetup, command: str, seed: int) -> Job:
    random = Random(seed)  # noqa: S311  a scene
    return fault_setup.job(command, f"{command}-{seed}", random_state(random, command, fault_setup.namespaces[:-1]))


@pytest.mark.parametrize(("command", "writes"), [("copy", 1), ("create", 25), ("recreate", 50)])
def test_apiserver_killed_and_restarted_during_runs(
    fragile: FaultSetup, fragile_plane: ControlPlane, command: str, writes: int
) -> None:
    job = job_in(fragile, command, writes)
    was = fragile.create_objects(job)

    with Runs(fragile, job, [()] * PARALLEL_RUNS) as runs:
        runs.wait_for_writes(writes)
        fragile_plane.stop_apiserver()
        fragile_plane.start_apiserver()
        runs.results()
    runs.check(was, fragile.snapshot(job))

    fragile.complete(job, was)


def test_etcd_stopped_for_a_while_during_runs(fragile: FaultSetup, fragile_plane: ControlPlane) -> None:
    job = job_in(fragile, "copy", 100)
    was = fragile.create_objects(job)
    hasty = ("--request-timeout=500ms",)

    with Runs(fragile, job, [()] * 5 + [hasty] * 3) as runs:
        runs.wait_for_writes(8)
        os.kill(pid_of_etcd(fragile_plane), signal.SIGSTOP)
        try:
            hasty_results = [run.result() for run in runs.running[5:]]
        finally:
            os.kill(pid_of_etcd(fragile_plane), signal.SIGCONT)
        runs.results()
    owner = runs.check(was, fragile.snapshot(job))[:5]

    assert all("Client.Timeout exceeded" in result.stderr for result in hasty_results)
    assert [result.status for result in owner] == [1 if part.refused else 0 for part in runs.parts[:5]]
    fragile.complete(job, was)


def pid_of_etcd(plane: ControlPlane) -> int:
    return next(pid for pid in plane.pids if b"\0etcd\0" in Path(f"/proc/{pid}/cmdline").read_bytes())
