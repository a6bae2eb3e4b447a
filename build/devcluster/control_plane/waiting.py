"""The one place where tests wait: by asking again until the answer is there, never by sleeping and hoping."""

from __future__ import annotations

import time
from threading import Event
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")

PAUSE = 0.02  # seconds between two questions: far below what a cluster needs to change, and little load
NEVER = Event()  # nobody sets it: waiting for it is a pause that a signal may end


def until(question: Callable[[], Answer | None], what: str, *, within: float = 30.0) -> Answer:
    """The first answer that is true in the sense of `if`; `within` is in seconds.

    Raises TimeoutError, naming `what` was waited for; whatever the question raises goes through.
    """
    deadline = time.monotonic() + within
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {within:g} s; the last answer was {answer!r}")
        NEVER.wait(PAUSE)
    return answer
