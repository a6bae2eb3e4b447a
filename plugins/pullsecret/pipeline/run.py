"""The steps of every command: observe, plan, apply, report."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from pullsecret.apply.engine import Interruption, handle_signals, stream_outcomes
from pullsecret.apply.stages import stream_stages
from pullsecret.cluster import connect
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.report.differences import report_differences
from pullsecret.report.outcomes import report_outcomes
from pullsecret.report.streams import log, warn
from pullsecret.system.variables import without_variable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.apply.stages import NextStage
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.change import Plan
    from pullsecret.model.request.command_request import Output

Asked_contra = TypeVar("Asked_contra", bound=CommandRequest, contravariant=True)
AnyRequest = TypeVar("AnyRequest", bound=CommandRequest)
Seen = TypeVar("Seen")
Decided = TypeVar("Decided")
Decided_co = TypeVar("Decided_co", covariant=True)


class Action(Protocol[Asked_contra, Seen, Decided_co]):
    """A command's own steps; the modules of actions/ have this form."""

    def observe(self, request: Asked_contra, cluster: Cluster, /) -> Seen:
        """Read from the cluster what the plan needs."""

    def plan(self, request: Asked_contra, view: Seen, /) -> Decided_co:
        """Decide, without reading anything."""


class FileAction(Protocol[Asked_contra, Seen, Decided_co]):
    """The same for commands that read files on this machine."""

    def observe(self, request: Asked_contra, /) -> Seen:
        """Read what the plan needs."""

    def plan(self, request: Asked_contra, view: Seen, /) -> Decided_co:
        """Decide, without reading anything."""


def run_change(action: Action[AnyRequest, Seen, Plan], request: AnyRequest) -> int:
    """Run a command that changes something; the exit status is 0 as asked, 1 if anything failed, 128 + a signal."""
    with closing(open_cluster(request)) as cluster:
        return apply_plan(action.plan(request, action.observe(request, cluster)), cluster, request)


def apply_plan(plan: Plan, cluster: Cluster, request: CommandRequest, next_stage: NextStage | None = None) -> int:
    """Apply a plan and report its outcomes: the second half of `run_change`.

    `next_stage` gives the changes in stages, where later ones depend on what came of the first; `plan` has all of them.
    """
    interruption = Interruption()
    applied = (
        stream_outcomes(plan, cluster, request.output, interruption)
        if next_stage is None
        else stream_stages(plan, next_stage, cluster, request.output, interruption)
    )
    # This is where writing happens: the report iterates over the stream, and that makes the engine apply the plan. A
    # report that fails (a closed pipe) closes the stream before the cluster, so that requests under way end first.
    with handle_signals(interruption), closing(applied) as stream:
        if request.output.is_diff:
            status = report_differences(plan, stream, request)
        else:
            status = 0 if report_outcomes(plan, stream, located(request, cluster)) else 1
    return interruption.exit_status or status


def run_query(
    action: Action[AnyRequest, Seen, Decided], request: AnyRequest, show: Callable[[Decided, Output], int]
) -> int:
    """Run a command that only reads: `show`, of report/, prints its plan and returns the exit status."""
    with closing(open_cluster(request)) as cluster:
        decided = action.plan(request, action.observe(request, cluster))
        output = located(request, cluster).output
    return show(decided, output)


def run_offline(
    action: FileAction[AnyRequest, Seen, Decided], request: AnyRequest, show: Callable[[Decided, Output], int]
) -> int:
    """Run a command that reads files on this machine, without contacting a cluster."""
    return show(action.plan(request, action.observe(request)), request.output)


def located(request: AnyRequest, cluster: Cluster) -> AnyRequest:
    """The request with what its output must tell: the context, and whether names need their namespace."""
    spans_namespaces = request.targets.may_be_many
    return replace(request, output=replace(request.output, context=cluster.context, spans_namespaces=spans_namespaces))


def open_cluster(request: CommandRequest) -> Cluster:
    """Connect to the cluster of a request; the caller closes it."""
    environ = without_variable(os.environ, request.password_variable)
    return connect(request.connection, environ=environ, log=log, warn=warn, stdin_free=not request.reads_stdin)
