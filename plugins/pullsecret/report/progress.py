"""The progress of a long run: a bar on a terminal, a line every few seconds elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.plan.change import Outcome

MANY = 20
"""Progress is shown for more namespaces than this."""

LINE_EVERY = 10.0
"""Seconds between two lines if stderr is not a terminal."""


def show_progress(outcomes: Iterable[Outcome], *, total: int, quiet: bool) -> Iterator[Outcome]:
    """Pass the outcomes on; meanwhile, show on stderr how many namespaces are done.

    Args:
        outcomes: what to pass on.
        total: the number of namespaces.
        quiet: show nothing.
    """
    if quiet or total <= MANY:
        return iter(outcomes)
    return _show_bar(outcomes, total) if sys.stderr.isatty() else _show_lines(outcomes, total)


def _show_lines(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    started = shown = time.monotonic()
    seen: set[str] = set()
    for outcome in outcomes:
        seen.add(outcome.namespace)
        now = time.monotonic()
        if now - shown >= LINE_EVERY:
            shown = now
            print_message(Printable(f"{len(seen)} of {total} namespaces, {len(seen) / (now - started):.0f}/s"))
        yield outcome


def _show_bar(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
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
        for outcome in outcomes:
            seen.add(outcome.namespace)
            rate_now = f"{len(seen) / max(time.monotonic() - started, 0.001):.0f}/s"
            bar.update(task, completed=len(seen), rate=rate_now)
            yield outcome
