"""How far a long run is: a bar on a terminal, a line now and then elsewhere."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from pullsecret.report.streams import say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.plan.change import Outcome

MANY = 20
"""Above so many targets a bar is worth its place."""

LINE_EVERY = 10.0
"""Seconds between two lines where there is no terminal."""


def progress(outcomes: Iterable[Outcome], *, total: int, quiet: bool) -> Iterator[Outcome]:
    """The same outcomes; while they pass, stderr tells how many namespaces are done.

    Args:
        outcomes: what is passed on.
        total: how many namespaces there are.
        quiet: tell nothing.
    """
    if quiet or total <= MANY:
        return iter(outcomes)
    return _with_bar(outcomes, total) if sys.stderr.isatty() else _with_lines(outcomes, total)


def _with_lines(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    started = told = time.monotonic()
    passed: set[str] = set()
    for outcome in outcomes:
        passed.add(outcome.namespace)
        now = time.monotonic()
        if now - told >= LINE_EVERY:
            told = now
            say(f"{len(passed)} of {total} namespaces, {len(passed) / (now - started):.0f}/s")
        yield outcome


def _with_bar(outcomes: Iterable[Outcome], total: int) -> Iterator[Outcome]:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    rate = TextColumn("{task.fields[rate]}")
    columns = (TextColumn("namespaces"), BarColumn(), MofNCompleteColumn(), rate, TimeRemainingColumn())
    # Lines on a redirected stdout are not the bar's business: rich would send them to stderr.
    redirect = sys.stdout.isatty()
    with Progress(*columns, console=Console(stderr=True), redirect_stdout=redirect, transient=True) as bar:
        task = bar.add_task("namespaces", total=total, rate="")
        started = time.monotonic()
        passed: set[str] = set()
        for outcome in outcomes:
            passed.add(outcome.namespace)
            rate_now = f"{len(passed) / max(time.monotonic() - started, 0.001):.0f}/s"
            bar.update(task, completed=len(passed), rate=rate_now)
            yield outcome
