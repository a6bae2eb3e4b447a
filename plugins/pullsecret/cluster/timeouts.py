"""kubectl's --request-timeout: its syntax, and what a request gets when none is given."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pullsecret.errors import ConfigError

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_DURATION = re.compile(rf"([-+]?)((?:{_PART.pattern})+)", re.ASCII)
_LONGEST = 2**63 / 1e9  # a Go duration counts nanoseconds in 64 bits


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
    seconds = _seconds(text)
    if seconds is None or abs(seconds) > _LONGEST:
        raise ConfigError(
            "error: Invalid timeout value. Timeout must be a single integer in seconds, "
            "or an integer followed by a corresponding time unit (e.g. 1s | 2m | 3h)"
        )
    return Timeouts(connect=seconds, read=seconds, total=seconds) if seconds > 0 else Timeouts()


def _seconds(text: str) -> float | None:
    """The seconds of an integer or a Go duration; None when it is neither."""
    if re.fullmatch(r"[-+]?\d+", text, re.ASCII):
        return float(int(text))
    duration = _DURATION.fullmatch(text)
    if duration is None:
        return None
    seconds = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(duration[2]))
    return -seconds if duration[1] == "-" else seconds
