"""kubectl's --request-timeout: its syntax, and what a request gets when none is given."""

from __future__ import annotations

from dataclasses import dataclass

from pullsecret.errors import ConfigError
from pullsecret.model.go.duration import seconds_of


@dataclass(frozen=True, kw_only=True)
class Timeouts:
    """How long a request may take, in seconds: to connect, between two pieces of the answer, and altogether."""

    connect: float = 10.0
    read: float = 60.0
    total: float | None = None


def parsed_timeout(text: str) -> Timeouts:
    """What a --request-timeout value asks for; zero and less mean the defaults, which still end.

    Raises:
        ConfigError: it is neither an integer nor a Go duration, in kubectl's words
            (client-go: tools/clientcmd/helpers.go, ParseTimeout).
    """
    seconds = seconds_of(text)
    if seconds is None:
        raise ConfigError(
            "error: Invalid timeout value. Timeout must be a single integer in seconds, "
            "or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)"
        )
    return Timeouts(connect=seconds, read=seconds, total=seconds) if seconds > 0 else Timeouts()
