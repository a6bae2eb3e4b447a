"""No credential is tried again where it was refused: accounts get locked by that. And no host is met twice."""

from __future__ import annotations

import threading
from collections import defaultdict
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from pullsecret.model.images.verdict import Verdict

Answer = TypeVar("Answer")


class SettledError(Exception):
    """An inquiry has come to its end before its last step; here is the verdict."""

    def __init__(self, verdict: Verdict) -> None:
        super().__init__(verdict.text)
        self.verdict = verdict


class Gate(Generic[Answer]):
    """One attempt for all who want to know the same: they wait for it, and its answer or its end is theirs, too."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._answers: list[Answer] = []
        self._end: SettledError | None = None

    def through(self, attempt: Callable[[], Answer]) -> Answer:
        """What the first attempt gave; raises the SettledError in which it ended."""
        with self._lock:
            if not self._answers and self._end is None:
                self._try(attempt)
            if self._end:
                raise SettledError(self._end.verdict)
            return self._answers[0]

    def _try(self, attempt: Callable[[], Answer]) -> None:
        try:
            self._answers.append(attempt())
        except SettledError as end:
            self._end = end


class Gates(Generic[Answer]):
    """A gate for each place and credential."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._gates: defaultdict[Hashable, Gate[Answer]] = defaultdict(Gate)

    def at(self, *key: Hashable) -> Gate[Answer]:
        """The gate of this key."""
        with self._lock:
            return self._gates[key]
