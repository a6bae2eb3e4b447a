"""Asks again when the network or the server stumbles, a few times and not at once."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, Final, TypeVar

from pullsecret.errors import ApiError, ConnectError, TimedOutError

if TYPE_CHECKING:
    from collections.abc import Callable

Answer = TypeVar("Answer")

_ATTEMPTS: Final = 4
_FIRST_DELAY: Final = 0.2
_LONGEST_DELAY: Final = 30.0
_PASSING = frozenset({429, 500, 502, 503, 504})


class Retries:
    """Repeats what may be repeated; only for calls that change nothing.

    Worth another attempt are 429, the 5xx that pass, and a connection that broke after it had worked. A server that
    cannot be reached at all is not: the user wants to hear of it now (client-go: rest/request.go, rest/with_retry.go).
    """

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def until_answered(self, ask: Callable[[], Answer]) -> Answer:
        """The first good answer, or the last failure."""
        for attempt in range(1, _ATTEMPTS):
            try:
                return ask()
            except (ApiError, ConnectError) as error:
                delay = delay_after(error, attempt)
                if delay is None or self._stopped.wait(delay):
                    raise
        return ask()

    def stop(self) -> None:
        """Ends all waiting: what waits fails with what it has."""
        self._stopped.set()


def delay_after(error: ApiError | ConnectError, attempt: int) -> float | None:
    """The seconds to wait before attempt number `attempt` + 1, spread a little; None when it is no use.

    A server that asks for more than half a minute is taken at its word: not now.
    """
    if isinstance(error, ConnectError):
        if not error.sent or isinstance(error, TimedOutError):
            return None
    elif error.code not in _PASSING or (error.retry_after or 0) > _LONGEST_DELAY:
        return None
    asked = error.retry_after if isinstance(error, ApiError) else None
    planned = _FIRST_DELAY * 2 ** (attempt - 1) if asked is None else asked
    return planned + random.uniform(0, max(planned, _FIRST_DELAY) / 2)  # noqa: S311  spreads load, hides nothing
