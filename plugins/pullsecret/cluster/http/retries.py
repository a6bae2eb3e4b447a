"""Repeats a read a few times, with growing delays, when the network or the server fails."""

from __future__ import annotations

import random
import threading
from typing import TYPE_CHECKING, Final, TypeVar

from pullsecret.errors import ApiError, ConnectError, TimedOutError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.network.timeouts import Deadline

_Result = TypeVar("_Result")

_ATTEMPTS: Final = 4
_FIRST_DELAY: Final = 0.2
_LONGEST_DELAY: Final = 30.0
_TRANSIENT = frozenset({429, 500, 502, 503, 504})


class Retries:
    """Repeats requests that change nothing.

    Another attempt follows 429, a 5xx that passes, and a connection that broke after it had worked. A server that
    cannot be reached at all is reported at once (client-go: rest/request.go, rest/with_retry.go).
    """

    def __init__(self) -> None:
        self._stopped = threading.Event()

    def repeat(self, send: Callable[[Deadline | None], _Result], deadline: Deadline) -> _Result:
        """Send until there is a result, all attempts before the deadline; raises the last failure.

        The first attempt gets no deadline: it has its own, which begins when the user is logged in.
        """
        for attempt in range(1, _ATTEMPTS):
            try:
                return send(None if attempt == 1 else deadline)
            except (ApiError, ConnectError) as error:
                delay = delay_after(error, attempt)
                if delay is None or not deadline.leaves(delay) or self._stopped.wait(delay):
                    raise
        return send(deadline)

    def stop(self) -> None:
        """End all waiting; what waits fails with its last error."""
        self._stopped.set()


def delay_after(error: ApiError | ConnectError, attempt: int) -> float | None:
    """The seconds to wait before attempt number `attempt` + 1, with some jitter; None for no further attempt.

    A server that asks for more than half a minute is not asked again.
    """
    if isinstance(error, ConnectError):
        if not error.sent or isinstance(error, TimedOutError | TooLargeError):
            return None
    elif error.code not in _TRANSIENT or (error.retry_after or 0) > _LONGEST_DELAY:
        return None
    wanted = error.retry_after if isinstance(error, ApiError) else None
    planned = _FIRST_DELAY * 2 ** (attempt - 1) if wanted is None else wanted
    return planned + random.uniform(0, max(planned, _FIRST_DELAY) / 2)  # noqa: S311  jitter, not a secret
