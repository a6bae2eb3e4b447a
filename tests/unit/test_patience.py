"""How long a run repeats writes that get no answer."""

from __future__ import annotations

import pytest

from pullsecret.apply import terms
from pullsecret.apply.terms import ENOUGH, Patience


class Clock:
    """A clock that a test sets."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(terms, "time", made)
    return made


def fail_until(clock: Clock, end: float, known: Patience) -> None:
    while clock.now < end:
        clock.now += 1.0
        known.note_failure()


def test_patience_ends_after_its_time_and_not_before_a_few_attempts(clock: Clock) -> None:
    known = Patience(15)

    fail_until(clock, 1010, known)
    early = known.is_over(ENOUGH, since=clock.now)
    fail_until(clock, 1020, known)

    assert (early, known.is_over(ENOUGH, since=clock.now), known.is_over(ENOUGH - 1, since=0)) == (False, True, False)


def test_patience_begins_again_after_a_recovery(clock: Clock) -> None:
    known = Patience(15)

    fail_until(clock, 1014, known)
    known.note_recovery()
    fail_until(clock, 1020, known)

    assert not known.is_over(ENOUGH, since=clock.now)


def test_patience_begins_again_after_a_time_without_failures(clock: Clock) -> None:
    known = Patience(15)

    fail_until(clock, 1020, known)
    clock.now += 60
    known.note_failure()

    assert not known.is_over(ENOUGH, since=clock.now)


def test_patience_ends_where_each_attempt_takes_longer_than_it(clock: Clock) -> None:
    known = Patience(0.5)

    since = known.note_failure()
    clock.now += 0.7
    known.note_failure()

    assert known.is_over(ENOUGH, since)
