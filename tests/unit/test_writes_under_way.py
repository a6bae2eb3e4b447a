"""How many writes may be under way: what follows from answers and refusals, and what comes of it against servers."""

from __future__ import annotations

from dataclasses import replace

import pytest
from simulated_run import Server, simulated_run

from pullsecret.apply.concurrency import FEWEST, LEAST, MOST, Concurrency, fixed, following
from pullsecret.apply.throttle import Rounds, Slot

HERE = following(0.0)
RESTING = replace(HERE, rate=1000.0, resting=1)
TRIAL = replace(HERE, limit=16, rate=1000.0)
FEWER = replace(HERE, limit=16, kept=32, rate=1000.0)

FIRST = {0.0: LEAST, 0.005: 11, 0.04: 32, 0.08: 56, 0.15: 96, 3.0: 96}

ROUNDS: dict[str, tuple[Concurrency, float, int, int]] = {
    "the-first-one-is-followed-by-a-trial": (HERE, 0.008, 16, 8),
    "more-writes-a-second": (TRIAL, 0.010, 32, 16),
    "only-slower-answers": (TRIAL, 0.016, 8, 8),
    "a-little-more": (TRIAL, 0.0145, 8, 8),
    "while-resting": (RESTING, 0.008, 8, 8),
    "half-does-as-well": (FEWER, 0.016, 16, 16),
    "half-does-worse": (FEWER, 0.024, 32, 32),
    "never-more-than-most": (replace(TRIAL, limit=100, kept=64), 0.001, MOST, 100),
    "at-most": (replace(HERE, limit=MOST, kept=MOST), 0.001, MOST, MOST),
    "below-where-the-server-refused": (replace(TRIAL, limit=20, kept=20, refused=41), 0.001, 40, 20),
    "just-below-where-the-server-refused": (replace(TRIAL, limit=30, kept=30, refused=41), 0.001, 40, 30),
    "a-few-more-after-a-long-rest": (replace(TRIAL, limit=40, kept=40, refused=41), 0.001, 50, 40),
    "fixed": (fixed(16), 0.001, 16, 16),
    "fixed-after-refusal": (replace(fixed(16), limit=8), 9.0, 9, 16),
}
"""Before, seconds for an answer, and then: the limit, and that to which it returns."""

SERVERS = {
    "here": Server(round_trip=0.0002, workers=2, seconds=0.001),
    "here-with-slow-writes": Server(round_trip=0.0002, workers=16, seconds=0.010),
    "5-ms": Server(round_trip=0.005, workers=2, seconds=0.001),
    "40-ms": Server(round_trip=0.040, workers=2, seconds=0.0015),
    "80-ms": Server(round_trip=0.080, workers=2, seconds=0.0015),
    "150-ms": Server(round_trip=0.150, workers=2, seconds=0.001),
    "a-large-one-at-80-ms": Server(round_trip=0.080, workers=40, seconds=0.020),
}
FIXED = (8, 16, 32, 64, 128)


@pytest.mark.parametrize(("round_trip", "limit"), FIRST.items())
def test_first_limit_fits_the_distance(round_trip: float, limit: int) -> None:
    assert following(round_trip).limit == limit


@pytest.mark.parametrize(("before", "seconds", "limit", "kept"), ROUNDS.values(), ids=ROUNDS.keys())
def test_round_of_answers_gives_the_next_limit(before: Concurrency, seconds: float, limit: int, kept: int) -> None:
    after = before.after_round(seconds)

    assert (after.limit, after.kept) == (limit, kept)


def test_failed_trials_become_rare() -> None:
    once = TRIAL.after_round(0.016)
    twice = replace(once, limit=16).after_round(0.016)

    assert 0 < once.resting < twice.resting


def test_first_refusal_of_a_round_trip_halves_the_limit() -> None:
    rounds = Rounds(replace(HERE, limit=80, kept=80))

    rounds.note_refusal(Slot(1.0, 80), 1.1)
    rounds.note_refusal(Slot(1.05, 60), 1.15)
    halved = rounds.now
    rounds.note_refusal(Slot(1.2, 40), 1.3)

    assert (halved.limit, halved.refused, rounds.now.limit) == (40, 60, 20)


def test_answers_count_only_when_the_limit_was_used_up_since_it_changed() -> None:
    rounds = Rounds(HERE)

    for number in range(FEWEST * 2):
        rounds.note_answer(Slot(number, LEAST // 2), number + 0.1)
    unused = rounds.now.limit
    for number in range(FEWEST):
        rounds.note_answer(Slot(number, LEAST), number + 0.1)
    used = rounds.now.limit
    for _ in range(FEWEST):
        rounds.note_answer(Slot(1.0, 2 * LEAST), FEWEST + 1.0)

    assert (unused, used, rounds.now.limit) == (LEAST, 2 * LEAST, 2 * LEAST)


@pytest.mark.parametrize("server", SERVERS.values(), ids=SERVERS.keys())
def test_run_is_nearly_as_fast_as_with_the_best_fixed_number(server: Server) -> None:
    best = min(simulated_run(server, fixed(number), 2000).play() for number in FIXED)
    followed = simulated_run(server, following(server.round_trip), 2000)

    assert followed.play() <= 1.25 * best  # of the writes alone; reads and the start are the same
    assert followed.highest <= MOST


def test_server_on_this_machine_has_few_writes_under_way() -> None:
    followed = simulated_run(SERVERS["here"], following(0.0002), 2000)

    followed.play()

    assert sum(followed.limits) / len(followed.limits) < 10


REFUSING = {
    "of-those-at-the-server": (Server(round_trip=0.08, workers=2, seconds=0.004, accepts=40), 4.0, 1.6),
    "of-those-under-way": (Server(round_trip=0.0002, workers=100, seconds=0.1, accepts=40), 2000 / 40 * 0.1, 1.25),
}
"""A server that accepts 40, how fast a run can be, and how much longer one may take; 1 s of it is for Retry-After."""


@pytest.mark.parametrize(("server", "possible", "times"), REFUSING.values(), ids=REFUSING.keys())
def test_server_that_refuses_gets_little_more_than_it_accepts(server: Server, possible: float, times: float) -> None:
    run = simulated_run(server, following(server.round_trip), 2000)

    assert run.play() <= times * possible
    assert 0 < run.refusals < 0.05 * 2000
