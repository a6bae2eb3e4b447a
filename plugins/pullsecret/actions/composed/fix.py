"""Apply what fixes doctor's findings, with the actions of other commands: copy, attach, and restart.

Each step becomes the request that its command line would make; the plans of all of them are one plan.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.actions import attach, copy, restart
from pullsecret.model.doctor.fixes import AttachStep, CopyStep
from pullsecret.model.objects.pullsecret import ReplacePolicy
from pullsecret.model.plan.change import Plan, combined_plans
from pullsecret.model.request.command_request import Attachment, CommandRequest
from pullsecret.model.request.targets import Targets

if TYPE_CHECKING:
    from datetime import datetime

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.doctor.automatic import FixPlan


@dataclass(frozen=True, kw_only=True)
class FixRequest(CommandRequest):
    """The automatic fixes of a report, and the time to record as that of the restarts."""

    fix_plan: FixPlan
    at: datetime
    force_conflicts: bool = False


def observe(request: FixRequest, cluster: Cluster) -> tuple[Plan, ...]:
    """Read what the steps need, and plan each: copies and attachments first, then restarts."""
    steps = [_plan_step(step, namespace, request, cluster) for namespace, step in request.fix_plan.steps]
    return (*steps, _plan_restarts(request, cluster))


def plan(_request: FixRequest, plans: tuple[Plan, ...]) -> Plan:
    """The steps' plans as one."""
    return combined_plans(plans)


def _plan_step(step: CopyStep | AttachStep, namespace: str, request: FixRequest, cluster: Cluster) -> Plan:
    if isinstance(step, AttachStep):
        attaching = attach_request(step, namespace, request)
        return attach.plan(attaching, attach.observe(attaching, cluster))
    copying = copy_request(step, namespace, request)
    return copy.plan(copying, copy.observe(copying, cluster))


def attach_request(step: AttachStep, namespace: str, request: FixRequest) -> attach.AttachRequest:
    """The request of `attach` for a step."""
    return attach.AttachRequest(
        names=(step.secret,),
        attachment=Attachment(accounts=(step.account,), force_conflicts=request.force_conflicts),
        targets=Targets(names=(namespace,)),
        output=request.output,
        connection=request.connection,
    )


def copy_request(step: CopyStep, namespace: str, request: FixRequest) -> copy.CopyRequest:
    """The request of `copy` for a step."""
    return copy.CopyRequest(
        names=(step.secret,),
        from_namespace=step.source,
        name_template=step.name if step.name != step.secret else "",
        replace_policy=ReplacePolicy(
            overwrite=step.overwrite, recreate=step.recreate, force_conflicts=request.force_conflicts
        ),
        attachment=Attachment(accounts=(step.account,)) if step.account else None,
        targets=Targets(names=(namespace,)),
        output=request.output,
        connection=request.connection,
    )


def _plan_restarts(request: FixRequest, cluster: Cluster) -> Plan:
    restarting = restart.RestartRequest(
        owners=request.fix_plan.restarts,
        at=request.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        force_conflicts=request.force_conflicts,
        output=request.output,
        connection=request.connection,
    )
    return restart.plan(restarting, restart.observe(restarting, cluster)) if restarting.owners else Plan(sequences=())
