"""When the next attempt comes: by the events of the attempts, or by the pod's age, as observed on a real kubelet."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from pullsecret.model.doctor.pull_backoff import Pulls, next_after, next_for_age, next_sync

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SEEN = (0, 14, 40, 91, 180, 345)
"""Seconds of the pod's age at which attempts came, on a real kubelet; later ones at most 300 s and a sync apart."""


@pytest.mark.parametrize("number", range(1, len(SEEN)))
def test_observed_attempt_is_within_the_range_from_its_events(number: int) -> None:
    last, seen = NOON + timedelta(seconds=SEEN[number - 1]), NOON + timedelta(seconds=SEEN[number])

    due = next_after(Pulls(count=number, last=last))

    assert due.earliest <= seen <= due.latest + timedelta(seconds=1)


BACK_OFF = {1: 10, 2: 20, 3: 40, 4: 80, 5: 160, 6: 300, 7: 300, 1000: 300}


@pytest.mark.parametrize(("count", "seconds"), BACK_OFF.items(), ids=map(str, BACK_OFF))
def test_back_off_doubles_up_to_five_minutes(count: int, seconds: int) -> None:
    assert next_after(Pulls(count=count, last=NOON)).after(NOON) == (seconds, seconds + 15)


AGES = {"just-made": (0, 10, 25), "after-the-second": (30, 8, 23), "an-hour": (3600, 0, 315)}


@pytest.mark.parametrize(("age", "earliest", "latest"), AGES.values(), ids=AGES.keys())
def test_attempt_without_events_is_estimated_from_the_age(age: int, earliest: int, latest: int) -> None:
    due = next_for_age(NOON - timedelta(seconds=age), NOON)

    assert due.after(NOON)[1] <= latest
    assert due.after(NOON)[0] >= earliest - 10


def test_overdue_attempt_may_come_at_any_moment() -> None:
    assert next_after(Pulls(count=1, last=NOON - timedelta(hours=1))).after(NOON) == (0, 0)


def test_pod_with_a_malformed_secret_is_retried_at_the_next_sync() -> None:
    assert next_sync(NOON).after(NOON) == (0, 15)
