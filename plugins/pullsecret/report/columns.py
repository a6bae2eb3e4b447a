"""Rows under their headers, aligned as kubectl aligns them."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING

from pullsecret.report.streams import harmless_word, print_line

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_PADDING = 3
_MIN_WIDTH = 6
"""The width of a column with its padding, at least (cli-runtime: pkg/printers/tabwriter.go)."""


def print_columns(headers: Sequence[str], rows: Iterable[Sequence[str]], *, show_headers: bool) -> None:
    """Print rows, each column as wide as its widest cell: on a terminal, too, so that grep and eyes get whole lines."""
    cells = [[harmless_word(cell) for cell in row] for row in rows]
    for line in aligned([list(headers), *cells] if show_headers else cells):
        print_line(line)


def aligned(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A line for each row. A character counts as one column, as in kubectl, although East Asian terminals use two."""
    widths = [max(_MIN_WIDTH, max(map(len, column)) + _PADDING) for column in zip_longest(*rows, fillvalue="")]
    for row in rows:
        yield "".join(cell.ljust(width) for cell, width in zip(row, widths, strict=False)).rstrip()
