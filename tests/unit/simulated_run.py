"""A run of writes against a server, in virtual time: who sends when, and when the answers come."""

from __future__ import annotations

import heapq
import itertools
from collections import deque
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.apply.throttle import Rounds, Slot

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.apply.concurrency import Concurrency

OPENING = 2
"""Round trips that a new connection takes: TCP and TLS."""
RETRY_AFTER = 1.0

_Step: TypeAlias = "Callable[[], None]"


@dataclass(frozen=True, kw_only=True)
class Server:
    """A server at a distance (`round_trip`, seconds), which works on so many writes at a time, each for so long.

    Of more than `accepts` writes that it works on or that wait, it answers 429.
    """

    round_trip: float
    workers: int
    seconds: float
    accepts: int = 10_000


@dataclass(kw_only=True)
class SimulatedRun:
    """So many writes to a server; `highest` is the most that were under way, `refusals` the number of 429."""

    server: Server
    rounds: Rounds
    left: int
    now: float = 0.0
    highest: int = 0
    refusals: int = 0
    limits: list[int] = field(default_factory=list)
    _clients: int = 0
    _under_way: int = 0
    _at_server: int = 0
    _free: list[float] = field(default_factory=list)
    _idle: deque[_Step] = field(default_factory=deque)
    _agenda: list[tuple[float, int, _Step]] = field(default_factory=list)
    _numbers: itertools.count[int] = field(default_factory=itertools.count)

    def play(self) -> float:
        """Send all writes; returns the seconds."""
        self._free = [0.0] * self.server.workers
        self._open_connections()
        while self._agenda:
            self.now, _, step = heapq.heappop(self._agenda)
            step()
        assert self.left == 0
        return self.now

    def _after(self, seconds: float, step: _Step) -> None:
        heapq.heappush(self._agenda, (self.now + seconds, next(self._numbers), step))

    def _open_connections(self) -> None:
        while self._clients < min(self.rounds.now.limit, self.left + self._under_way):
            self._clients += 1
            self._after(OPENING * self.server.round_trip, self._begin)

    def _begin(self) -> None:
        self.rounds.note_opening(self.now)
        self._take_write()

    def _take_write(self) -> None:
        if self.left:
            self.left -= 1
            self._send()

    def _send(self) -> None:
        if self._under_way >= self.rounds.now.limit:
            self._idle.append(self._send)
            return
        self._under_way += 1
        self.highest = max(self.highest, self._under_way)
        slot = Slot(self.rounds.time_to_send(self.now), self._under_way)
        self._after(slot.sent - self.now + self.server.round_trip / 2, lambda: self._arrive(slot))

    def _arrive(self, slot: Slot) -> None:
        if self._at_server >= self.server.accepts:
            self._after(self.server.round_trip / 2, lambda: self._be_refused(slot))
            return
        self._at_server += 1
        done = max(self.now, heapq.heappop(self._free)) + self.server.seconds
        heapq.heappush(self._free, done)
        self._after(done - self.now, self._leave_server)
        self._after(done - self.now + self.server.round_trip / 2, lambda: self._be_answered(slot))

    def _leave_server(self) -> None:
        self._at_server -= 1

    def _be_refused(self, slot: Slot) -> None:
        self._under_way -= 1
        self.refusals += 1
        self.rounds.note_refusal(slot, self.now)
        self._after(RETRY_AFTER, self._send)
        self._go_on()

    def _be_answered(self, slot: Slot) -> None:
        self._under_way -= 1
        self.rounds.note_answer(slot, self.now)
        self.limits.append(self.rounds.now.limit)
        self._take_write()
        self._go_on()

    def _go_on(self) -> None:
        for _ in range(min(len(self._idle), max(0, self.rounds.now.limit - self._under_way))):
            self._idle.popleft()()
        self._open_connections()


def simulated_run(server: Server, first: Concurrency, writes: int) -> SimulatedRun:
    """A run that begins with this limit, not yet played."""
    return SimulatedRun(server=server, rounds=Rounds(first), left=writes)
