"""The schedule of a CronJob, judged as the API server judges it.

Source: kubernetes/pkg/apis/batch/validation (validateScheduleFormat), and robfig/cron v3 (ParseStandard) below it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pullsecret.errors import UsageError
from pullsecret.model.go.duration import seconds_of
from pullsecret.model.go.printable import quoted_value

if TYPE_CHECKING:
    from collections.abc import Mapping

_DESCRIPTORS: Final = frozenset({"@yearly", "@annually", "@monthly", "@weekly", "@daily", "@midnight", "@hourly"})
_MONTHS: Final = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_DAYS: Final = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_MOST_DIGITS: Final = 18
"""Of a number without leading zeros: more digits may not fit into Go's int."""


@dataclass(frozen=True, kw_only=True)
class _Field:
    """The bounds of one field, and the names that stand for its numbers."""

    title: str
    least: int
    most: int
    names: Mapping[str, int] = field(default_factory=dict)


_FIELDS: Final = (
    _Field(title="minute", least=0, most=59),
    _Field(title="hour", least=0, most=23),
    _Field(title="day of the month", least=1, most=31),
    _Field(title="month", least=1, most=12, names={name: number for number, name in enumerate(_MONTHS, 1)}),
    _Field(title="day of the week", least=0, most=6, names={name: number for number, name in enumerate(_DAYS)}),
)


def check_schedule(schedule: str) -> None:
    """Refuse a schedule that no API server accepts.

    Raises:
        UsageError: it is not a schedule, or it has a time zone.
    """
    if problem := schedule_problem(schedule):
        raise UsageError(f"invalid --schedule {quoted_value(schedule)}: {problem}")


def schedule_problem(schedule: str) -> str:
    """Why the API server refuses a schedule; "" for one that it accepts."""
    if "TZ" in schedule:
        return "it must not have a time zone; use --time-zone"
    if schedule.startswith("@"):
        return "" if _is_descriptor(schedule) else "it must be @hourly, @daily, @weekly, @monthly or @yearly"
    fields = schedule.split()
    if len(fields) != len(_FIELDS):
        titles = ", ".join(one.title for one in _FIELDS)
        return f"it must have {len(_FIELDS)} fields ({titles}), not {len(fields)}"
    return next(filter(None, map(_field_problem, fields, _FIELDS)), "")


def _is_descriptor(schedule: str) -> bool:
    every = "@every "
    if not schedule.startswith(every):
        return schedule in _DESCRIPTORS
    duration = schedule.removeprefix(every)
    is_number_without_unit = duration[-1:].isdecimal() and duration.strip("+-0")
    return not is_number_without_unit and seconds_of(duration) is not None


def _field_problem(text: str, bounds: _Field) -> str:
    """What is wrong with a list of ranges; empty entries count for nothing, as in the parser of Kubernetes."""
    for entry in filter(None, text.split(",")):
        if problem := _entry_problem(entry, bounds):
            return f"{quoted_value(entry)} is not valid for the {bounds.title}: {problem}"
    return ""


def _entry_problem(entry: str, bounds: _Field) -> str:
    """What is wrong with `*`, `n`, `n-m`, or one of them with `/step`."""
    range_text, *steps = entry.split("/")
    low, *highs = range_text.split("-")
    if len(steps) > 1:
        return "it has more than one /"
    if steps and not _number(steps[0]):
        return "the step must be a positive number"
    if low in ("*", "?"):
        return ""
    if len(highs) > 1:
        return "it has more than one -"
    ends = [_number(end, bounds.names) for end in (low, *highs)]
    if any(end is None or not bounds.least <= end <= bounds.most for end in ends):
        named = f", or {next(iter(bounds.names))} to {list(bounds.names)[-1]}" if bounds.names else ""
        return f"it must be from {bounds.least} to {bounds.most}{named}"
    first, last = ends[0], ends[-1]
    return "the range ends before it begins" if first and last is not None and first > last else ""


def _number(text: str, names: Mapping[str, int] | None = None) -> int | None:
    """The number that a text is or names; None if it is neither (Go: strconv.Atoi, not negative)."""
    if names and text.lower() in names:
        return names[text.lower()]
    digits = re.fullmatch(r"(?:\+|-(?=0+$))?0*([0-9]*)", text, re.ASCII)
    if digits is None or not text.lstrip("+-") or len(digits[1]) > _MOST_DIGITS:
        return None
    return int(digits[1] or 0)
