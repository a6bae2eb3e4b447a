"""How many writes are under way: as many as allowed, and fewer for as long as the server asks for fewer."""

from __future__ import annotations

from contextlib import contextmanager
from threading import Condition
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator


class Pace:
    """Additive increase, multiplicative decrease, as TCP has it: a 429 halves the limit, each good write adds a little.

    Shared by all workers. `limit` is how many writes may be under way now, `most` how many ever.
    """

    def __init__(self, most: int) -> None:
        self.most = most
        self.limit = float(most)
        self._under_way = 0
        self._changed = Condition()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Wait for a turn, and give it back afterwards."""
        with self._changed:
            while self._under_way >= max(1, int(self.limit)):
                self._changed.wait()
            self._under_way += 1
        try:
            yield
        finally:
            with self._changed:
                self._under_way -= 1
                self._changed.notify()

    def went_well(self) -> None:
        """A write was answered: one more at a time after each full round of them."""
        if self.limit < self.most:
            with self._changed:
                self.limit = min(float(self.most), self.limit + 1 / self.limit)
                self._changed.notify()

    def was_throttled(self) -> None:
        """The server said 429: half as many from now on."""
        with self._changed:
            self.limit = max(1.0, self.limit / 2)
