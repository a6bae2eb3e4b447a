"""Progress on a terminal: how many namespaces of a large run are done."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.model.plan.change import Outcome

MANY = 20
"""Progress is shown for more namespaces than this."""


def show_progress(stream: Iterable[Sequence[Outcome]], *, total: int, quiet: bool) -> Iterable[Sequence[Outcome]]:
    """Pass the outcomes on; meanwhile, show on a terminal how many namespaces are done.

    Args:
        stream: what to pass on.
        total: the number of namespaces.
        quiet: show nothing.
    """
    if quiet or total <= MANY or not sys.stderr.isatty():
        return stream
    return _show_bar(stream, total)


def _show_bar(stream: Iterable[Sequence[Outcome]], total: int) -> Iterator[Sequence[Outcome]]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("namespaces"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    # If stdout is redirected, rich must not touch it: it would send its lines to stderr.
    redirect = sys.stdout.isatty()
    with Progress(*columns, console=Console(stderr=True), redirect_stdout=redirect, transient=True) as bar:
        task = bar.add_task("namespaces", total=total, rate="")
        started = time.monotonic()
        seen: set[str] = set()
        for ended in stream:
            seen.update(outcome.namespace for outcome in ended)
            rate_now = f"{len(seen) / max(time.monotonic() - started, 0.001):.0f}/s"
            bar.update(task, completed=len(seen), rate=rate_now)
            yield ended
