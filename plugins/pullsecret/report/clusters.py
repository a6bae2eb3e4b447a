"""One report of a run in several clusters: notes, lines in the order of the contexts, failures, a summary line each."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import Printable, printable
from pullsecret.model.plan.change import Plan
from pullsecret.model.request.targets import NO_NAMESPACES
from pullsecret.report.change_list import print_changes
from pullsecret.report.columns import aligned
from pullsecret.report.order import Order
from pullsecret.report.outcomes import print_failures_and_hints, print_good_outcomes, summary_of
from pullsecret.report.progress import show_progress
from pullsecret.report.streams import print_error, print_message

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pullsecret.errors import PullSecretError
    from pullsecret.model.plan.change import Outcome
    from pullsecret.model.request.command_request import CommandRequest, Output

_NAMES_SHOWN = 10


@dataclass(frozen=True, kw_only=True)
class PlannedCluster:
    """What is to be done in one cluster, or the error for which nothing is; `request` says which context it is."""

    request: CommandRequest
    plan: Plan = field(default_factory=Plan)
    error: PullSecretError | None = None

    @property
    def output(self) -> Output:
        """How to print what becomes of it; its `context` is that of the cluster."""
        return self.request.output


@dataclass(frozen=True, kw_only=True)
class ExpectedWrites:
    """What a run would write in one cluster: a person is asked before."""

    context: str
    host: str
    namespaces: int
    writes: int


def report_clusters(
    clusters: Sequence[PlannedCluster], stream: Iterable[tuple[int, Sequence[Outcome]]], output: Output
) -> bool:
    """Report a run in several clusters; returns whether everything is as requested in all of them.

    Args:
        clusters: what is done in each; each has its number in `stream`.
        stream: the outcomes as they end; iterating over it is what makes the engines apply the plans.
        output: how to print what all clusters have in common.
    """
    _print_notes(clusters)
    ended: list[list[Outcome]] = [[] for _ in clusters]
    total = sum(len(one.plan.sequences) for one in clusters)
    shown = show_progress(stream, total=total, quiet=output.quiet, namespaces_of=_namespaces_of)
    for number, outcomes in _in_cluster_order(clusters, shown):
        ended[number] += outcomes
        print_good_outcomes(outcomes, clusters[number].output)
    if output.is_document:
        found = {one.output.context: outcomes for one, outcomes in zip(clusters, ended, strict=True) if not one.error}
        print_changes(found, output, errors=_errors_of(clusters))
    for one, outcomes in zip(clusters, ended, strict=True):
        print_failures_and_hints(one.plan, outcomes, one.request)
    for one in clusters:
        print_cluster_error(one.error, one.output)
    for one, outcomes in zip(clusters, ended, strict=True):
        print_message(_summary(one, outcomes))
    return all(outcome.is_good for outcomes in ended for outcome in outcomes) and not _errors_of(clusters)


def print_cluster_error(error: PullSecretError | None, output: Output) -> None:
    """Print why a cluster could not be read, with its context; nothing without an error."""
    if error is not None:
        print_error(error, located=output.located)


def show_expected_writes(expected: Sequence[ExpectedWrites], credential_source: str) -> None:
    """Tell on stderr what would be written where, and where the credential comes from; nothing without any writes."""
    if not expected:
        return
    namespaces, writes = (
        sum(counts) for counts in zip(*((one.namespaces, one.writes) for one in expected), strict=True)
    )
    print_message(Printable(f"This writes {writes} objects in {namespaces} namespaces of {len(expected)} clusters:"))
    rows = [("CONTEXT", "SERVER", "NAMESPACES", "OBJECTS")]
    rows += [(printable(one.context), printable(one.host), str(one.namespaces), str(one.writes)) for one in expected]
    for line in aligned(rows):
        print_message(Printable(f"  {line}"))
    if credential_source:
        print_message(Printable(f"The credential comes from {credential_source}."))


def _errors_of(clusters: Iterable[PlannedCluster]) -> Mapping[str, str]:
    return {one.output.context: one.error.line.removeprefix("error: ") for one in clusters if one.error}


def _print_notes(clusters: Iterable[PlannedCluster]) -> None:
    """Print each note once, with the contexts that it is true of."""
    contexts: dict[str, list[str]] = {}
    for one in clusters:
        notes = one.plan.notes
        is_silent = one.error or one.plan.sequences or any(note.startswith("note: ") for note in notes)
        for note in (*notes, *(() if is_silent else (NO_NAMESPACES,))):
            contexts.setdefault(note, []).append(one.output.context)
    for note, names in contexts.items():
        print_message(Printable(f"{note} ({_contexts(names)})"))


def _contexts(names: Sequence[str]) -> str:
    if len(names) == 1:
        return f"context {names[0]}"
    more = f" and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else ""
    return f"contexts {', '.join(names[:_NAMES_SHOWN])}{more}"


def _namespaces_of(ended: tuple[int, Sequence[Outcome]]) -> set[object]:
    number, outcomes = ended
    return {(number, outcome.namespace) for outcome in outcomes}


def _in_cluster_order(
    clusters: Sequence[PlannedCluster], stream: Iterable[tuple[int, Sequence[Outcome]]]
) -> Iterator[tuple[int, Sequence[Outcome]]]:
    """Yield the outcomes of each cluster in the order of its plan, one cluster after the other."""
    orders = [Order(one.plan) for one in clusters]
    left = [sum(map(len, one.plan.sequences)) for one in clusters]
    ready: list[list[Outcome]] = [[] for _ in clusters]
    turn = 0
    for number, outcomes in stream:
        ready[number] += orders[number].add(outcomes)
        while turn < len(clusters) and (ready[turn] or not left[turn]):
            left[turn] -= len(ready[turn])
            if ready[turn]:
                yield turn, ready[turn]
            ready[turn] = []
            if left[turn]:
                break
            turn += 1
    yield from ((number, [*ready[number], *orders[number].left()]) for number in range(len(clusters)))


def _summary(one: PlannedCluster, outcomes: Sequence[Outcome]) -> Printable:
    what = "failed; no changes were made" if one.error else summary_of(outcomes)
    return Printable(f"context {one.output.context}: {what}{'' if one.error else one.output.dry_run.suffix}")
