"""A run that is told to stop: nothing new is begun, what is on its way may end."""

from __future__ import annotations

import os
import signal
from contextlib import contextmanager
from dataclasses import dataclass, field
from threading import Event
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType


@dataclass(kw_only=True)
class Interruption:
    """Whether a signal came, and which; workers ask `event`, and wait with it instead of sleeping."""

    event: Event = field(default_factory=Event)
    signal_number: int = 0

    @property
    def exit_status(self) -> int:
        """The shell's number for an end by signal: 130 for SIGINT, 143 for SIGTERM; 0 when none came."""
        return 128 + self.signal_number if self.signal_number else 0

    def note(self, signal_number: int, _frame: FrameType | None) -> None:
        """Remember the first signal; a second one ends the process at once."""
        if self.event.is_set() and self.signal_number:
            os._exit(128 + signal_number)
        self.signal_number = signal_number
        self.event.set()


@contextmanager
def interruptible(interruption: Interruption) -> Iterator[None]:
    """Turn SIGINT and SIGTERM into a wish to stop for as long as this lasts; only for the main thread."""
    before = {number: signal.signal(number, interruption.note) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
