"""The server or the program ends at each request of a run that recreates secrets: none is lost, all is reported."""

from __future__ import annotations

import signal
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from faults.faults import forward, reset_after, reset_before
from faults.jobs import Before, Snapshot
from program import Result

if TYPE_CHECKING:
    import subprocess

    from faults.cluster_setup import FaultSetup
    from faults.jobs import Job
    from faults.proxy import Exchange, Fault, ProxiedRequest

NAMESPACES = 3
"""How many secrets each run recreates at once."""
WRITES = {
    "create-dry-run": ("POST", "secrets", 0),
    "delete-dry-run": ("DELETE", "NAME", 0),
    "create-sibling": ("POST", "secrets", 1),
    "delete": ("DELETE", "NAME", 1),
    "create": ("POST", "secrets", 2),
    "delete-sibling": ("DELETE", "SIBLING", 0),
}
"""The writes of one recreation, in their order: the method, the last part of the path, and which of these it is."""
TEMPORARY = (0.6, 2.0, 5.0)
FOR_EVER = 3600.0


def is_write(request: ProxiedRequest, write: str, name: str) -> bool:
    method, last, nth = WRITES[write]
    end = request.path.rpartition("/")[2]
    is_place = end == {"NAME": name, "secrets": "secrets"}.get(last) or (last == "SIBLING" and "-recreate-" in end)
    return (request.method, request.nth) == (method, nth) and is_place


@dataclass(kw_only=True)
class Outage:
    """From a write on, the server answers nothing for some seconds; that write itself may have been processed."""

    name: str
    write: str
    seconds: float
    is_processed: bool
    ends: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: ProxiedRequest) -> Fault:
        with self.lock:
            if not self.ends and is_write(request, self.write, self.name):
                self.ends = time.monotonic() + self.seconds
                return reset_after if self.is_processed else reset_before
        return reset_before if time.monotonic() < self.ends else forward


def job_at(fault_setup: FaultSetup, name: str, number: int) -> Job:
    """A job over its own three namespaces: an immutable secret, one of the legacy type, and another immutable one."""
    names = fault_setup.namespaces[number * NAMESPACES : (number + 1) * NAMESPACES]
    before = (Before.IMMUTABLE, Before.LEGACY, Before.IMMUTABLE)
    return fault_setup.job("recreate", name, dict(zip(names, before, strict=True)))


def assert_nothing_is_lost(job: Job, was: Snapshot, now: Snapshot, report: str | None) -> None:
    """Assert that each secret, its sibling or the new one exists, and that the report, if any, names what is left."""
    for namespace in job.before:
        found, sibling = now.secrets.get(namespace), now.siblings.get(namespace)
        old = was.secrets[namespace]["data"]
        assert found is not None or (sibling is not None and sibling["data"] == old), f"lost in {namespace}: {report}"
        if report is not None and (found is None or sibling is not None):
            assert f"secret/{job.name}-recreate-" in report, report
            assert namespace in report, report


@pytest.mark.parametrize("seconds", [*TEMPORARY, FOR_EVER], ids=["0.6s", "2s", "5s", "for-ever"])
def test_outage_at_each_request_loses_no_secret_and_the_next_run_finishes(
    fault_setup: FaultSetup, seconds: float
) -> None:
    cases = [(write, is_processed) for write in WRITES for is_processed in (False, True)]
    jobs = [job_at(fault_setup, f"outage-{int(seconds)}-{number}", number) for number in range(len(cases))]
    was = [fault_setup.create_objects(job) for job in jobs]

    def run(job: Job, case: tuple[str, bool]) -> Result:
        write, is_processed = case
        outage = Outage(name=job.name, write=write, seconds=seconds, is_processed=is_processed)
        with fault_setup.proxy(outage) as proxy:
            result = fault_setup.run(job, proxy=proxy)
        assert outage.ends, "the outage never began"
        return result

    with ThreadPoolExecutor(len(cases)) as pool:  # they wait most of the time
        results = list(pool.map(run, jobs, cases))

    for job, before, result in zip(jobs, was, results, strict=True):
        now = fault_setup.snapshot(job)
        assert_nothing_is_lost(job, before, now, result.stderr)
        assert result.status == (1 if seconds == FOR_EVER else 0), result
        fault_setup.complete(job, before)


def hold(exchange: Exchange) -> None:
    """The server processes the request, and its answer never comes."""
    exchange.forward()
    exchange.wait(60)


def never_send(exchange: Exchange) -> None:
    exchange.wait(60)


@pytest.fixture(params=[False, True], ids=["unprocessed", "processed"])
def at_write(request: pytest.FixtureRequest) -> Fault:
    """What happens to the write during which the program ends."""
    return hold if request.param else never_send


@pytest.mark.parametrize("end", ["KILL", "TERM", "TERM-twice"])
def test_end_of_the_program_at_each_request_loses_no_secret_and_the_next_run_finishes(
    fault_setup: FaultSetup, at_write: Fault, end: str
) -> None:
    jobs = {
        write: job_at(fault_setup, f"{end.lower()}-{at_write.__name__[0]}-{number}", number)
        for number, write in enumerate(WRITES)
    }
    was = {write: fault_setup.create_objects(job) for write, job in jobs.items()}

    def run(write: str) -> Result:
        job = jobs[write]

        def decide(request: ProxiedRequest) -> Fault:
            return at_write if is_write(request, write, job.name) else forward

        with fault_setup.proxy(decide) as proxy, fault_setup.start(job, proxy=proxy) as process:
            until(lambda: any(fault == at_write.__name__ for _, fault in list(proxy.log)), f"the write {write}")
            process.send_signal(signal.SIGKILL if end == "KILL" else signal.SIGTERM)
            if end == "TERM-twice":
                until(lambda: is_ended_by_another_signal(process), "its end")
            stdout, stderr = process.communicate(timeout=60)
        return Result(stdout=stdout, stderr=stderr, status=process.returncode)

    with ThreadPoolExecutor(len(jobs)) as pool:
        results = dict(zip(jobs, pool.map(run, jobs), strict=True))

    for write, job in jobs.items():
        now, result = fault_setup.snapshot(job), results[write]
        assert result.status == (-signal.SIGKILL if end == "KILL" else 128 + signal.SIGTERM), result
        assert_nothing_is_lost(job, was[write], now, None if end == "KILL" else result.stderr)
        finished = fault_setup.complete(job, was[write])
        assert finished.stderr.count(" of an interrupted run with --recreate; finishing it\n") == len(now.siblings)


def is_ended_by_another_signal(process: subprocess.Popen[str]) -> bool:
    process.send_signal(signal.SIGTERM)
    return process.poll() is not None
