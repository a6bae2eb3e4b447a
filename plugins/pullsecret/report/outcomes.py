"""The outcomes of a run in the plan's order: a line for each, then the failures and a summary."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Done, Outcome
from pullsecret.model.request.command_request import DryRun, Format
from pullsecret.model.request.targets import NO_NAMESPACES
from pullsecret.report.change_list import print_changes
from pullsecret.report.failures import failure_lines, unfinished_lines
from pullsecret.report.manifests import print_manifests
from pullsecret.report.names import name_line
from pullsecret.report.order import in_order
from pullsecret.report.progress import show_progress
from pullsecret.report.restart_hints import hint_lines
from pullsecret.report.streams import print_lines, print_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.model.plan.change import Plan
    from pullsecret.model.request.command_request import CommandRequest, Output

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


def report_outcomes(plan: Plan, stream: Iterable[Sequence[Outcome]], request: CommandRequest) -> bool:
    """Report a run from its notes to its summary; returns whether everything is as requested.

    Args:
        plan: what to do, with the notes to print before and the hints for afterwards.
        stream: the outcomes of its changes as they end; iterating over it is what makes the engine apply them.
        request: how to print them, and the flags that suggested commands must repeat.
    """
    for note in plan.notes:
        print_message(Printable(note))
    if not plan.sequences and not any(note.startswith("note: ") for note in plan.notes):
        print_message(Printable(NO_NAMESPACES))
    ended: list[Outcome] = []
    output = request.output
    for outcomes in in_order(plan, show_progress(stream, total=len(plan.sequences), quiet=output.quiet)):
        ended += outcomes
        if not output.is_document and (lines := [_line(item, output) for item in outcomes if item.is_good]):
            print_lines(lines)
    if output.shows_manifests:
        print_manifests(ended, output.format)
    elif output.is_document:
        print_changes(ended, output)
    _print_rest(plan, ended, request)
    return all(outcome.is_good for outcome in ended)


def _line(outcome: Outcome, output: Output) -> Printable:
    name = f"{outcome.kind.word}/{outcome.name}"
    if output.format is Format.NAME:
        return name_line(outcome.namespace, name, has_namespace=output.spans_namespaces)
    place = "" if outcome.kind is Kind.NAMESPACE else f" in namespace {outcome.namespace}"
    return Printable(f"{name} {outcome.done.value}{place}{output.dry_run.suffix}")


def _print_rest(plan: Plan, ended: Sequence[Outcome], request: CommandRequest) -> None:
    all_names = request.connection.verbosity > 0 or request.output.is_document
    for line in failure_lines(ended, all_names=all_names):
        print_message(line)
    for line in unfinished_lines(ended, all_names=all_names):
        print_message(line)
    if request.output.dry_run is DryRun.NONE:
        for line in hint_lines(plan.hints, ended, request.connection):
            print_message(line)
    if summary := _summary(ended):
        print_message(Printable(f"{summary}{request.output.dry_run.suffix}"))


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
