"""Time spans as kubectl shortens them."""

from __future__ import annotations

_MINUTE, _HOUR, _DAY, _YEAR = 60, 3600, 86400, 365 * 86400

_SPANS = (
    (2 * _MINUTE, 1, "s", 0, ""),
    (10 * _MINUTE, _MINUTE, "m", 1, "s"),
    (3 * _HOUR, _MINUTE, "m", 0, ""),
    (8 * _HOUR, _HOUR, "h", _MINUTE, "m"),
    (2 * _DAY, _HOUR, "h", 0, ""),
    (8 * _DAY, _DAY, "d", _HOUR, "h"),
    (2 * _YEAR, _DAY, "d", 0, ""),
    (8 * _YEAR, _YEAR, "y", _DAY, "d"),
)
"""Below so many seconds: the unit counted, its letter, and the smaller unit after it, if any."""


def human_duration(seconds: int) -> str:
    """A time span in one or two units (apimachinery: pkg/util/duration, HumanDuration)."""
    for limit, unit, letter, small_unit, small_letter in _SPANS:
        if seconds < limit:
            small = seconds % unit // small_unit if small_unit else 0
            return f"{seconds // unit}{letter}" + (f"{small}{small_letter}" if small else "")
    return f"{seconds // _YEAR}y"
