"""The outcomes of a run, told while they come: a line each, failures on stderr, and what it all came to."""

from __future__ import annotations

import sys
from collections import Counter
from typing import TYPE_CHECKING

from pullsecret.model.change import Done, Outcome, Plan
from pullsecret.model.kubeobject import Kind
from pullsecret.model.request import DryRun, Format, Output, Request
from pullsecret.report.advice import advice_lines
from pullsecret.report.manifests import put_manifests
from pullsecret.report.progress import progress
from pullsecret.report.streams import put, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

NAMES_SHOWN = 10
"""So many namespaces are named in a line; the rest is counted."""

_GRAVITY = (Done.FAILED, Done.UNTOUCHED, Done.CREATED, Done.REPLACED, Done.CONFIGURED, Done.PATCHED, Done.UNCHANGED)
"""Which word stands for a namespace in which several things happened: the first of these."""


_SUM_ORDER = (Done.CREATED, Done.CONFIGURED, Done.REPLACED, Done.PATCHED, Done.UNCHANGED, Done.FAILED, Done.UNTOUCHED)


def tell(plan: Plan, outcomes: Iterable[Outcome], request: Request) -> bool:
    """Tell a run from its notes to its summary; whether everything is as asked.

    Args:
        plan: what was to be done, with the notes for before and the advice for afterwards.
        outcomes: the ends of its changes; consuming them is what makes them happen.
        request: how to tell it, and the flags that a suggested command must repeat.
    """
    for note in plan.notes:
        say(note)
    if not plan.sequences and not plan.notes:
        say("No namespaces found matching the selection.")
    ended = []
    for outcome in _with_progress(outcomes, plan, request.output):
        ended.append(outcome)
        _tell_one(outcome, request.output)
    if request.output.format in (Format.JSON, Format.YAML):
        put_manifests(ended, request.output)
    _tell_untouched(ended)
    if request.output.dry_run is DryRun.NONE:
        for line in advice_lines(plan.advice, ended, request.connection):
            say(line)
    _tell_sum(ended)
    return all(outcome.is_good for outcome in ended)


def _with_progress(outcomes: Iterable[Outcome], plan: Plan, output: Output) -> Iterator[Outcome]:
    wanted = sys.stderr.isatty() and not output.quiet
    return progress(outcomes, total=len(plan.sequences)) if wanted else iter(outcomes)


def _tell_one(outcome: Outcome, output: Output) -> None:
    if outcome.error is not None:
        say(_located(outcome.error.line, outcome))
        if outcome.error.hint:
            say(outcome.error.hint)
    elif outcome.is_good and output.format is Format.NAME:
        put(f"{outcome.kind.word}/{outcome.name}")
    elif outcome.is_good and output.format is Format.LINES:
        put(f"{outcome.kind.word}/{outcome.name} {outcome.done.value}{_place(outcome)}{output.dry_run.suffix}")


def _place(outcome: Outcome) -> str:
    return "" if outcome.kind is Kind.NAMESPACE else f" in namespace {outcome.namespace}"


def _located(line: str, outcome: Outcome) -> str:
    """The error with its namespace, where the server's words do not name it."""
    words = line.replace('"', " ").replace(";", " ").replace(",", " ").split()
    return line if outcome.namespace in words or outcome.kind is Kind.NAMESPACE else line + _place(outcome)


def _tell_untouched(ended: list[Outcome]) -> None:
    """What was not begun, because the run was interrupted or because what it builds on failed."""
    places: dict[str, list[str]] = {}
    for outcome in ended:
        if outcome.done is Done.UNTOUCHED:
            places.setdefault(f"{outcome.kind.word}/{outcome.name}", []).append(outcome.namespace)
    for what, namespaces in places.items():
        more = f" and {len(namespaces) - NAMES_SHOWN} more" if len(namespaces) > NAMES_SHOWN else ""
        say(f"{what} not done in namespace {', '.join(namespaces[:NAMES_SHOWN])}{more}")


def _tell_sum(ended: list[Outcome]) -> None:
    words: dict[str, list[Done]] = {}
    for outcome in ended:
        words.setdefault(outcome.namespace, []).append(outcome.done)
    if len(words) <= 1:
        return
    counts = Counter(min(dones, key=_GRAVITY.index) for dones in words.values())
    parts = [f"{counts[done]} {done.value}" for done in _SUM_ORDER if counts[done]]
    say(f"{len(words)} namespaces: {', '.join(parts)}")
