"""When the kubelet tries to pull an image again.

Back-off after a failure is 10, 20, 40, 80, 160, then always 300 seconds, and the pod's next sync comes up to 15 seconds
later (kubelet: pkg/kubelet/kubelet.go, imageBackOffPeriod and MaxImageBackOff; measured: at 0, 13, 40, 91, 180, 340
seconds of the pod's age). A malformed secret blocks a pull before it is an attempt: that is retried at every sync.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

FIRST, LONGEST, SYNC = 10, 300, 15
LONGEST_PAUSE = timedelta(seconds=LONGEST + SYNC)
"""The kubelet has tried within this time, unless the pod is newer."""

_STEADY = 6
"""From this number of failures on, the back-off is the longest."""


@dataclass(frozen=True, kw_only=True)
class Pulls:
    """What the event `Pulling` reports for one image of a pod: the number of attempts, and the time of the last one.

    `last` is a whole second; `version`, the event's resourceVersion, shows what came first within it (comparable from
    Kubernetes 1.35 on, and in fact before; 0 when it is not known).
    """

    count: int
    last: datetime
    version: int = 0


def merged_pulls(one: Pulls, other: Pulls) -> Pulls:
    """What two events of the same image report, as where a node's clock or name changed."""
    later = max(one, other, key=lambda pulls: (pulls.last, pulls.version))
    return Pulls(count=one.count + other.count, last=later.last, version=later.version)


@dataclass(frozen=True, kw_only=True)
class Due:
    """Between which two moments the next attempt comes."""

    earliest: datetime
    latest: datetime

    def after(self, now: datetime) -> tuple[int, int]:
        """The same in seconds from now, never below 0."""
        return tuple(max(0, round((at - now).total_seconds())) for at in (self.earliest, self.latest))  # type: ignore[return-value]


def next_after(pulls: Pulls) -> Due:
    """The next attempt after the last one that failed."""
    backoff = timedelta(seconds=_backoff(pulls.count))
    return Due(earliest=pulls.last + backoff, latest=pulls.last + backoff + timedelta(seconds=SYNC))


def next_for_age(created: datetime, now: datetime) -> Due:
    """The next attempt of a pod that has tried since its creation; the best guess where its events are gone.

    At worst it is a whole longest back-off away: the attempts of an older pod are not known.
    """
    soonest = created
    for failure in range(1, _STEADY):
        due = Due(
            earliest=soonest + timedelta(seconds=_backoff(failure)),
            latest=soonest + timedelta(seconds=_backoff(failure) + SYNC),
        )
        if now <= due.latest:
            return due
        soonest = due.latest - timedelta(seconds=SYNC // 2)
    return Due(earliest=now, latest=now + timedelta(seconds=LONGEST + SYNC))


def next_sync(now: datetime) -> Due:
    """The kubelet's next sync of a pod that it blocked before any attempt."""
    return Due(earliest=now, latest=now + timedelta(seconds=SYNC))


def _backoff(failures: int) -> int:
    return LONGEST if failures >= _STEADY else min(LONGEST, FIRST * 2 ** max(0, failures - 1))
