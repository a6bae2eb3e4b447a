"""Told to stop, killed, or left alone by its reader: what a run does then, and what it leaves."""

from __future__ import annotations

import re
import signal
import time
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from faults.assert_report import check_told
from faults.faults import passed_on, slow
from faults.jobs import Before, unmet
from program import Result

if TYPE_CHECKING:
    import subprocess

    from faults.cluster_setup import Ground
    from faults.jobs import Job
    from faults.proxy import Asked, Fault, FaultyProxy

COUNT = 60
SOON = 3.5
"""Seconds: the two that what is under way may take, and what a busy machine takes."""
AT_ONCE = 1.5
"""Seconds, the process's own end included; well below the two that the first signal allows."""


def slow_writes(asked: Asked) -> Fault:
    """A server that takes a third of a second for a write: with two at a time a run would take long."""
    return slow(0.3) if asked.is_write else passed_on


def stuck_writes(asked: Asked) -> Fault:
    return slow(60.0) if asked.is_write else passed_on


def stuck_reads(asked: Asked) -> Fault:
    return passed_on if asked.is_write else slow(60.0)


def job_over(ground: Ground, name: str, count: int) -> Job:
    """Copies: half of them new, half of them changed."""
    names = ground.namespaces[:count]
    return ground.job("copy", name, {name: (Before.NOTHING, Before.STALE)[n % 2] for n, name in enumerate(names)})


def wait_for_writes(proxy: FaultyProxy, count: int) -> None:
    until(lambda: len(proxy.writes) >= count, f"{count} writes")


def ended(process: subprocess.Popen[str]) -> tuple[Result, float]:
    """What the process left, and how many seconds it took from now."""
    began = time.monotonic()
    stdout, stderr = process.communicate(timeout=60)
    return Result(stdout=stdout, stderr=stderr, status=process.returncode), time.monotonic() - began


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"])
def test_signal_ends_a_run_soon_and_it_says_what_was_not_done(
    ground: Ground, number: signal.Signals, status: int
) -> None:
    job = job_over(ground, f"stopped-by-{status}", COUNT)
    was = ground.plant(job)

    with ground.proxy(slow_writes) as proxy, ground.start(job, "--parallel=2", proxy=proxy) as process:
        wait_for_writes(proxy, 9)
        process.send_signal(number)
        result, seconds = ended(process)

    now = ground.seen(job)
    assert result.status == status, result.stderr
    assert seconds < SOON
    bad = check_told(job, Result(stdout=result.stdout, stderr=result.stderr, status=1), (), was, now)
    assert bad == unmet(job, was, now)
    assert f"note: skipped secret/{job.name} in namespace" in result.stderr
    assert result.stderr.splitlines()[-1].endswith(" skipped")
    assert len(proxy.writes) <= 12
    ground.complete(job, was)


def test_signal_while_writes_hang_tells_which_of_them_have_no_known_end(ground: Ground) -> None:
    job = job_over(ground, "hanging", 20)
    was = ground.plant(job)

    with ground.proxy(stuck_writes) as proxy, ground.start(job, "--parallel=2", proxy=proxy) as process:
        wait_for_writes(proxy, 2)
        process.send_signal(signal.SIGINT)
        result, seconds = ended(process)

    assert (result.status, result.stdout) == (130, "")
    assert 1.5 < seconds < SOON
    assert re.search(rf"^warning: secret/{job.name} in namespaces .*: result unknown$", result.stderr, re.MULTILINE)
    assert result.stderr.splitlines()[-1] == "20 namespaces: 18 skipped, 2 unknown"
    assert unmet(job, was, ground.seen(job)) == job.keys


def test_second_signal_ends_a_run_at_once(ground: Ground) -> None:
    job = job_over(ground, "impatient", 20)
    ground.plant(job)

    with ground.proxy(stuck_writes) as proxy, ground.start(job, "--parallel=2", proxy=proxy) as process:
        wait_for_writes(proxy, 2)
        began = time.monotonic()
        until(lambda: is_ended_by_one_more(process), "its end", within=SOON)
        result, _ = ended(process)

    assert time.monotonic() - began < AT_ONCE
    assert result.status == 130
    assert "Traceback" not in result.stderr


def is_ended_by_one_more(process: subprocess.Popen[str]) -> bool:
    process.send_signal(signal.SIGINT)
    return process.poll() is not None


EARLY = {"INT": (signal.SIGINT, 130, "note: interrupted; no changes were made\n"), "TERM": (signal.SIGTERM, 143, "")}


@pytest.mark.parametrize(("number", "status", "said"), EARLY.values(), ids=EARLY.keys())
def test_signal_while_nothing_is_written_yet_ends_a_run_at_once(
    ground: Ground, number: signal.Signals, status: int, said: str
) -> None:
    job = job_over(ground, f"looking-{status}", 4)
    ground.plant(job)

    with ground.proxy(stuck_reads) as proxy, ground.start(job, proxy=proxy) as process:
        until(lambda: proxy.log, "a first request")
        process.send_signal(number)
        result, seconds = ended(process)

    assert seconds < AT_ONCE
    assert result.status in (status, -number)  # to a shell the two are one
    assert (result.stdout, result.stderr) == ("", said)


def test_run_whose_reader_goes_away_begins_no_more_writes(ground: Ground) -> None:
    job = job_over(ground, "unread", 190)
    was = ground.plant(job)

    with ground.proxy(passed_on_slowly) as proxy, ground.start(job, "--parallel=4", proxy=proxy) as process:
        assert process.stdout
        process.stdout.close()
        assert process.stderr
        stderr = process.stderr.read()
        status = process.wait(timeout=60)
        written = len(proxy.writes)

    assert (status, stderr) == (1, "")
    assert written < 2 * 190 * 0.8
    assert len(unmet(job, was, ground.seen(job))) > 0
    ground.complete(job, was)


def passed_on_slowly(asked: Asked) -> Fault:
    return slow(0.01) if asked.is_write else passed_on


@pytest.mark.parametrize("writes", [1, 40, 90])
def test_killed_run_leaves_only_whole_objects_and_the_next_one_finishes(ground: Ground, writes: int) -> None:
    job = job_over(ground, f"killed-{writes}", COUNT)
    was = ground.plant(job)

    with ground.proxy(passed_on_slowly) as proxy, ground.start(job, proxy=proxy) as process:
        wait_for_writes(proxy, writes)
        process.kill()
        ended(process)

    assert unmet(job, was, ground.seen(job))  # which asserts that nothing is half of anything
    ground.complete(job, was)
