"""The steps of `doctor --fix` in several clusters: all are diagnosed, one prompt is for all, and all are watched."""

from __future__ import annotations

from contextlib import ExitStack
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.apply.engine import Interruption, handle_signals
from pullsecret.apply.watch_pods import watch
from pullsecret.errors import PullSecretError
from pullsecret.model.request.command_request import DryRun
from pullsecret.network.side_by_side import call_each
from pullsecret.pipeline.clusters import LookedAt, apply_all, expected_writes, look_at_all
from pullsecret.pipeline.fix import diagnose, is_agreed, show_fixes
from pullsecret.pipeline.members import AT_ONCE, open_members
from pullsecret.pipeline.prepared import Prepared
from pullsecret.report.clusters import print_cluster_error, show_expected_writes
from pullsecret.report.fix import report_states, report_waiting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.doctor.diagnosis import Report
    from pullsecret.model.doctor.evidence import Evidence
    from pullsecret.pipeline.fix import Diagnosed, FixOptions
    from pullsecret.pipeline.prepared import AnyRequest
    from pullsecret.pipeline.run import Action


def fix_clusters(doctor: Action[AnyRequest, Evidence, Report], request: AnyRequest, options: FixOptions) -> int:
    """Diagnose all clusters, apply the fixes after one prompt, and wait until the pods pull.

    Returns:
        The highest exit status of all clusters, as of `fix`; 128 + a signal.
    """
    with ExitStack() as opened:
        members = open_members(request, opened, lambda _: None)
        seen = look_at_all(partial(diagnose, doctor, options), members)
        status = max((_show_diagnosis(one, options) for one in seen), default=0)
        for one in seen:
            if one.found and one.cluster:
                show_fixes(one.found, one.cluster, one.request.output)
        fixed = [one for one in seen if one.found and one.found.fixes]
        if len(members) > 1 and options.asks:
            plans = ((one, one.found.plan if one.found else None) for one in fixed)
            show_expected_writes([writes for one, plan in plans if (writes := expected_writes(one, plan))], "")
        if not fixed or not is_agreed(request, options):
            return status
        ended = apply_all([_prepared(one) for one in fixed], request)
        incomplete = max((one.found.worse(0) if one.found else 2 for one in seen), default=0)
        if ended > 2 or request.output.dry_run is not DryRun.NONE:  # noqa: PLR2004  a signal
            return max(ended, incomplete)
        waited = _wait_for_all(fixed, options)
        left = 1 if any(one.found and one.found.manual for one in seen) else 0
        return max(ended, incomplete, waited, left)


def _show_diagnosis(one: LookedAt[Diagnosed], options: FixOptions) -> int:
    if one.found is not None:
        return options.show(one.found.report, one.request.output)
    print_cluster_error(one.error, one.request.output)
    return 2


def _prepared(one: LookedAt[Diagnosed]) -> LookedAt[Prepared]:
    found = Prepared(plan=one.found.plan) if one.found else None
    return LookedAt(request=one.request, cluster=one.cluster, found=found, error=one.error)


def _wait_for_all(fixed: Sequence[LookedAt[Diagnosed]], options: FixOptions) -> int:
    """Wait for the pods of all clusters; 1 if some do not pull, 2 if a cluster cannot be read anymore."""
    watched = [one for one in fixed if one.found and one.found.owners]
    if not watched:
        return 0
    report_waiting([owner for one in watched if one.found for owner in one.found.owners], options.wait)
    interruption = Interruption()
    with handle_signals(interruption):
        statuses = call_each(partial(_wait_for_one, options, interruption), watched, at_once=AT_ONCE)
    return interruption.exit_status or max(statuses)


def _wait_for_one(options: FixOptions, interruption: Interruption, one: LookedAt[Diagnosed]) -> int:
    if one.found is None or one.cluster is None:
        return 0
    try:
        return _watch(one.found, one.cluster, one, options, interruption)
    except PullSecretError as error:
        print_cluster_error(error, one.request.output)
        return 2


def _watch(
    found: Diagnosed, cluster: Cluster, one: LookedAt[Diagnosed], options: FixOptions, interruption: Interruption
) -> int:
    states = watch(cluster, found.owners, options.wait, interruption.new_part())
    return 0 if report_states(states, one.request.output) else 1
