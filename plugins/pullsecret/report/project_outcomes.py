"""The outcomes of a run in a Code Engine project: a line for each secret, then the failures and a summary."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable
from pullsecret.model.plan.change import Done, Outcome
from pullsecret.model.request.command_request import Format
from pullsecret.report.change_list import RESULTS, message_of
from pullsecret.report.documents import print_document
from pullsecret.report.order import in_order
from pullsecret.report.progress import show_progress
from pullsecret.report.streams import print_lines, print_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.model.plan.change import Plan
    from pullsecret.model.request.code_engine import ShownProject
    from pullsecret.model.request.command_request import Output

_FEW = 3
"""Up to this many equal failures are reported one by one."""


def report_in_project(
    plan: Plan, stream: Iterable[Sequence[Outcome]], output: Output, project: ShownProject
) -> tuple[Outcome, ...]:
    """Report a run from its notes to its summary; returns the outcomes.

    Args:
        plan: what to do, with the notes to print before.
        stream: the outcomes as they end; iterating over it is what makes the engine apply the changes.
        output: how to print them.
        project: where they are.
    """
    for note in plan.notes:
        print_message(Printable(note))
    ended: list[Outcome] = []
    total = sum(map(len, plan.sequences))
    shown = show_progress(stream, total=total, quiet=output.quiet, namespaces_of=_names_of, word="secrets")
    for outcomes in in_order(plan, shown):
        ended += outcomes
        if not output.is_document and (lines := [_line(item, output, project) for item in outcomes if item.is_good]):
            print_lines(lines)
    if output.is_document:
        _print_document(ended, output, project)
    for line in project_failures(ended, project.name):
        print_message(line)
    print_message(Printable(f"{project.title}: {_counts(ended)}{output.dry_run.suffix}"))
    return tuple(ended)


def _names_of(outcomes: Iterable[Outcome]) -> set[object]:
    return {outcome.name for outcome in outcomes}


def _line(outcome: Outcome, output: Output, project: ShownProject) -> Printable:
    name = f"{outcome.kind.word}/{outcome.name}"
    if output.format is Format.NAME:
        return Printable(name)
    return Printable(f"{name} {outcome.done.value} in project {project.name}{output.dry_run.suffix}")


def _counts(ended: Sequence[Outcome]) -> str:
    counts = Counter(outcome.done for outcome in ended)
    return ", ".join(f"{counts[done]} {RESULTS[done]}" for done in Done if counts[done]) or "no changes"


def _print_document(ended: Sequence[Outcome], output: Output, project: ShownProject) -> None:
    has_failure = any(outcome.done is Done.FAILED for outcome in ended)
    items = (
        {
            "name": outcome.name,
            "result": RESULTS[outcome.done],
            "message": message_of(outcome, has_failure=has_failure),
        }
        for outcome in ended
    )
    counts = Counter(outcome.done for outcome in ended)
    summary = {word: counts[done] for done, word in RESULTS.items()}
    print_document(
        "ProjectChangeList",
        items,
        output,
        project=project.as_object(),
        account=project.account,
        dryRun=output.dry_run.value,
        summary=summary,
    )


def project_failures(ended: Sequence[Outcome], project: str) -> Iterator[Printable]:
    """What failed, equal failures once, and what was skipped or has an unknown result."""
    groups: dict[tuple[str, str], list[str]] = {}
    for outcome in ended:
        if outcome.error is not None:
            groups.setdefault((outcome.error.line, outcome.error.hint), []).append(outcome.name)
    for (line, hint), names in groups.items():
        if len(names) > _FEW:
            yield Printable(f"error: {len(names)} secrets: {line.removeprefix('error: ')}")
            yield Printable.of("  ", Printable.listed(names))
        else:
            yield from (Printable(_located(line, name, project)) for name in names)
        if hint:
            yield Printable(hint)
    for outcome in ended:
        place = f"{outcome.kind.word}/{outcome.name} in project {project}"
        if outcome.done is Done.SKIPPED:
            yield Printable(f"note: skipped {place}")
        elif outcome.done is Done.UNKNOWN:
            yield Printable(f"warning: {place}: result unknown")


def _located(line: str, name: str, project: str) -> str:
    """The error with the secret's name, if the text does not contain it."""
    return line if f'"{name}"' in line else f"{line} (secret/{name} in project {project})"
