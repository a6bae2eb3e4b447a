"""The table of `list`, and the same rows as JSON, YAML or names."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.model.request.common import Format, Output
from pullsecret.report.manifests import put_objects
from pullsecret.report.streams import harmless_word, put, say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.results.list import Listing, ListRow

COLUMNS = ("NAMESPACE", "NAME", "REGISTRIES", "SERVICEACCOUNTS", "AGE")
WIDE_COLUMNS = ("TYPE", "USERNAMES", "ORIGIN")

MANY_REGISTRIES = 3
"""Above so many registries a row names the first ones and counts the rest; -o wide names all."""


def show(listing: Listing, output: Output) -> int:
    """Print a listing; the exit status is 1 when something that was asked could not be read."""
    for line in (*listing.notes, *listing.failures):
        say(line)
    if output.format in (Format.JSON, Format.YAML):
        rows = [row.as_object() for row in listing.rows]
        put_objects([{"apiVersion": "v1", "kind": "List", "items": rows}], output.format)
    elif output.format is Format.NAME:
        for row in listing.rows:
            put(f"secret/{row.name}")
    elif listing.rows:
        _put_table(listing.rows, is_wide=output.format is Format.WIDE, show_headers=output.show_headers)
    elif not listing.failures:
        say(listing.emptiness)
    return 1 if listing.failures else 0


def _put_table(rows: Sequence[ListRow], *, is_wide: bool, show_headers: bool) -> None:
    columns = COLUMNS + (WIDE_COLUMNS if is_wide else ())
    put_columns(columns, [_cells(row, is_wide=is_wide) for row in rows], show_headers=show_headers)


def put_columns(columns: Sequence[str], rows: Sequence[Sequence[str]], *, show_headers: bool) -> None:
    """Print cells under their columns, as wide as they need to be."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(*columns, box=None, padding=(0, 3, 0, 0), pad_edge=False, show_header=show_headers, header_style="")
    for row in rows:
        table.add_row(*(Text(harmless_word(cell)) for cell in row))
    # As kubectl's, the table is as wide as its rows, on a terminal as in a pipe: `grep` and eyes get whole lines.
    console = Console(width=10**6, color_system=None)
    with console.capture() as text:
        console.print(table)
    for line in text.get().splitlines():
        put(line.rstrip())


def _cells(row: ListRow, *, is_wide: bool) -> list[str]:
    cells = [row.namespace, row.name, _registries(row, is_wide=is_wide), _joined(row.accounts), _age(row.created)]
    if is_wide:
        cells += [row.type, _joined(tuple(dict.fromkeys(row.registries.values()))), row.origin or "<none>"]
    return cells


def _registries(row: ListRow, *, is_wide: bool) -> str:
    if row.malformed:
        return f"<malformed: {row.malformed}>"
    names = tuple(row.registries)
    if is_wide or len(names) <= MANY_REGISTRIES:
        return _joined(names)
    return f"{_joined(names[: MANY_REGISTRIES - 1])} + {len(names) - MANY_REGISTRIES + 1} more"


def _joined(words: tuple[str, ...]) -> str:
    return ",".join(word for word in words if word) or "<none>"


def _age(created: str) -> str:
    """How long ago, as kubectl shortens it: 45s, 12m, 3h20m, 5d4h, 320d, 2y81d."""
    try:
        seconds = int((datetime.now(UTC) - datetime.fromisoformat(created)).total_seconds())
    except ValueError:
        return "<unknown>"
    return human_duration(max(seconds, 0))


MINUTE, HOUR, DAY, YEAR = 60, 3600, 86400, 365 * 86400

_SPANS = (
    (2 * MINUTE, 1, "s", 0, ""),
    (10 * MINUTE, MINUTE, "m", 1, "s"),
    (3 * HOUR, MINUTE, "m", 0, ""),
    (8 * HOUR, HOUR, "h", MINUTE, "m"),
    (2 * DAY, HOUR, "h", 0, ""),
    (8 * DAY, DAY, "d", HOUR, "h"),
    (2 * YEAR, DAY, "d", 0, ""),
    (8 * YEAR, YEAR, "y", DAY, "d"),
)
"""Below so many seconds: the unit counted, its letter, and the smaller unit beside it, if any."""


def human_duration(seconds: int) -> str:
    """A time span in one or two units (apimachinery: pkg/util/duration, HumanDuration)."""
    for limit, unit, letter, small_unit, small_letter in _SPANS:
        if seconds < limit:
            small = seconds % unit // small_unit if small_unit else 0
            return f"{seconds // unit}{letter}" + (f"{small}{small_letter}" if small else "")
    return f"{seconds // YEAR}y"
