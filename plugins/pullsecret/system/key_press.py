"""One Ctrl-C can reach the process twice: from the terminal, and from a loader that started it and passes it on."""

from __future__ import annotations

import time
from typing import Final

SAME_PRESS: Final = 0.15
"""Seconds between two signals of one press, at most: no one presses twice in less."""


class KeyPresses:
    """The presses of one key, each of which may send its signal more than once."""

    def __init__(self) -> None:
        self._last: dict[int, float] = {}

    def is_new(self, signal_number: int) -> bool:
        """Whether a signal that has just come is of another press than the one before."""
        now = time.monotonic()
        is_new = now - self._last.get(signal_number, -SAME_PRESS) >= SAME_PRESS
        if is_new:
            self._last[signal_number] = now
        return is_new
