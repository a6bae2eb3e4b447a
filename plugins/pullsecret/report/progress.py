"""A bar for long runs on a terminal; rich draws it, and is loaded only then."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.change import Outcome

MANY = 20
"""Above so many targets a bar is worth its place."""


def progress(outcomes: Iterable[Outcome], *, total: int) -> Iterator[Outcome]:
    """The same outcomes, with a bar on stderr that counts namespaces while they pass."""
    if total <= MANY:
        yield from outcomes
        return
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    # Lines on a redirected stdout are not the bar's business: rich would send them to stderr.
    redirect = sys.stdout.isatty()
    with Progress(*columns, console=Console(stderr=True), redirect_stdout=redirect, transient=True) as bar:
        task = bar.add_task("namespaces", total=total)
        passed: set[str] = set()
        for outcome in outcomes:
            passed.add(outcome.namespace)
            bar.update(task, completed=len(passed))
            yield outcome
