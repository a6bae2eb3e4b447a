"""The outcomes of a run: a line for each as it ends, progress meanwhile, then the failures and a summary."""

from __future__ import annotations

import sys
import time
from collections import Counter
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Done, Outcome, Plan
from pullsecret.model.request.command_request import CommandRequest, DryRun, Format, Output
from pullsecret.report.failures import failure_lines, unfinished_lines
from pullsecret.report.manifests import print_manifests
from pullsecret.report.restart_hints import hint_lines
from pullsecret.report.streams import print_line, print_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.model.plan.change import Outcome


_SUMMARY_ORDER = (
    Done.CREATED,
    Done.CONFIGURED,
    Done.REPLACED,
    Done.PATCHED,
    Done.RESTARTED,
    Done.DELETED,
    Done.UNCHANGED,
    Done.FAILED,
    Done.SKIPPED,
    Done.UNKNOWN,
)
_SUMMARY_WORDS = {Done.UNKNOWN: "unknown"}

_SEVERITY = (Done.FAILED, Done.UNKNOWN, Done.SKIPPED, *_SUMMARY_ORDER)
"""A namespace with several outcomes counts as the first of these."""


def report_outcomes(plan: Plan, stream: Iterable[Outcome], request: CommandRequest) -> bool:
    """Report a run from its notes to its summary; returns whether everything is as requested.

    Args:
        plan: what to do, with the notes to print before and the hints for afterwards.
        stream: the outcomes of its changes as they end; iterating over it is what makes the engine apply them.
        request: how to print them, and the flags that suggested commands must repeat.
    """
    for note in plan.notes:
        print_message(Printable(note))
    if not plan.sequences and not any(note.startswith("note: ") for note in plan.notes):
        print_message(Printable("note: no namespaces match the selection"))
    ended: list[Outcome] = []
    for outcome in show_progress(stream, total=len(plan.sequences), quiet=request.output.quiet):
        ended.append(outcome)
        _print_good(outcome, request.output)
    if request.output.shows_objects:
        print_manifests(ended, request.output)
    _print_rest(plan, ended, request)
    return all(outcome.is_good for outcome in ended)


def _print_good(outcome: Outcome, output: Output) -> None:
    if not outcome.is_good:
        return
    if output.format is Format.NAME:
        print_line(Printable(f"{outcome.kind.word}/{outcome.name}"))
    elif output.format is Format.LINES:
        place = "" if outcome.kind is Kind.NAMESPACE else f" in namespace {outcome.namespace}"
        line = f"{outcome.kind.word}/{outcome.name} {outcome.done.value}{place}{output.dry_run.suffix}"
        print_line(Printable(line))


def _print_rest(plan: Plan, ended: Sequence[Outcome], request: CommandRequest) -> None:
    all_names = request.connection.verbosity > 0 or request.output.shows_objects
    for line in failure_lines(ended, all_names=all_names):
        print_message(line)
    for line in unfinished_lines(ended, all_names=all_names):
        print_message(line)
    if request.output.dry_run is DryRun.NONE:
        for line in hint_lines(plan.hints, ended, request.connection):
            print_message(line)
    if summary := _summary(ended):
        print_message(Printable(summary))


def _summary(ended: Sequence[Outcome]) -> str:
    """`1000 namespaces: 997 created, 2 unchanged, 1 failed`; "" for a single namespace."""
    words: dict[str, list[Done]] = {}
    for outcome in ended:
        words.setdefault(outcome.namespace, []).append(outcome.done)
    if len(words) <= 1:
        return ""
    counts = Counter(min(dones, key=_SEVERITY.index) for dones in words.values())
    parts = [f"{counts[done]} {_SUMMARY_WORDS.get(done, done.value)}" for done in _SUMMARY_ORDER if counts[done]]
    return f"{len(words)} namespaces: {', '.join(parts)}"


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
