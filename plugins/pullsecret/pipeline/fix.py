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
from pullsecret.model.request.command_request import CommandRequest, DryRun
from pullsecret.pipeline.run import Action, apply_plan, open_cluster
from pullsecret.report.confirmation import ask_to_continue, check_can_ask
from pullsecret.report.fix import report_plan, report_states, report_waiting

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.doctor.automatic import FixPermissions, FixPlan
    from pullsecret.model.doctor.diagnosis import Report
    from pullsecret.model.doctor.evidence import Evidence
    from pullsecret.model.doctor.progress import WatchedOwner
    from pullsecret.model.plan.change import Plan
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
    if request.targets.contexts.is_given:
        from pullsecret.pipeline.fix_clusters import fix_clusters  # noqa: PLC0415  most runs have one cluster

        return fix_clusters(doctor, request, options)
    with closing(open_cluster(request)) as cluster:
        found = diagnose(doctor, options, request, cluster)
        status = options.show(found.report, request.output)
        show_fixes(found, cluster, request.output)
        if not found.fixes or not is_agreed(request, options):
            return status
        ended = apply_plan(found.plan, cluster, request)
        if ended or request.output.dry_run is not DryRun.NONE:
            return found.worse(ended)
        interruption = Interruption()
        with handle_signals(interruption):
            ended = _wait_for_pods(found, cluster, request, options.wait, interruption)
        if ended == 1:
            # New pods may not have tried yet: that none fails now does not mean that all have pulled.
            again = options.show(doctor.plan(request, doctor.observe(request, cluster)), request.output)
            return found.worse(max(again, ended))
    return found.worse(ended or (1 if found.manual else 0))


@dataclass(frozen=True, kw_only=True)
class Diagnosed:
    """What doctor found in one cluster, and what fixes it."""

    evidence: Evidence
    report: Report
    fix_plan: FixPlan
    plan: Plan

    @property
    def fixes(self) -> bool:
        """Whether there is anything to apply."""
        return bool(self.fix_plan.fixes)

    @property
    def manual(self) -> bool:
        """Whether something is left for a person."""
        return bool(self.fix_plan.manual)

    @property
    def owners(self) -> Sequence[WatchedOwner]:
        """Whose pods should pull after the fixes."""
        return watched_owners(self.fix_plan.fixes, self.evidence)

    def worse(self, status: int) -> int:
        """The exit status of a run: an incomplete diagnosis is never a mere finding."""
        return 2 if self.report.failures and status <= 1 else status


def diagnose(
    doctor: Action[AnyRequest, Evidence, Report], options: FixOptions, request: AnyRequest, cluster: Cluster
) -> Diagnosed:
    """Read a cluster and decide which fixes to apply."""
    evidence = doctor.observe(request, cluster)
    report = doctor.plan(request, evidence)
    permissions = replace(options.permissions, spared=evidence.observed.selection.system)
    fix_plan = fix_plan_for(report.diagnoses, permissions)
    composing = composed.FixRequest(
        fix_plan=fix_plan,
        at=report.now,
        force_conflicts=permissions.force_conflicts,
        output=request.output,
        connection=request.connection,
    )
    plan = composed.plan(composing, composed.observe(composing, cluster))
    return Diagnosed(evidence=evidence, report=report, fix_plan=fix_plan, plan=plan)


def show_fixes(found: Diagnosed, cluster: Cluster, output: Output) -> None:
    """Print what will be changed, which the lines of a dry run say themselves, and what is left for a person."""
    is_dry_run = output.dry_run is not DryRun.NONE
    report_plan(() if is_dry_run else dry_run_plan(found.plan, cluster, output), found.fix_plan.manual, output)


def is_agreed(request: CommandRequest, options: FixOptions) -> bool:
    """Whether to apply the fixes: in a dry run, with --yes, or after asking."""
    return request.output.dry_run is not DryRun.NONE or not options.asks or ask_to_continue()


def _wait_for_pods(
    found: Diagnosed, cluster: Cluster, request: CommandRequest, seconds: float, interruption: Interruption
) -> int:
    if not found.owners:
        return 0
    report_waiting(found.owners, seconds)
    states = watch(cluster, found.owners, seconds, interruption)
    has_recovered = report_states(states, request.output)
    return interruption.exit_status or (0 if has_recovered else 1)
