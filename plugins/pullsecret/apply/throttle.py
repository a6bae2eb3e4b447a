"""The slots for writes: as many at a time as the answers so far allow, which is for concurrency.py to judge."""

from __future__ import annotations

import time
from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING, Final, NamedTuple

from pullsecret.apply.concurrency import FEWEST

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from pullsecret.apply.concurrency import Concurrency


_SHORTEST_WAIT: Final = 0.001


class Slot(NamedTuple):
    """A write under way: when it was sent, in seconds, and as one of how many."""

    sent: float
    under_way: int


class Rounds:
    """Collects answers until they are a round; `now` is the limit that follows from all so far. It has no clock."""

    def __init__(self, first: Concurrency) -> None:
        self.now = first
        self._next_at = 0.0
        self._since, self._cut = float("-inf"), float("-inf")
        self._seconds: list[float] = []

    def note_opening(self, at: float) -> None:
        """A connection was opened: that keeps the server busy, so that a round begins after it."""
        self._since = at
        self._seconds.clear()

    def time_to_send(self, at: float) -> float:
        """When to send a write that has its slot at this time: after the one before, by the spacing."""
        sent = max(at, self._next_at)
        self._next_at = sent + self.now.spacing
        return sent

    def note_answer(self, slot: Slot, at: float) -> None:
        """A write was answered; it tells something about the limit if that was nearly used up when it was sent."""
        if slot.sent < self._since or slot.under_way < self.now.limit * 0.9:
            return
        self._seconds.append(at - slot.sent)
        if len(self._seconds) >= max(self.now.limit, FEWEST):
            from statistics import median  # noqa: PLC0415  5 ms, and most runs write too little to need it

            self._move_to(self.now.after_round(median(self._seconds)), at)

    def note_refusal(self, slot: Slot, at: float) -> None:
        """A write was answered with 429."""
        is_first = slot.sent >= self._cut
        self._cut = at if is_first else self._cut
        self._move_to(self.now.after_refusal(slot.under_way, is_first=is_first), at)

    def _move_to(self, following: Concurrency, at: float) -> None:
        if following.limit != self.now.limit:
            self._since = at
        self.now = following
        self._seconds.clear()


def _do_nothing() -> None:
    """Do nothing."""


def _needs_nothing() -> bool:
    """No connection is needed, and none was opened."""
    return False


def _wait_until(at: float) -> None:
    """Wait for a point of the monotonic clock, unless it is so near that waiting takes longer."""
    seconds = at - time.monotonic()
    if seconds > _SHORTEST_WAIT:
        time.sleep(seconds)


class Throttle:
    """Gives the workers of a run their slots.

    `prepare` opens a connection if none is idle, and tells whether it did: that takes longer than a write.
    `when_raised` is called, by any worker, when there is room for more of them.
    """

    def __init__(
        self,
        first: Concurrency,
        prepare: Callable[[], bool] = _needs_nothing,
        when_raised: Callable[[], None] = _do_nothing,
    ) -> None:
        self._rounds, self._prepare, self._when_raised = Rounds(first), prepare, when_raised
        self._under_way = self._aside = 0
        self._changed = Condition()

    @property
    def room(self) -> int:
        """How many workers there may be: as many as slots, and those that wait for something else."""
        return min(self._rounds.now.limit + self._aside, self._rounds.now.most)

    @contextmanager
    def slot(self) -> Iterator[Slot]:
        """Wait for a slot and hold it for one write; how long that took counts if it succeeds."""
        has_opened = self._prepare()
        with self._changed:
            if has_opened:
                self._rounds.note_opening(time.monotonic())
            while self._under_way >= self._rounds.now.limit:
                self._changed.wait()
            self._under_way += 1
            slot = Slot(self._rounds.time_to_send(time.monotonic()), self._under_way)
        is_answered = False
        try:
            _wait_until(slot.sent)
            yield slot
            is_answered = True
        finally:
            self._end(slot, is_answered=is_answered)

    def slow_down(self, slot: Slot | None) -> None:
        """Note that the server answered 429 to the write that had this slot, or to a read."""
        with self._changed:
            now = time.monotonic()
            self._rounds.note_refusal(slot or Slot(now, self._under_way), now)

    @contextmanager
    def aside(self) -> Iterator[None]:
        """Let another worker work while this one waits."""
        with self._changed:
            self._aside += 1
        self._when_raised()
        try:
            yield
        finally:
            with self._changed:
                self._aside -= 1

    def _end(self, slot: Slot, *, is_answered: bool) -> None:
        with self._changed:
            before = self._rounds.now.limit
            self._under_way -= 1
            if is_answered:
                self._rounds.note_answer(slot, time.monotonic())
            raised = self._rounds.now.limit - before
            self._changed.notify(1 + max(0, raised))
        if raised > 0:
            self._when_raised()
