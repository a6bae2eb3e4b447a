"""The ends of credentials on a line of time: a lane for each, from now to its end."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from pullsecret.report.html import svg
from pullsecret.report.html.tables import counted_noun, distance_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.cluster_report.credential_dates import Expiry
    from pullsecret.report.html.markup import Markup

AHEAD = timedelta(days=30)
"""How far the page looks ahead: an end within this time has a color of its own."""

_DRAWN = 30
_PAST, _FUTURE = timedelta(days=120), timedelta(days=730)
"""An end that is further away is drawn at the edge."""

_LEFT, _RIGHT, _WIDTH = 260, 620, 800
_LANE, _TOP = 22, 34
_MOST_TICKS = 6


@dataclass(frozen=True, kw_only=True)
class _Axis:
    """The line of time; `x` is where a moment is on it, in pixels."""

    start: datetime
    end: datetime

    def x(self, moment: datetime) -> int:
        """The place of a moment; one outside is at the edge."""
        share = (min(max(moment, self.start), self.end) - self.start) / (self.end - self.start)
        return _LEFT + round(share * (_RIGHT - _LEFT))


def expiry_kind(moment: datetime, now: datetime) -> str:
    """The class of an end in the style sheet: over, soon, or later."""
    return "broken" if moment <= now else "unknown" if moment <= now + AHEAD else "account"


def timeline(expiries: Sequence[Expiry], now: datetime) -> Markup:
    """The picture of the first ends; the table below it has them all."""
    drawn = expiries[:_DRAWN]
    axis = _axis(drawn, now)
    bottom = _TOP + len(drawn) * _LANE
    label = f"When {counted_noun(len(drawn), 'credential')} expire" + ("s" if len(drawn) == 1 else "")
    today = svg.path(f"M{axis.x(now)} {_TOP - 6}V{bottom}", "today")
    lanes = (shape for number, expiry in enumerate(drawn) for shape in _lane(expiry, number, axis, now))
    note = (svg.caption((axis.x(now), bottom + 13), "now", "small", anchor="middle"),)
    return svg.picture(label, _WIDTH, bottom + 20, (*_ticks(axis, bottom), *lanes, today, *note))


def _axis(expiries: Sequence[Expiry], now: datetime) -> _Axis:
    ends = [expiry.expires for expiry in expiries]
    start = max(min(*ends, now), now - _PAST)
    end = min(max(*ends, now + AHEAD), now + _FUTURE)
    margin = (end - start) / 30
    return _Axis(start=start - margin, end=end + margin)


def _lane(expiry: Expiry, number: int, axis: _Axis, now: datetime) -> Iterator[Markup]:
    """What it is, a bar from now to the end, and the day."""
    y = _TOP + number * _LANE
    kind = expiry_kind(expiry.expires, now)
    ends = sorted((axis.x(now), axis.x(expiry.expires)))
    yield svg.caption((0, y + 15), f"{expiry.registry} {_holders(expiry)}", longest=36)
    yield svg.box((ends[0], y + 5), (max(ends[1] - ends[0], 2), 12), f"fill-{kind}")
    yield svg.caption((_RIGHT + 8, y + 15), f"{expiry.expires:%Y-%m-%d} {distance_words(expiry.expires, now)}", "small")


def _holders(expiry: Expiry) -> str:
    return f"secret/{expiry.secrets[0].name}" if len(expiry.secrets) == 1 else f"in {len(expiry.secrets):,} secrets"


def _ticks(axis: _Axis, bottom: int) -> Iterator[Markup]:
    """A line at the beginning of months, of as few as have room."""
    for moment in _months(axis):
        yield svg.path(f"M{axis.x(moment)} {_TOP - 6}V{bottom}", "tick")
        yield svg.caption((axis.x(moment), _TOP - 9), f"{moment:%Y-%m}", "small", anchor="middle")


def _months(axis: _Axis) -> list[datetime]:
    first = axis.start.year * 12 + axis.start.month
    last = axis.end.year * 12 + axis.end.month - 1
    step = next(step for step in (1, 2, 3, 6, 12) if (last - first) // step < _MOST_TICKS)
    months = [number for number in range(first, last + 1) if number % step == 0]
    return [datetime(number // 12, number % 12 + 1, 1, tzinfo=axis.start.tzinfo) for number in months]
