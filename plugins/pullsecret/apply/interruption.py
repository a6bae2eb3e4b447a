"""An interrupted run: nothing new is started, and what is under way may end."""

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

    from pullsecret.apply.kept_secret import KeptSecret


@dataclass(kw_only=True)
class Interruption:
    """Whether a signal came, and which one; workers check `event` and wait on it instead of sleeping.

    `at_risk` are the secrets that are being replaced: where their previous content is kept is reported at any end.
    """

    event: Event = field(default_factory=Event)
    signal_number: int = 0
    at_risk: dict[int, KeptSecret] = field(default_factory=dict)

    @property
    def exit_status(self) -> int:
        """The shell's status for an end by signal: 130 for SIGINT, 143 for SIGTERM; 0 if none came."""
        return 128 + self.signal_number if self.signal_number else 0

    def handle_signal(self, signal_number: int, _frame: FrameType | None) -> None:
        """Remember the first signal; a second one ends the process at once."""
        if self.event.is_set() and self.signal_number:
            stories = [kept.story for kept in tuple(self.at_risk.values()) if kept.story]
            os.write(2, "".join(f"warning: {story}\n" for story in stories).encode())
            os._exit(128 + signal_number)
        self.signal_number = signal_number
        self.event.set()


@contextmanager
def handle_signals(interruption: Interruption) -> Iterator[None]:
    """Turn SIGINT and SIGTERM into an interruption for the duration; only in the main thread."""
    signals = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, interruption.handle_signal) for number in signals}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
