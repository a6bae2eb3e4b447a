"""Progress on a terminal: how many namespaces of a large run are done."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

_Item = TypeVar("_Item")

MANY = 20
"""Progress is shown for more namespaces than this."""


def show_progress(
    stream: Iterable[_Item],
    *,
    total: int,
    quiet: bool,
    namespaces_of: Callable[[_Item], Iterable[object]],
    word: str = "namespaces",
) -> Iterable[_Item]:
    """Pass the outcomes on; meanwhile, show on a terminal how many namespaces are done.

    Args:
        stream: what to pass on.
        total: the number of namespaces.
        quiet: show nothing.
        namespaces_of: the namespaces of an item of the stream, however they are told apart.
        word: what is counted, if it is something else.
    """
    if quiet or total <= MANY or not sys.stderr.isatty():
        return stream
    return _show_bar(stream, total, namespaces_of, word)


def _show_bar(
    stream: Iterable[_Item], total: int, namespaces_of: Callable[[_Item], Iterable[object]], word: str
) -> Iterator[_Item]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn(word), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    # If stdout is redirected, rich must not touch it: it would send its lines to stderr.
    redirect = sys.stdout.isatty()
    with Progress(*columns, console=Console(stderr=True), redirect_stdout=redirect, transient=True) as bar:
        task = bar.add_task(word, total=total, rate="")
        started = time.monotonic()
        seen: set[object] = set()
        for ended in stream:
            seen.update(namespaces_of(ended))
            rate_now = f"{len(seen) / max(time.monotonic() - started, 0.001):.0f}/s"
            bar.update(task, completed=len(seen), rate=rate_now)
            yield ended
