"""Tables that can be read, scrolled with the keyboard and printed, and that the page's script can sort and filter."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.report.html.markup import Markup, element, escaped_text, joined_markup

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_SHOWN_NAMES = 5
"""A longer list is folded after its first names."""

_UNFOLDED_NAMES = 1000
"""So many names unfold: whoever may write to one namespace must not make the page too large to open."""

_MOST_ROWS = 10_000
"""A table has no more rows, for the same reason."""

_MOST_LINES = 6
"""A cell has no more lines."""

_TALL = 25
"""A table with more rows scrolls in a frame of its own, below its headers."""


_SHORT = 10
"""A name with more characters may be broken."""


@dataclass(frozen=True, kw_only=True)
class TableColumn:
    """A column: how the script sorts it (`text`, `number`, `time`, `order`), and among which words it lets choose.

    `order` are the words of the cells, the first one first, for sorting; with `is_choice` also to choose from.
    """

    header: str
    sort: str = "text"
    order: tuple[str, ...] = ()
    is_choice: bool = False

    @property
    def cell(self) -> Markup:
        """The header as a cell; a long host name can break after each dot."""
        words = " ".join(self.order)
        attributes = {"data_order": words or None, "data_choice": self.is_choice}
        return element("th", breakable(self.header), scope="col", data_sort=self.sort, **attributes)


def data_table(
    caption: str, columns: Sequence[TableColumn], rows: Sequence[Markup], *, kind: str = "", choices: Sequence[str] = ()
) -> Markup:
    """A table in a frame that scrolls, with its caption for those who do not see it.

    Args:
        caption: what it shows.
        columns: its columns.
        rows: its rows, as `table_row` makes them; those beyond a limit are counted only.
        kind: a class for the style sheet.
        choices: words that any cell may be, by which the script can select rows.
    """
    head = element("thead", element("tr", *(column.cell for column in columns)))
    body = element("tbody", joined_markup(rows[:_MOST_ROWS], "\n"))
    attributes = {"data_tools": True, "data_choices": " ".join(choices) or None}
    table = element("table", element("caption", caption), head, body, class_=kind or None, **attributes)
    frame = "frame tall" if len(rows) > _TALL else "frame"
    left = len(rows) - _MOST_ROWS
    note = element("p", f"{counted_noun(left, 'more row')} not shown.") if left > 0 else Markup()
    return joined_markup((element("div", table, class_=frame, role="group", aria_label=caption, tabindex=0), note))


def table_row(*cells: str) -> Markup:
    """A row: parts that are cells stay as they are, everything else becomes one; the first one is its header."""
    first, *others = cells
    return element("tr", element("th", first, scope="row"), *(_cell(cell) for cell in others))


def _cell(content: str) -> Markup:
    return content if isinstance(content, Markup) and content.startswith("<td") else element("td", content)


def number_cell(number: int, kind: str = "") -> Markup:
    """A number, at the right of its column; one that is not 0 in the color of its kind."""
    return element("td", f"{number:,}", class_=f"number {kind}".rstrip() if number else "number", data_value=number)


def word_cell(word: str, kind: str) -> Markup:
    """A word of few, in the color of its kind."""
    return element("td", element("span", word, class_=f"mark {kind}"))


def names_cell(names: Sequence[str], empty: str = "") -> Markup:
    """Names in a cell, folded where they are many."""
    return element("td", folded_names(names) if names else empty)


def folded_names(names: Sequence[str]) -> Markup:
    """Names with commas; where they are many, the first ones and how many more, which unfold to all."""
    if len(names) <= _SHOWN_NAMES:
        return joined_markup((", ".join(names),))
    shown = _SHOWN_NAMES - 2
    return element("details", element("summary", capped_names(names, shown)), element("p", capped_names(names)))


def capped_names(names: Sequence[str], most: int = _UNFOLDED_NAMES) -> str:
    """The first names with commas, and how many more there are."""
    left = f" and {len(names) - most:,} more" if len(names) > most else ""
    return f"{', '.join(names[:most])}{left}"


def breakable(name: str) -> Markup:
    """A name that a narrow column can break after its dots and slashes, if it is long."""
    if len(name) <= _SHORT:
        return escaped_text(name)
    pieces = name.replace("/", "/\n").replace(".", ".\n").split("\n")
    return joined_markup(pieces, element("wbr"))


def time_cell(moment: datetime | None, now: datetime) -> Markup:
    """A day, and how far it is from now."""
    return element("td", moment_words(moment, now) if moment else "unknown")


def moment_words(moment: datetime, now: datetime) -> Markup:
    """A day with its distance from now in days: `2026-05-01, in 3 days`."""
    day = element("time", f"{moment:%Y-%m-%d}", datetime=f"{moment:%Y-%m-%dT%H:%M:%SZ}")
    return joined_markup((day, f", {distance_words(moment, now)}"))


def distance_words(moment: datetime, now: datetime) -> str:
    """How many days a time is from now: `today`, `in 3 days`, `400 days ago`."""
    days = (moment.date() - now.date()).days
    if not days:
        return "today"
    counted = f"{abs(days):,} day{'' if abs(days) == 1 else 's'}"
    return f"in {counted}" if days > 0 else f"{counted} ago"


def counted_noun(number: int, noun: str) -> str:
    """A number with its noun: `1 secret`, `1,000 namespaces`."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def sentences(lines: Sequence[str]) -> Markup:
    """Lines one below the other, in one cell; of many the first ones."""
    left = len(lines) - _MOST_LINES
    more = (f"and {left:,} more",) if left > 0 else ()
    return joined_markup((*lines[:_MOST_LINES], *more), element("br"))
