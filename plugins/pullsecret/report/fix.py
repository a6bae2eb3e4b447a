"""What --fix is about to do, the prompt, and what became of the pods."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.doctor.progress import State
from pullsecret.model.go.printable import Printable
from pullsecret.model.objects.objects import Kind
from pullsecret.model.objects.pullsecret import provenance_of
from pullsecret.report.durations import human_duration
from pullsecret.report.streams import print_line, print_message, print_messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pullsecret.model.doctor.progress import ObservedState, WatchedOwner
    from pullsecret.model.plan.change import Outcome
    from pullsecret.model.request.command_request import Output


def report_plan(outcomes: Iterable[Outcome], manual: Sequence[str], output: Output) -> None:
    """Print what would become of each object, and what is skipped."""
    print_messages(manual, output)
    lines = [_line(outcome) for outcome in outcomes]
    if lines:
        print_message(Printable(f"{output.located('The following changes will be made')}:"))
    for line in lines:
        print_message(Printable(f"  {line}"))


def _line(outcome: Outcome) -> str:
    what = f"{outcome.kind.word}/{outcome.name}"
    if outcome.error is not None:
        return f"{what}: {outcome.error.line}"
    provenance = provenance_of(outcome.result or {}) if outcome.kind is Kind.SECRET else None
    source = f", from secret/{provenance.name} in namespace {provenance.namespace}" if provenance else ""
    return f"{what} {outcome.done.value} in namespace {outcome.namespace}{source}"


def report_waiting(owners: Sequence[WatchedOwner], seconds: float) -> None:
    """Print that the changes are made, and what is waited for."""
    who = owners[0].owner if len(owners) == 1 else f"{len(owners)} workloads"
    span = human_duration(int(seconds))
    print_message(Printable(f"waiting up to {span} for {who}; press Ctrl-C to stop waiting"))


def report_states(states: Mapping[WatchedOwner, ObservedState], output: Output) -> bool:
    """Print a line for each owner; return whether all of them have recovered."""
    for owner, observed in states.items():
        line = Printable(f"{output.located(f'{owner.owner} in namespace {owner.namespace}')} {observed.line}")
        if observed.state is State.RECOVERED:
            print_line(line)
        else:
            print_message(Printable(f"error: {line}"))
    return all(observed.state is State.RECOVERED for observed in states.values())
