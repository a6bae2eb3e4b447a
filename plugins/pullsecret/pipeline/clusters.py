"""The steps of a command in several clusters: a pipeline each, side by side, and one report.

The actions do not know of it: each gets the request as it would be with `--context`. Logins come first and one after
another, because they may prompt; then all clusters are read, the writes are confirmed, and all are written. A cluster
that cannot be read is not written, and stops no other.
"""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import urlsplit

from pullsecret.apply.engine import Interruption, dry_run_plan, handle_signals
from pullsecret.apply.side_by_side import stream_side_by_side
from pullsecret.errors import PullSecretError, UsageError
from pullsecret.model.go.printable import Printable
from pullsecret.model.plan.change import Done, Plan
from pullsecret.network.side_by_side import call_each
from pullsecret.pipeline.members import AT_ONCE, Member, open_members
from pullsecret.pipeline.prepared import AnyRequest, Prepared, must_ask
from pullsecret.report.clusters import (
    ExpectedWrites,
    PlannedCluster,
    print_cluster_error,
    report_clusters,
    show_expected_writes,
)
from pullsecret.report.columns import print_gathered_columns
from pullsecret.report.conclusion import Conclusion, print_conclusions
from pullsecret.report.confirmation import ask_to_continue, check_can_ask
from pullsecret.report.differences import report_differences
from pullsecret.report.documents import gather_error, print_gathered_items
from pullsecret.report.pipelines.print_ci_report import print_gathered_ci_report
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.request.command_request import CommandRequest, Output
    from pullsecret.pipeline.prepared import Prepare

Found = TypeVar("Found")

_NO_CHANGE = frozenset({Done.UNCHANGED, Done.FAILED, Done.SKIPPED})


@dataclass(frozen=True, kw_only=True)
class LookedAt(Generic[Found]):
    """What was found in one cluster, or the error for which nothing was; `request` says which context it is."""

    request: CommandRequest
    cluster: Cluster | None = None
    found: Found | None = None
    error: PullSecretError | None = None


def change_clusters(prepare: Prepare[AnyRequest], request: AnyRequest) -> int:
    """Run a command that writes in all clusters of the request.

    Returns:
        0 as asked everywhere; 1 if anything failed, and for --diff 2; 128 + a signal.

    Raises:
        UsageError: the flags do not go together, or it would have to ask, and there is no terminal.
        PullSecretError: every cluster fails for the same reason.
    """
    if request.output.shows_manifests:
        raise UsageError("--dry-run=client with --output prints manifests for one cluster; use --context")
    with ExitStack() as opened:
        members = open_members(request, opened, partial(_check_can_ask, request))
        seen = look_at_all(prepare, members)
        if not seen:
            return 0
        if not _is_confirmed(seen, request):
            return 1
        return apply_all(seen, request)


def query_clusters(
    look: Callable[[AnyRequest, Cluster], Found], request: AnyRequest, show: Callable[[Found, Output], int]
) -> int:
    """Run a command that only reads in all clusters of the request, and print one table, document or text.

    Returns:
        The highest exit status of all clusters.

    Raises:
        PullSecretError: every cluster fails for the same reason, or the flags do not go together.
    """
    with ExitStack() as opened:
        seen = look_at_all(look, open_members(request, opened, lambda _: None))
    statuses = [0]
    for one in seen:
        if one.found is not None:
            statuses.append(show(one.found, one.request.output))
        elif one.error is not None:
            print_cluster_error(one.error, one.request.output)
            gather_error(one.error, one.request.output)
            statuses.append(request.failed_status)
    if seen:
        print_gathered_columns(seen[0].request.output)
        if seen[0].request.output.is_for_pipelines:
            print_gathered_ci_report(seen[0].request.output)
        else:
            print_gathered_items(seen[0].request.output)
    return max(statuses)


def _check_can_ask(request: CommandRequest, clusters: int) -> None:
    if clusters > 1 and must_ask(request):
        check_can_ask("writing in more than one cluster")


