"""The way of `doctor --fix`: look, show, do what other commands would do, and look again until the pods pull."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.apply.engine import dry_run_plan
from pullsecret.apply.interruption import Interruption, handle_signals
from pullsecret.apply.watch_pods import watch
from pullsecret.model.doctor.progress import watched_owners
from pullsecret.model.plan.change import combined_plans
from pullsecret.model.request.common import DryRun
from pullsecret.pipeline.run import Action, AnyRequest, Seen, apply_plan, open_cluster
from pullsecret.report.fix import tell_plan, tell_states, tell_watch

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.doctor.automatic import FixPlan
    from pullsecret.model.doctor.diagnosis import Report
    from pullsecret.model.doctor.evidence import Evidence
    from pullsecret.model.plan.change import Plan
    from pullsecret.model.request.common import Output

Planner: TypeAlias = "Callable[[Cluster], Plan]"
"""The way of a command up to its plan."""


def planner(action: Action[AnyRequest, Seen, Plan], request: AnyRequest) -> Planner:
    """The way of a command up to its plan, for commands that together make one."""
    return lambda cluster: action.plan(request, action.observe(request, cluster))


@dataclass(frozen=True, kw_only=True)
class FixOptions:
    """How doctor's findings are mended.

    `show` prints a report and gives its exit status; `prescribe` chooses what is done for it, as the plans of other
    commands; `is_agreed` asks before; `wait` is for how many seconds the pods are watched then.
    """

    show: Callable[[Report, Output], int]
    prescribe: Callable[[Report], tuple[FixPlan, Sequence[Planner]]]
    is_agreed: Callable[[], bool]
    wait: float


def fix(doctor: Action[AnyRequest, Evidence, Report], request: AnyRequest, way: FixOptions) -> int:
    """Look, show, do what mends it, and watch until the pods pull: 0 when all of them do, else 1 or 128 + a signal."""
    with closing(open_cluster(request)) as cluster:
        evidence = doctor.observe(request, cluster)
        report = doctor.plan(request, evidence)
        status = way.show(report, request.output)
        fix_plan, planners = way.prescribe(report)
        plan = combined_plans(ask(cluster) for ask in planners)
        is_rehearsal = request.output.dry_run is not DryRun.NONE
        tell_plan(() if is_rehearsal else dry_run_plan(plan, cluster, request.output), fix_plan.left)
        if not fix_plan.fixes or not (is_rehearsal or way.is_agreed()):
            return status
        status = apply_plan(plan, cluster, request)
        if status or is_rehearsal:
            return status
        status = _watched(fix_plan, evidence, cluster, way.wait)
        if status == 1:
            return way.show(doctor.plan(request, doctor.observe(request, cluster)), request.output)
    return status or (1 if fix_plan.left or report.failures else 0)


def _watched(fix_plan: FixPlan, evidence: Evidence, cluster: Cluster, seconds: float) -> int:
    interruption = Interruption()
    owners = watched_owners(fix_plan.fixes, evidence)
    tell_watch(owners, seconds)
    with handle_signals(interruption):
        states = watch(cluster, owners, seconds, interruption)
    is_good = tell_states(states)
    return interruption.exit_status or (0 if is_good else 1)
