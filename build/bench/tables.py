"""Formats numbers and tables for the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

TIMES = "\N{MULTIPLICATION SIGN}"


def rounded(number: float) -> str:
    """Format a number with its significant digits: 1,240, 14.8, 0.67."""
    digits = next((digits for least, digits in ((100, 0), (10, 1)) if number >= least), 2)
    return f"{number:,.0f}" if number == int(number) else f"{number:,.{digits}f}"


def seconds(number: float) -> str:
    """Format a time: 85 ms, 1.32 s, 4 min 10 s."""
    if number < 1:
        return f"{number * 1000:.0f} ms"
    if number < 60:
        return f"{rounded(number)} s"
    minutes, rest = divmod(round(number), 60)
    return f"{minutes} min {rest} s"


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a Markdown table whose columns after the first are right-aligned."""
    rule = ["---", *["--:" for _ in heads[1:]]]
    return "\n".join(f"| {' | '.join(cells)} |" for cells in [heads, rule, *rows])


def verdict(*, is_met: bool) -> str:
    """The cell that says whether a goal is met."""
    return "yes" if is_met else "**no**"
