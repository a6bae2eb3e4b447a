"""How long writes are repeated when the server gives no answer: a matter of time, shared by all changes of a run."""

from __future__ import annotations

import time

ENOUGH = 5
"""So many quick attempts each change gets, even when the server has been down for long."""


class Patience:
    """The time since the server stopped answering, as far as the run knows.

    It begins with the first write that gets no answer, and again after a write that was repeated with success, or after
    a time without failures. So a server that is down for good costs a run this time once, and not for each namespace.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._began = self._latest = float("-inf")

    def note_failure(self) -> None:
        """The server gave no answer, or a 5xx."""
        now = time.monotonic()
        if now - self._latest > self.seconds:
            self._began = now
        self._latest = now

    def note_recovery(self) -> None:
        """A write that had got no answer is done."""
        self._latest = float("-inf")

    def is_over(self, attempts: int) -> bool:
        """Whether a change gives up after so many attempts without an answer."""
        return attempts >= ENOUGH and time.monotonic() - self._began > self.seconds
