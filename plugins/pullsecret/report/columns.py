"""Rows under their headers, aligned as kubectl aligns them."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.report.streams import print_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.model.request.command_request import Output

CONTEXT = "CONTEXT"
"""The column of the context, which comes first."""

_PADDING = 3
_WIDEST = 500
"""Characters of a cell: one long key of a tenant's secret must not fill the screen for every row."""

_MIN_WIDTH = 6
"""The width of a column with its padding, at least (cli-runtime: pkg/printers/tabwriter.go)."""


def print_columns(headers: Sequence[str], rows: Iterable[Sequence[str]], output: Output) -> None:
    """Print rows, each column as wide as its widest cell, on a terminal, too; no cell is wider than a screen.

    Where several contexts are selected, the rows get a column CONTEXT and wait for those of the other clusters.
    """
    if output.gathered is None:
        _print_table(headers, rows, show_headers=output.show_headers)
        return
    output.gathered.tables.setdefault((CONTEXT, *headers), []).extend((output.context, *row) for row in rows)


def print_gathered_columns(output: Output) -> None:
    """Print the rows of all clusters, a table for each kind of rows; nothing if there are none."""
    tables = output.gathered.tables if output.gathered is not None else {}
    for position, (headers, rows) in enumerate(tables.items()):
        if position:
            print_line(Printable(""))
        _print_table(headers, rows, show_headers=output.show_headers)


def _print_table(headers: Sequence[str], rows: Iterable[Sequence[str]], *, show_headers: bool) -> None:
    cells = [[Printable(cell, longest=_WIDEST) for cell in row] for row in rows]
    for line in aligned([list(headers), *cells] if show_headers else cells):
        print_line(Printable(line, longest=None))


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A line for each row. A character counts as one column, as in kubectl, although East Asian terminals use two."""
    widths = [max(_MIN_WIDTH, max(map(len, column)) + _PADDING) for column in zip_longest(*rows, fillvalue="")]
    for row in rows:
        yield "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
