"""How long a request may take: kubectl's --request-timeout, its defaults, and the deadline of an exchange."""

from __future__ import annotations

import time
from dataclasses import dataclass

from pullsecret.errors import ConfigError
from pullsecret.model.go.duration import seconds_of


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How long a request may take, in seconds: to connect, between two pieces of the response, and altogether.

    `is_requested` tells whether the user chose the time.
    """

    connect: float = 10.0
    read: float = 60.0
    total: float = 600.0
    is_requested: bool = False

    def start(self) -> Deadline:
        """The deadline of an exchange that begins now."""
        return Deadline(ends=time.monotonic() + self.total, timeouts=self)


@dataclass(frozen=True, kw_only=True)
class Deadline:
    """When an exchange must have ended, by the monotonic clock: connection, TLS, response, redirects and retries."""

    ends: float
    timeouts: Timeouts

    def seconds_to_connect(self) -> float:
        """The seconds left for a connection; TimeoutError when there are none."""
        return self._left(self.timeouts.connect)

    def seconds_to_wait(self) -> float:
        """The seconds left for the next piece, to send or to receive; TimeoutError when there are none."""
        return self._left(self.timeouts.read)

    def leaves(self, seconds: float) -> bool:
        """Whether more than so many seconds are left."""
        return self.ends - time.monotonic() > seconds

    def _left(self, limit: float) -> float:
        left = self.ends - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return min(left, limit)


def parsed_timeout(text: str) -> Timeouts:
    """What a --request-timeout value asks for; zero and less mean the defaults, which still end.

    Raises:
        ConfigError: it is neither an integer nor a Go duration; the message is kubectl's
            (client-go: tools/clientcmd/helpers.go, ParseTimeout).
    """
    seconds = seconds_of(text)
    if seconds is None:
        raise ConfigError(
            "error: Invalid timeout value. Timeout must be a single integer in seconds, "
            "or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)"
        )
    if seconds <= 0:
        return Timeouts()
    return Timeouts(connect=seconds, read=seconds, total=seconds, is_requested=True)
