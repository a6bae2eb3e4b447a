"""The steps of `doctor --fix`: diagnose, show the fixes, apply them, and diagnose again where pods still wait."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pullsecret.actions.composed import fix as composed
from pullsecret.apply.engine import Interruption, dry_run_plan, handle_signals
from pullsecret.apply.watch_pods import watch
from pullsecret.model.doctor.automatic import fix_plan_for
from pullsecret.model.doctor.progress import watched_owners
from pullsecret.model.request.command_request import DryRun
from pullsecret.pipeline.run import Action, apply_plan, open_cluster
from pullsecret.report.confirmation import ask_to_continue, check_can_ask
from pullsecret.report.fix import report_plan, report_states, report_waiting

if TYPE_CHECKING:
    from collections.abc import Callable

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.doctor.automatic import FixPermissions, FixPlan
    from pullsecret.model.doctor.diagnosis import Report
    from pullsecret.model.doctor.evidence import Evidence
    from pullsecret.model.request.command_request import Output
    from pullsecret.pipeline.prepared import AnyRequest


@dataclass(frozen=True, kw_only=True)
class FixOptions:
    """How doctor's findings are fixed.

    `show` prints a report and returns its exit status; `permissions` are what the user allows; `asks` is whether
    to prompt for confirmation; `wait` is for how many seconds to watch the pods afterwards.
    """

    show: Callable[[Report, Output], int]
    permissions: FixPermissions
    asks: bool
    wait: float


def fix(doctor: Action[AnyRequest, Evidence, Report], request: AnyRequest, options: FixOptions) -> int:
    """Diagnose, apply the fixes, and wait until the pods pull.

    Returns:
        0 when all pods pull, 1 when some do not, 2 when something could not be read, 128 + a signal.

    Raises:
        UsageError: it would have to ask, and there is no terminal.
    """
    if options.asks:
        check_can_ask("--fix")
    with closing(open_cluster(request)) as cluster:
        evidence = doctor.observe(request, cluster)
        report = doctor.plan(request, evidence)
        status = options.show(report, request.output)
        permissions = replace(options.permissions, spared=evidence.observed.selection.system)
        fix_plan = fix_plan_for(report.diagnoses, permissions)
        ended = _apply_fixes(fix_plan, report, cluster, request, options)
        if ended is None:
            return status
        if ended or request.output.dry_run is not DryRun.NONE:
            return _worse(ended, report)
        ended = _wait_for_pods(fix_plan, evidence, cluster, options.wait)
        if ended == 1:
            # New pods may not have tried yet: that none fails now does not mean that all have pulled.
            again = options.show(doctor.plan(request, doctor.observe(request, cluster)), request.output)
            return _worse(max(again, ended), report)
    return _worse(ended or (1 if fix_plan.manual else 0), report)


def _apply_fixes(
    fix_plan: FixPlan, report: Report, cluster: Cluster, request: AnyRequest, options: FixOptions
) -> int | None:
    """Show the fixes and apply them; return the exit status, None when nothing was applied."""
    composing = composed.FixRequest(
        fix_plan=fix_plan,
        at=report.now,
        force_conflicts=options.permissions.force_conflicts,
        output=request.output,
        connection=request.connection,
    )
    plan = composed.plan(composing, composed.observe(composing, cluster))
    is_dry_run = request.output.dry_run is not DryRun.NONE
    report_plan(() if is_dry_run else dry_run_plan(plan, cluster, request.output), fix_plan.manual)
    if not fix_plan.fixes or not (is_dry_run or not options.asks or ask_to_continue()):
        return None
    return apply_plan(plan, cluster, request)


def _worse(status: int, report: Report) -> int:
    """The exit status of a run: an incomplete diagnosis is never a mere finding."""
    return 2 if report.failures and status <= 1 else status


def _wait_for_pods(fix_plan: FixPlan, evidence: Evidence, cluster: Cluster, seconds: float) -> int:
    interruption = Interruption()
    owners = watched_owners(fix_plan.fixes, evidence)
    if not owners:
        return 0
    report_waiting(owners, seconds)
    with handle_signals(interruption):
        states = watch(cluster, owners, seconds, interruption)
    has_recovered = report_states(states)
    return interruption.exit_status or (0 if has_recovered else 1)
