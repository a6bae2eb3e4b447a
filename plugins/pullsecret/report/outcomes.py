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
from pullsecret.report.next_steps import next_step_lines
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
    Done.DELETED,
    Done.PATCHED,
    Done.RESTARTED,
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
    shown = show_progress(stream, total=len(plan.sequences), quiet=output.quiet, namespaces_of=_namespaces_of)
    for outcomes in in_order(plan, shown):
        ended += outcomes
        print_good_outcomes(outcomes, output)
    if output.shows_manifests:
        print_manifests(ended, output.format)
    elif output.is_document:
        print_changes({output.context: ended}, output, errors={})
    print_failures_and_hints(plan, ended, request)
    if len(_namespaces_of(ended)) > 1:
        print_message(Printable(f"{summary_of(ended)}{output.dry_run.suffix}"))
    return all(outcome.is_good for outcome in ended)


def print_good_outcomes(outcomes: Iterable[Outcome], output: Output) -> None:
    """Print a line for each object that is as it should be, unless a document follows."""
    if not output.is_document and (lines := [_line(item, output) for item in outcomes if item.is_good]):
        print_lines(lines)


def _namespaces_of(outcomes: Iterable[Outcome]) -> set[object]:
    return {outcome.namespace for outcome in outcomes}


def _line(outcome: Outcome, output: Output) -> Printable:
    name = f"{outcome.kind.word}/{outcome.name}"
    if output.format is Format.NAME:
        return name_line(outcome.namespace, name, output, has_namespace=output.spans_namespaces)
    place = "" if outcome.kind is Kind.NAMESPACE else f" in namespace {outcome.namespace}"
    return Printable(f"{output.located(f'{name} {outcome.done.value}{place}')}{output.dry_run.suffix}")


def print_failures_and_hints(plan: Plan, ended: Sequence[Outcome], request: CommandRequest) -> None:
    """Print what failed or was skipped, and what the waiting pods need now."""
    all_names, located = request.connection.verbosity > 0 or request.output.is_document, request.output.located
    for line in failure_lines(ended, all_names=all_names, located=located):
        print_message(line)
    for line in unfinished_lines(ended, all_names=all_names, located=located):
        print_message(line)
    if request.output.dry_run is DryRun.NONE:
        for line in hint_lines(plan.hints, ended, request.connection):
            print_message(line)
        for line in next_step_lines(plan.next_steps, ended, request.connection):
            print_message(line)


def summary_of(ended: Sequence[Outcome]) -> str:
    """`1000 namespaces: 997 created, 2 unchanged, 1 failed`."""
    words: dict[str, list[Done]] = {}
    for outcome in ended:
        words.setdefault(outcome.namespace, []).append(outcome.done)
    counts = Counter(min(dones, key=_SEVERITY.index) for dones in words.values())
    parts = [f"{counts[done]} {_SUMMARY_WORDS.get(done, done.value)}" for done in _SUMMARY_ORDER if counts[done]]
    return f"{len(words)} namespace{'' if len(words) == 1 else 's'}: {', '.join(parts) or 'no changes'}"
