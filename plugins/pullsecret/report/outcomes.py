"""The outcomes of a run, told while they come: a line each, and at the end what failed and what it all came to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Done, Outcome, Plan
from pullsecret.model.request.common import DryRun, Format, Output, Request
from pullsecret.report.failures import failure_lines, undone_lines
from pullsecret.report.manifests import put_manifests
from pullsecret.report.progress import progress
from pullsecret.report.restart_hints import advice_lines
from pullsecret.report.streams import put, say

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_SUM_ORDER = (
    Done.CREATED,
    Done.CONFIGURED,
    Done.REPLACED,
    Done.PATCHED,
    Done.RESTARTED,
    Done.DELETED,
    Done.UNCHANGED,
    Done.FAILED,
    Done.UNTOUCHED,
    Done.UNKNOWN,
)
_SUM_WORDS = {Done.UNKNOWN: "unknown"}

_GRAVITY = (Done.FAILED, Done.UNKNOWN, Done.UNTOUCHED, *_SUM_ORDER)
"""Which word stands for a namespace in which several things happened: the first of these."""


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
    ended: list[Outcome] = []
    for outcome in progress(outcomes, total=len(plan.sequences), quiet=request.output.quiet):
        ended.append(outcome)
        _tell_good(outcome, request.output)
    if request.output.shows_objects:
        put_manifests(ended, request.output)
    _tell_rest(plan, ended, request)
    return all(outcome.is_good for outcome in ended)


def _tell_good(outcome: Outcome, output: Output) -> None:
    if not outcome.is_good:
        return
    if output.format is Format.NAME:
        put(f"{outcome.kind.word}/{outcome.name}")
    elif output.format is Format.LINES:
        place = "" if outcome.kind is Kind.NAMESPACE else f" in namespace {outcome.namespace}"
        put(f"{outcome.kind.word}/{outcome.name} {outcome.done.value}{place}{output.dry_run.suffix}")


def _tell_rest(plan: Plan, ended: Sequence[Outcome], request: Request) -> None:
    all_names = request.connection.verbosity > 0 or request.output.shows_objects
    for line in failure_lines(ended, all_names=all_names):
        say(line)
    for line in undone_lines(ended, all_names=all_names):
        say(line)
    if request.output.dry_run is DryRun.NONE:
        for line in advice_lines(plan.advice, ended, request.connection):
            say(line)
    if summary := _summary(ended):
        say(summary)


def _summary(ended: Sequence[Outcome]) -> str:
    """`1000 namespaces: 997 created, 2 unchanged, 1 failed`; "" for a single namespace."""
    words: dict[str, list[Done]] = {}
    for outcome in ended:
        words.setdefault(outcome.namespace, []).append(outcome.done)
    if len(words) <= 1:
        return ""
    counts = Counter(min(dones, key=_GRAVITY.index) for dones in words.values())
    parts = [f"{counts[done]} {_SUM_WORDS.get(done, done.value)}" for done in _SUM_ORDER if counts[done]]
    return f"{len(words)} namespaces: {', '.join(parts)}"
