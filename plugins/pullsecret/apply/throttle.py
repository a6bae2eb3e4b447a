"""How many writes may be in flight: the maximum, and fewer while the server answers 429."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Throttle:
    """Additive increase, multiplicative decrease, as in TCP: a 429 halves the limit, each good write adds a little.

    All workers share it. `limit` is how many writes may be in flight now, `maximum` how many ever.
    """

    def __init__(self, maximum: int) -> None:
        self.maximum = maximum
        self.limit = float(maximum)
        self._in_flight = 0
        self._changed = Condition()

    @contextmanager
    def slot(self) -> Iterator[None]:
        """Wait for a slot and hold it for one write; a write that succeeds raises a lowered limit a little."""
        with self._changed:
            while self._in_flight >= max(1, int(self.limit)):
                self._changed.wait()
            self._in_flight += 1
        try:
            yield
        finally:
            with self._changed:
                self._in_flight -= 1
                self._changed.notify()
        if self.limit < self.maximum:
            self._speed_up()

    def slow_down(self) -> None:
        """Halve the limit, because the server answered 429."""
        with self._changed:
            self.limit = max(1.0, self.limit / 2)

    def _speed_up(self) -> None:
        """Raise the limit by one for each full round of successful writes."""
        with self._changed:
            self.limit = min(float(self.maximum), self.limit + 1 / self.limit)
            self._changed.notify()