def look_at_all(
    look: Callable[[AnyRequest, Cluster], Found], members: Sequence[Member[AnyRequest]]
) -> Sequence[LookedAt[Found]]:
    """Read the clusters side by side; raises the error that all of them have."""
    seen = call_each(partial(_look_at, look), members, at_once=AT_ONCE)
    errors = [one.error for one in seen if one.error is not None]
    if errors and len(errors) == len(seen) and len({(error.line, error.hint) for error in errors}) == 1:
        raise errors[0]
    return seen


def _look_at(look: Callable[[AnyRequest, Cluster], Found], member: Member[AnyRequest]) -> LookedAt[Found]:
    if member.cluster is None:
        return LookedAt(request=member.request, error=member.error)
    try:
        found = look(member.request, member.cluster)
    except PullSecretError as error:
        return LookedAt(request=member.request, error=error)
    return LookedAt(request=member.request, cluster=member.cluster, found=found)


def _is_confirmed(seen: Sequence[LookedAt[Prepared]], request: CommandRequest) -> bool:
    """Whether to write: after asking, where there is more than one cluster and anything to write."""
    if not must_ask(request):
        return True
    questions = [(one.request.output, one.found.question) for one in seen if one.found and one.found.question]
    expected = (
        [writes for one in seen if (writes := expected_writes(one, one.found.plan if one.found else None))]
        if len(seen) > 1
        else []
    )
    if not expected and not questions:
        return True
    for output, question in questions:
        check_can_ask(question.what)
        print_message(Printable(f"context {output.context}:"))
        question.show()
    if expected:
        show_expected_writes(expected, request.credential_source)
    return ask_to_continue()


def expected_writes(seen: LookedAt[Found], plan: Plan | None) -> ExpectedWrites | None:
    """What a plan would write in a cluster; None for nothing."""
    if plan is None or seen.cluster is None:
        return None
    outcomes = dry_run_plan(plan, seen.cluster, seen.request.output)
    written = [outcome for outcome in outcomes if outcome.done not in _NO_CHANGE]
    return (
        ExpectedWrites(
            context=seen.request.output.context,
            host=urlsplit(seen.cluster.server).netloc.rpartition("@")[2],
            namespaces=len({outcome.namespace for outcome in written}),
            writes=len(written),
        )
        if written
        else None
    )


def apply_all(seen: Sequence[LookedAt[Prepared]], request: CommandRequest) -> int:
    """Write in all clusters side by side and report it; the exit status is that of `change_clusters`."""
    planned = [
        PlannedCluster(request=one.request, plan=one.found.plan if one.found else Plan(), error=one.error)
        for one in seen
    ]
    if request.output.is_diff:
        return _show_differences(planned, seen)
    interruption = Interruption()
    works = {
        number: partial(one.found.stream, one.cluster, one.request.output)
        for number, one in enumerate(seen)
        if one.found and one.cluster
    }
    applied = stream_side_by_side(works, interruption, at_once=AT_ONCE)
    with handle_signals(interruption), closing(applied) as stream:
        is_good = report_clusters(planned, stream, request.output)
    found = call_each(partial(_conclude_one, interruption), seen, at_once=AT_ONCE)
    is_done = print_conclusions([(each, one.request.output) for each, one in zip(found, seen, strict=True)])
    return interruption.exit_status or (0 if is_good and is_done else request.failed_status)


def _conclude_one(interruption: Interruption, one: LookedAt[Prepared]) -> Conclusion | None:
    """What to say about a cluster in the end; None if it could not be read at all."""
    try:
        return one.found.conclusion(one.request.output, interruption) if one.found else None
    except PullSecretError as error:
        print_cluster_error(error, one.request.output)
        return Conclusion(is_clear=False, is_failure=True)


def _show_differences(planned: Sequence[PlannedCluster], seen: Sequence[LookedAt[Prepared]]) -> int:
    """Show the differences of one cluster after the other; the exit status is the highest."""
    interruption, statuses = Interruption(), [0]
    with handle_signals(interruption):
        for one, found in zip(planned, seen, strict=True):
            print_cluster_error(one.error, one.output)
            if found.found is None or found.cluster is None:
                statuses.append(one.request.failed_status)
                continue
            with closing(found.found.stream(found.cluster, one.output, interruption.new_part())) as stream:
                statuses.append(report_differences(one.plan, stream, one.request))
    return interruption.exit_status or max(statuses)
