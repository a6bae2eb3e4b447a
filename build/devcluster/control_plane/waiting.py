"""The one place where tests wait: by polling a condition, never by sleeping."""

from __future__ import annotations

import time
from threading import Event
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")

PAUSE = 0.02  # seconds between polls: far less than a cluster takes to change, and little load
NEVER = Event()  # never set: waiting for it is a pause that a signal can end


def until(question: Callable[[], Answer | None], what: str, *, within: float = 30.0) -> Answer:
    """Return the first truthy result; `within` is in seconds.

    Raises TimeoutError, which names `what` was waited for; other exceptions are passed on.
    """
    deadline = time.monotonic() + within
    while not (answer := question()):
        if time.monotonic() > deadline:
            raise TimeoutError(f"{what}: not within {within:g} s; the last answer was {answer!r}")
        NEVER.wait(PAUSE)
    return answer
