"""What follows when this machine's clock is wrong by minutes: a new credential may seem to have ended already."""

from __future__ import annotations

from typing import Final

_WRONG_BY: Final = 600.0
"""Seconds by which a clock may be wrong."""


def is_doubtful(ends: float, now: float) -> bool:
    """Whether a credential's end is so near that only the server knows if it has come; seconds since 1970."""
    return abs(ends - now) < _WRONG_BY


def seems_ended(ends: float, now: float) -> bool:
    """Whether a credential that has just been issued ended before that, which a wrong clock makes it seem.

    The next one would seem so, too: the server decides, and a credential that it rejects is renewed.
    """
    return ends <= now and is_doubtful(ends, now)
