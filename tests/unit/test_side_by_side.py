"""Calls side by side: the order of their results and errors, and how many are under way."""

from __future__ import annotations

from threading import Barrier, Event

import pytest

from pullsecret.network.side_by_side import call_each, start


def test_call_each_keeps_the_order_of_the_arguments_whichever_call_ends_first() -> None:
    last_ended = Event()

    def call(argument: int) -> int:
        if argument == 2:
            last_ended.set()
        else:
            assert last_ended.wait(10)
        return argument * 10

    assert call_each(call, [0, 1, 2], at_once=3) == [0, 10, 20]


def test_call_each_has_at_most_so_many_calls_under_way() -> None:
    pairs = Barrier(2, timeout=10)
    under_way = 0
    most = 0

    def call(_argument: int) -> None:
        nonlocal under_way, most
        under_way += 1
        pairs.wait()
        most = max(most, under_way)
        pairs.wait()
        under_way -= 1
        pairs.wait()

    call_each(call, range(6), at_once=2)

    assert most == 2


def test_call_each_raises_the_error_of_the_first_argument_and_begins_nothing_more() -> None:
    begun: list[int] = []
    ended = Event()

    def call(argument: int) -> None:
        begun.append(argument)
        if argument == 1:
            ended.set()
            raise ValueError(argument)
        assert ended.wait(10)
        if argument == 0:
            raise KeyError(argument)
        Event().wait(60)  # never waited for

    with pytest.raises(KeyError):
        call_each(call, range(100), at_once=3)

    assert len(begun) <= 5  # each of the two that ended may have made room for one


def test_result_can_be_asked_for_again_and_by_many() -> None:
    pending = start(lambda: "once")

    assert [pending.result(), start(pending.result).result(), pending.result()] == ["once"] * 3


def test_error_of_a_call_is_raised_where_its_result_is_asked_for() -> None:
    def fail() -> None:
        raise LookupError

    pending = start(fail)

    for _ in range(2):
        with pytest.raises(LookupError):
            pending.result()
