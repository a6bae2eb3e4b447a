"""A server that asks for less: all is done in the end, and meanwhile less is asked of it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from faults.faults import passed_on, slow, throttled
from faults.jobs import Before, unmet

if TYPE_CHECKING:
    from faults.cluster_setup import Ground
    from faults.proxy import Asked, Fault

PAUSE = 1
"""Seconds, as Retry-After has them."""


class Busy:
    """Turns writes away for a while from a certain one on; `before` and `after` are how many were under way at once."""

    def __init__(self, from_write: int, lasts: float) -> None:
        self.from_write, self.lasts = from_write, lasts
        self.writes = self.turned_away = self.early = 0
        self.ends = float("inf")
        self.before: list[int] = []
        self.after: list[int] = []

    def __call__(self, asked: Asked) -> Fault:
        if not asked.is_write:
            return passed_on
        self.writes += 1
        if self.writes == self.from_write:
            self.ends = time.monotonic() + self.lasts
        if self.writes < self.from_write:
            self.before.append(asked.under_way)
            return slow(0.03)
        if time.monotonic() < self.ends:
            self.turned_away += 1
            return throttled(PAUSE)
        self.after.append(asked.under_way)
        return slow(0.03)


def test_run_waits_as_asked_and_has_fewer_writes_under_way_after_429(ground: Ground) -> None:
    job = ground.job("copy", "throttled", dict.fromkeys(ground.namespaces[:80], Before.NOTHING))
    was = ground.plant(job)
    busy = Busy(from_write=40, lasts=0.6)

    with ground.proxy(busy) as proxy:
        result = ground.run(job, proxy=proxy)

    assert (result.status, unmet(job, was, ground.seen(job))) == (0, set()), result.stderr
    assert max(busy.before) > 12  # of the 16 that it may have
    assert 0 < busy.turned_away <= 16 * 2  # nobody asked again before the time was over
    assert max(busy.after[:10]) <= 8
