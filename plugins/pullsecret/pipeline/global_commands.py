"""Each writing command on OpenShift's global pull secret: observe, plan, ask, apply, and what the nodes do then."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.actions.composed.global_rotate import plan_rotated
from pullsecret.actions.composed.global_secret import (
    plan_copied,
    plan_created,
    read_global_secret,
    read_global_sources,
)
from pullsecret.errors import PullSecretError
from pullsecret.model.objects.objects import Kind
from pullsecret.model.request.suggested_command import CommandStyle
from pullsecret.pipeline.node_conclusion import conclude_on_nodes
from pullsecret.pipeline.prepared import Prepared, Question, must_ask
from pullsecret.pipeline.run import run_prepared
from pullsecret.report.conclusion import Conclusion
from pullsecret.report.global_secret import change_notes, show_changes

if TYPE_CHECKING:
    from pullsecret.actions.composed.rotate import RotateRequest
    from pullsecret.actions.copy import CopyRequest
    from pullsecret.actions.create import CreateRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.global_secret import GlobalPlan, GlobalTarget
    from pullsecret.model.request.command_request import CommandRequest


def create_in_global(request: CreateRequest) -> int:
    """Add entries with new credentials, and remove others; the exit status is that of `run_change`."""

    def prepare(asked: CreateRequest, cluster: Cluster) -> Prepared:
        view = read_global_secret(cluster)
        return _prepared(plan_created(asked, view, cluster), view, asked, cluster)

    return run_prepared(prepare, request)


def copy_to_global(request: CopyRequest, hosts: tuple[str, ...]) -> int:
    """Add the entries of secrets; the exit status is that of `run_change`."""

    def prepare(asked: CopyRequest, cluster: Cluster) -> Prepared:
        sources = read_global_sources(asked, cluster)
        view = read_global_secret(cluster)
        return _prepared(plan_copied(asked, hosts, view, sources), view, asked, cluster)

    return run_prepared(prepare, request)


def rotate_in_global(request: RotateRequest) -> int:
    """Replace a credential; the exit status is that of `run_change`."""

    def prepare(asked: RotateRequest, cluster: Cluster) -> Prepared:
        view = read_global_secret(cluster)
        return _prepared(plan_rotated(asked, view, cluster), view, asked, cluster)

    return run_prepared(prepare, request)


def _prepared(found: GlobalPlan, view: GlobalTarget, request: CommandRequest, cluster: Cluster) -> Prepared:
    """The change with its question, if it changes anything, and with what the nodes make of it."""
    if not found.changes:
        return Prepared(plan=found.plan)
    question = Question(what="changing the global pull secret", show=partial(show_changes, view.place, found))
    notes = () if must_ask(request) else change_notes(view.place, found)
    return Prepared(
        plan=replace(found.plan, notes=(*found.plan.notes, *notes)),
        question=question,
        conclude=partial(_conclude, found, view, request, cluster),
    )


def _conclude(found: GlobalPlan, view: GlobalTarget, request: CommandRequest, cluster: Cluster) -> Conclusion:
    """What the nodes do, if the secret is as it should be now: a write that failed changes nothing."""
    style = CommandStyle(connection=request.connection)
    try:
        now = cluster.read(Kind.SECRET, *view.place)
        if found.edit(now) is not now:
            return Conclusion()
    except PullSecretError:
        return Conclusion()
    return conclude_on_nodes(cluster, view.facts, found.added, style)
