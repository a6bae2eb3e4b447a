"""A server that answers 429: everything is done in the end, with fewer concurrent writes meanwhile."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from faults.faults import forward, slow, throttled
from faults.jobs import Before, unmet_keys

if TYPE_CHECKING:
    from faults.cluster_setup import FaultSetup
    from faults.proxy import Fault, ProxiedRequest

PAUSE = 1
"""Seconds, for Retry-After."""


class Busy:
    """Rejects writes for a while, from a certain one on; `before` and `after` are the numbers of writes in flight."""

    def __init__(self, from_write: int, lasts: float) -> None:
        self.from_write, self.lasts = from_write, lasts
        self.writes = self.rejected = self.early = 0
        self.ends = float("inf")
        self.before: list[int] = []
        self.after: list[int] = []

    def __call__(self, request: ProxiedRequest) -> Fault:
        if not request.is_write:
            return forward
        self.writes += 1
        if self.writes == self.from_write:
            self.ends = time.monotonic() + self.lasts
        if self.writes < self.from_write:
            self.before.append(request.in_flight)
            return slow(0.03)
        if time.monotonic() < self.ends:
            self.rejected += 1
            return throttled(PAUSE)
        self.after.append(request.in_flight)
        return slow(0.03)


def test_run_waits_for_retry_after_and_has_fewer_writes_in_flight_after_429(fault_setup: FaultSetup) -> None:
    job = fault_setup.job("copy", "throttled", dict.fromkeys(fault_setup.namespaces[:80], Before.NOTHING))
    was = fault_setup.create_objects(job)
    busy = Busy(from_write=40, lasts=0.6)

    with fault_setup.proxy(busy) as proxy:
        result = fault_setup.run(job, "--parallel=16", proxy=proxy)

    assert (result.status, unmet_keys(job, was, fault_setup.snapshot(job))) == (0, set()), result.stderr
    assert max(busy.before) > 12  # of at most 16
    assert 0 < busy.rejected <= 16 * 2  # no retry before Retry-After has passed
    assert max(busy.after[:10]) <= 8
