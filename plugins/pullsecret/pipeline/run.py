"""The steps of every command: observe, plan, apply, report."""

from __future__ import annotations

import os
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, Protocol, TypeVar

from pullsecret.apply.engine import Interruption, handle_signals
from pullsecret.cluster import connect
from pullsecret.errors import UsageError
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.pipeline.prepared import AnyRequest, Prepared, is_confirmed
from pullsecret.report.code_engine_advice import with_code_engine_advice
from pullsecret.report.conclusion import print_conclusions
from pullsecret.report.differences import report_differences
from pullsecret.report.outcomes import report_outcomes
from pullsecret.report.streams import log, warn
from pullsecret.system.variables import without_variable

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.apply.terms import Server
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.change import Plan
    from pullsecret.model.request.command_request import Output
    from pullsecret.pipeline.prepared import Prepare

Asked_contra = TypeVar("Asked_contra", bound=CommandRequest, contravariant=True)
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

    def prepare(one: AnyRequest, cluster: Cluster) -> Prepared:
        return Prepared(plan=action.plan(one, action.observe(one, cluster)))

    return run_prepared(prepare, request)


def run_prepared(prepare: Prepare[AnyRequest], request: AnyRequest) -> int:
    """Run a command that changes something, in the clusters of its request; the exit status is that of `run_change`.

    `prepare` is called for each cluster, with the request as it is for that one; it asks nothing and writes nothing.

    Raises:
        UsageError: it would have to ask, and there is no terminal.
    """
    if request.targets.contexts.is_given:
        from pullsecret.pipeline.clusters import change_clusters  # noqa: PLC0415  most runs have one cluster

        return change_clusters(prepare, request)
    with closing(open_cluster(request)) as cluster:
        prepared = prepare(request, cluster)
        if not is_confirmed(prepared.question, request):
            return 1
        return apply_prepared(prepared, cluster, request)


def apply_plan(plan: Plan, cluster: Cluster, request: CommandRequest) -> int:
    """Apply a plan and report its outcomes: the second half of `run_change`."""
    return apply_prepared(Prepared(plan=plan), cluster, request)


def apply_prepared(prepared: Prepared, cluster: Server, request: CommandRequest) -> int:
    """Make the changes in one cluster and report what became of them."""
    interruption, plan = Interruption(), prepared.plan
    applied = prepared.stream(cluster, request.output, interruption)
    # This is where writing happens: the report iterates over the stream, and that makes the engine apply the plan. A
    # report that fails (a closed pipe) closes the stream before the cluster, so that requests under way end first.
    with handle_signals(interruption), closing(applied):
        kubeconfig = request.connection.kubeconfig or os.environ.get("KUBECONFIG", "")
        stream = with_code_engine_advice(applied, cluster.server, kubeconfig)
        if request.output.is_diff:
            status = report_differences(plan, stream, request)
        else:
            status = 0 if report_outcomes(plan, stream, located(request, cluster)) else 1
    is_done = print_conclusions([(prepared.conclusion(request.output, interruption), request.output)])
    return interruption.exit_status or status or (0 if is_done else 1)


def run_query(
    action: Action[AnyRequest, Seen, Decided], request: AnyRequest, show: Callable[[Decided, Output], int]
) -> int:
    """Run a command that only reads: `show`, of report/, prints its plan and returns the exit status.

    In several clusters it is called for each; tables and documents are printed as one in the end.
    """

    def look(one: AnyRequest, cluster: Cluster) -> Decided:
        return action.plan(one, action.observe(one, cluster))

    if request.targets.contexts.is_given:
        from pullsecret.pipeline.clusters import query_clusters  # noqa: PLC0415  most runs have one cluster

        return query_clusters(look, request, show)
    with closing(open_cluster(request)) as cluster:
        decided = look(request, cluster)
        output = located(request, cluster).output
    return show(decided, output)


def run_offline(
    action: FileAction[AnyRequest, Seen, Decided], request: AnyRequest, show: Callable[[Decided, Output], int]
) -> int:
    """Run a command that reads files on this machine, without contacting a cluster."""
    return show(action.plan(request, action.observe(request)), request.output)


def located(request: AnyRequest, cluster: Server) -> AnyRequest:
    """The request with what its output must tell: the context, and whether names need their namespace."""
    output = replace(request.output, context=cluster.context, spans_namespaces=request.spans_namespaces)
    return replace(request, output=output)


def open_cluster(request: CommandRequest) -> Cluster:
    """Connect to the cluster of a request; the caller closes it.

    Raises:
        UsageError: several contexts are selected, which only `run_prepared` and `run_query` can take.
    """
    if request.targets.contexts.is_given:
        raise UsageError("--contexts and --all-contexts cannot be used here; use --context")
    environ = without_variable(os.environ, request.password_variable)
    return connect(request.connection, environ=environ, log=log, warn=warn, stdin_free=not request.reads_stdin)
