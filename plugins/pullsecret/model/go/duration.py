"""Durations as in Go: 300ms, 1m30s, 2h (time.ParseDuration)."""

from __future__ import annotations

import re

_UNITS = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
_PART = re.compile(r"(\d+\.?\d*|\.\d+)(ns|us|µs|μs|ms|s|m|h)", re.ASCII)
_LONGEST = 2**63 / 1e9  # Go counts nanoseconds in 64 bits: 292 years
_DURATION = re.compile(rf"([-+]?)((?:{_PART.pattern})+)", re.ASCII)


def seconds_of(text: str) -> float | None:
    """The seconds of a Go duration or of an integer number of seconds; None if it is neither, or too long."""
    total = _total(text)
    return total if total is not None and abs(total) <= _LONGEST else None


def _total(text: str) -> float | None:
    if re.fullmatch(r"[-+]?\d+", text, re.ASCII):
        return float(text)
    duration = _DURATION.fullmatch(text)
    if duration is None:
        return None
    total = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(duration[2]))
    return -total if duration[1] == "-" else total
