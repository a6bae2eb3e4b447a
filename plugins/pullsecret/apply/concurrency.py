"""How many writes may be under way: concluded from how long the server takes to answer them, and from 429.

`Concurrency` is a plain value: a round of answers, or a refusal, gives the next one. After each round the limit is
doubled, as long as that brings more writes a second. When answers only get slower, it goes back, and another limit is
tried later. A 429 halves it, and it grows again to just below where the server refused.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

MOST: Final = 128
"""More writes are under way only if the user asks for them."""

LEAST: Final = 8
"""A server on this machine answers fastest with about so many; fewer are under way only after a 429."""

FEWEST: Final = 32
"""A round has as many answers as writes may be under way, and at least so many: single ones differ too much."""

_EXPECTED: Final = 600.0
"""Writes a second, which any API server takes: at a distance, that is so many under way in each round trip."""

_MOST_AT_FIRST: Final = 96
_GAIN, _LOSS = 0.15, 0.05
"""A limit that is twice as high must bring 15 % more writes a second; one that is lower may cost 5 %."""

_FIRST_REST, _LONGEST_REST, _AT_REFUSAL = 16, 256, 8
"""Rounds between two trials, twice as many after each one that failed; of them a part just below a refusal."""


_AT_DISTANCE, _QUEUED = 4, 1.5
"""So many rounds are one where no answer takes longer than so many round trips."""


@dataclass(frozen=True, kw_only=True)
class Concurrency:
    """How many writes may be under way now (`limit`), and how many ever (`most`).

    `kept` is the limit that is known to do, at `rate` writes a second; another `limit` is on trial. The next trial
    comes after `resting` rounds; after one that fails, `rest` rounds are waited. `tries_less` tells that it failed
    upwards. `refused` is the lowest number of writes under way at which the server answered 429, or more than `most`.
    `round_trip` is the distance to the server in seconds. With `is_fixed` only a 429 changes the limit.
    """

    limit: int
    most: int
    kept: int
    refused: int
    rate: float = 0.0
    resting: int = 0
    rest: int = _FIRST_REST
    tries_less: bool = False
    round_trip: float = 0.0
    is_fixed: bool = False

    @property
    def spacing(self) -> float:
        """The seconds between two writes, at least: all together they would meet in the server at once.

        Half of a round trip is enough for as many as may be under way.
        """
        return 0.0 if self.is_fixed else self.round_trip / (2 * self.limit)

    def after_round(self, seconds: float) -> Concurrency:
        """After a round of answers at this limit, each of which took so many seconds, in the median."""
        if self.is_fixed:
            return replace(self, limit=min(self.most, self.limit + 1))
        rate = self.limit / max(seconds, 1e-6)
        if self.limit == self.kept:
            usual = max(rate, (self.rate + rate) / 2)  # a slow round alone would make the next trial look good
            limit = self.limit if self.resting else self._next_limit(seconds)
            # Where answers take as long as the way there and back, the server has time left: try again soon.
            has_time = seconds < _QUEUED * self.round_trip and self.limit < self.refused - 1
            rested = _AT_DISTANCE if has_time else 1
            return replace(self, limit=limit, rate=usual, resting=max(0, self.resting - rested))
        growth = self.limit / self.kept - 1
        if rate < self.rate * (1 + _GAIN * growth if growth > 0 else 1 - _LOSS):
            rest = min(_LONGEST_REST, self.rest * 2)
            return replace(self, limit=self.kept, resting=self.rest, rest=rest, tries_less=growth > 0)
        return self._keep(rate, is_less=growth < 0)

    def after_refusal(self, under_way: int, *, is_first: bool) -> Concurrency:
        """After a 429 to a write that was sent as one of so many under way.

        Only the first one of a round trip halves the limit: the other writes were sent before it was known.
        """
        if not is_first:
            return replace(self, refused=max(2, min(self.refused, under_way)))
        limit, rest = max(1, self.limit // 2), min(_LONGEST_REST, self.rest * 2)
        return replace(self, limit=limit, kept=limit, refused=max(2, under_way), resting=0, rest=rest, tries_less=False)

    def _keep(self, rate: float, *, is_less: bool) -> Concurrency:
        """This limit does; try a higher one at once, but after a rest where that may be too much."""
        refused = self.limit + 1 if self.limit >= self.refused else self.refused  # it takes more by now
        kept = replace(self, kept=self.limit, rate=rate, tries_less=False, refused=refused)
        if self.limit == self.refused - 1:
            return replace(kept, resting=self.rest // _AT_REFUSAL)
        limit = self.limit if is_less else min(self.most, _higher(self.limit, refused))
        return replace(kept, limit=limit, resting=_FIRST_REST if is_less else 0, rest=_FIRST_REST)

    def _next_limit(self, seconds: float) -> int:
        """The limit to try now: a lower one where answers mostly wait in a queue, and a higher one just failed."""
        if self.tries_less and self.kept > LEAST and seconds > _QUEUED * self.round_trip:
            return max(LEAST, self.kept // 2)
        return min(self.most, _higher(self.kept, self.refused))


def _higher(kept: int, refused: int) -> int:
    """Twice as many, as far as the server is known to take them, and from there a few more."""
    return kept + max(1, kept // 4) if kept >= refused - 1 else min(refused - 1, kept * 2)


def fixed(number: int) -> Concurrency:
    """As many as the user asks for, and fewer only after a 429."""
    return Concurrency(limit=number, most=number, kept=number, refused=number + 1, is_fixed=True)


def following(round_trip: float, most: int = MOST) -> Concurrency:
    """As many as the server answers best, beginning with a number that fits its distance in seconds."""
    first = min(_MOST_AT_FIRST, LEAST + int(round_trip * _EXPECTED), most)
    return Concurrency(limit=first, most=most, kept=first, refused=most + 1, round_trip=round_trip)
