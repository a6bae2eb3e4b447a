"""Runs that are interrupted, killed, or write into a closed pipe: what they do, and what they leave."""

from __future__ import annotations

import re
import signal
import time
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from faults.assert_report import assert_report_is_true
from faults.faults import forward, slow
from faults.jobs import Before, unmet_keys
from program import Result

if TYPE_CHECKING:
    import subprocess

    from faults.cluster_setup import FaultSetup
    from faults.jobs import Job
    from faults.proxy import Fault, FaultyProxy, ProxiedRequest

COUNT = 60
SOON = 3.5
"""Seconds: the grace period of two, and some more for a busy machine."""
AT_ONCE = 1.5
"""Seconds, including the end of the process; well below the grace period after a first signal."""


def slow_writes(request: ProxiedRequest) -> Fault:
    """Writes take a third of a second, so that a run with two at a time takes long."""
    return slow(0.3) if request.is_write else forward


def stuck_writes(request: ProxiedRequest) -> Fault:
    return slow(60.0) if request.is_write else forward


def stuck_reads(request: ProxiedRequest) -> Fault:
    return forward if request.is_write else slow(60.0)


def job_over(fault_setup: FaultSetup, name: str, count: int) -> Job:
    """Copies: half of them new, half of them changed."""
    names = fault_setup.namespaces[:count]
    return fault_setup.job("copy", name, {name: (Before.NOTHING, Before.STALE)[n % 2] for n, name in enumerate(names)})


def wait_for_writes(proxy: FaultyProxy, count: int) -> None:
    until(lambda: len(proxy.writes) >= count, f"{count} writes")


def wait_for_end(process: subprocess.Popen[str]) -> tuple[Result, float]:
    """Wait for the process; returns its result and the seconds that it took from now."""
    began = time.monotonic()
    stdout, stderr = process.communicate(timeout=60)
    return Result(stdout=stdout, stderr=stderr, status=process.returncode), time.monotonic() - began


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"])
def test_signal_ends_a_run_soon_with_a_report_of_what_was_skipped(
    fault_setup: FaultSetup, number: signal.Signals, status: int
) -> None:
    job = job_over(fault_setup, f"stopped-by-{status}", COUNT)
    was = fault_setup.create_objects(job)

    with fault_setup.proxy(slow_writes) as proxy, fault_setup.start(job, "--parallel=2", proxy=proxy) as process:
        wait_for_writes(proxy, 9)
        process.send_signal(number)
        result, seconds = wait_for_end(process)

    now = fault_setup.snapshot(job)
    assert result.status == status, result.stderr
    assert seconds < SOON
    bad = assert_report_is_true(job, Result(stdout=result.stdout, stderr=result.stderr, status=1), (), was, now)
    assert bad == unmet_keys(job, was, now)
    assert f"note: skipped secret/{job.name} in namespace" in result.stderr
    assert result.stderr.splitlines()[-1].endswith(" skipped")
    assert len(proxy.writes) <= 12
    fault_setup.complete(job, was)


def test_signal_while_writes_hang_reports_unknown_results(fault_setup: FaultSetup) -> None:
    job = job_over(fault_setup, "hanging", 20)
    was = fault_setup.create_objects(job)

    with fault_setup.proxy(stuck_writes) as proxy, fault_setup.start(job, "--parallel=2", proxy=proxy) as process:
        wait_for_writes(proxy, 2)
        process.send_signal(signal.SIGINT)
        result, seconds = wait_for_end(process)

    assert (result.status, result.stdout) == (130, "")
    assert 1.5 < seconds < SOON
    assert re.search(rf"^warning: secret/{job.name} in namespaces .*: result unknown$", result.stderr, re.MULTILINE)
    assert result.stderr.splitlines()[-1] == "20 namespaces: 18 skipped, 2 unknown"
    assert unmet_keys(job, was, fault_setup.snapshot(job)) == job.keys


def test_second_signal_ends_a_run_at_once(fault_setup: FaultSetup) -> None:
    job = job_over(fault_setup, "impatient", 20)
    fault_setup.create_objects(job)

    with fault_setup.proxy(stuck_writes) as proxy, fault_setup.start(job, "--parallel=2", proxy=proxy) as process:
        wait_for_writes(proxy, 2)
        began = time.monotonic()
        until(lambda: is_ended_by_another_signal(process), "its end", within=SOON)
        result, _ = wait_for_end(process)

    assert time.monotonic() - began < AT_ONCE
    assert result.status == 130
    assert "Traceback" not in result.stderr


def is_ended_by_another_signal(process: subprocess.Popen[str]) -> bool:
    process.send_signal(signal.SIGINT)
    return process.poll() is not None


EARLY = {"INT": (signal.SIGINT, 130, "note: interrupted; no changes were made\n"), "TERM": (signal.SIGTERM, 143, "")}


@pytest.mark.parametrize(("number", "status", "said"), EARLY.values(), ids=EARLY.keys())
def test_signal_before_the_first_write_ends_a_run_at_once(
    fault_setup: FaultSetup, number: signal.Signals, status: int, said: str
) -> None:
    job = job_over(fault_setup, f"looking-{status}", 4)
    fault_setup.create_objects(job)

    with fault_setup.proxy(stuck_reads) as proxy, fault_setup.start(job, proxy=proxy) as process:
        until(lambda: proxy.log, "a first request")
        process.send_signal(number)
        result, seconds = wait_for_end(process)

    assert seconds < AT_ONCE
    assert result.status in (status, -number)  # the same to a shell
    assert (result.stdout, result.stderr) == ("", said)


def test_run_into_a_closed_pipe_starts_no_more_writes(fault_setup: FaultSetup) -> None:
    job = job_over(fault_setup, "unread", 190)
    was = fault_setup.create_objects(job)

    with fault_setup.proxy(forward_slowly) as proxy, fault_setup.start(job, "--parallel=4", proxy=proxy) as process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        stderr = process.stderr.read()
        status = process.wait(timeout=60)
        written = len(proxy.writes)

    assert (status, stderr) == (1, "")
    assert written < 2 * 190 * 0.8
    assert len(unmet_keys(job, was, fault_setup.snapshot(job))) > 0
    fault_setup.complete(job, was)


def forward_slowly(request: ProxiedRequest) -> Fault:
    return slow(0.01) if request.is_write else forward


@pytest.mark.parametrize("writes", [1, 40, 90])
def test_killed_run_leaves_complete_objects_and_the_next_run_completes_it(fault_setup: FaultSetup, writes: int) -> None:
    job = job_over(fault_setup, f"killed-{writes}", COUNT)
    was = fault_setup.create_objects(job)

    with fault_setup.proxy(forward_slowly) as proxy, fault_setup.start(job, proxy=proxy) as process:
        wait_for_writes(proxy, writes)
        process.kill()
        wait_for_end(process)

    assert unmet_keys(job, was, fault_setup.snapshot(job))  # which asserts that no object is incomplete
    fault_setup.complete(job, was)
