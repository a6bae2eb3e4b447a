"""The steps of commands that delete: observe, plan, ask, detach, observe again, delete, report."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pullsecret.actions import delete, sync
from pullsecret.cluster.secret_references import read_references
from pullsecret.model.plan.change import combined_plans
from pullsecret.model.plan.removal import deletions_after
from pullsecret.model.request.command_request import DryRun
from pullsecret.pipeline.run import apply_plan, open_cluster
from pullsecret.report.confirmation import ask_to_continue, check_can_ask
from pullsecret.report.removal import report_removal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullsecret.actions.delete import DeleteRequest
    from pullsecret.actions.sync import SyncRequest, SyncView
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.change import Outcome, Plan
    from pullsecret.model.plan.references import References
    from pullsecret.model.plan.removal import Removal


def delete_secrets(request: DeleteRequest) -> int:
    """Delete secrets, which are detached first; the exit status is that of `run_change`.

    Raises:
        UsageError: it would have to ask, because there are several, and there is no terminal.
    """
    with closing(open_cluster(request)) as cluster:
        view = delete.observe(request, cluster)
        removal = delete.plan(request, view)
        if not (request.is_confirmed or _is_confirmed(removal, "deleting more than one secret")):
            return 1

        def deletions(ended: Sequence[Outcome]) -> Plan:
            return deletions_after(removal, ended, _references(request, view.references, removal, cluster))

        stages = _TwoStages(first=removal.detaching, second=deletions)
        return apply_plan(removal.expected, cluster, request, stages.next_stage)


def sync_copies(request: SyncRequest) -> int:
    """Bring copies up to date and, with --prune, delete orphans; the exit status is that of `run_change`.

    Raises:
        UsageError: it would have to ask, because there are several orphans, and there is no terminal.
    """
    with closing(open_cluster(request)) as cluster:
        view = sync.observe(request, cluster)
        planned = sync.plan(request, view)
        removal = planned.removal
        if not (request.is_confirmed or _is_confirmed(removal, "deleting more than one orphan")):
            return 1
        expected = combined_plans((planned.updating, removal.expected))
        first = combined_plans((planned.updating, removal.detaching))
        stages = _TwoStages(first=first, second=lambda ended: _orphans_left(request, view, removal, cluster, ended))
        return apply_plan(expected, cluster, request, stages.next_stage)


def _orphans_left(
    request: SyncRequest, view: SyncView, removal: Removal, cluster: Cluster, ended: Sequence[Outcome]
) -> Plan | None:
    """The orphans that are still unused, and whose source has not come back; None without any."""
    if not removal.deleting:
        return None
    is_real = request.output.dry_run is DryRun.NONE
    spared = sync.returned(request, view, cluster, removal.allowed) if is_real else ()
    return deletions_after(removal, ended, _references(request, view.references, removal, cluster), spared)


def _is_confirmed(removal: Removal, what: str) -> bool:
    """Whether to go on: without a prompt for a single secret."""
    if len(removal.allowed) <= 1:
        return True
    check_can_ask(what)
    report_removal(removal.allowed)
    return ask_to_continue()


def _references(
    request: DeleteRequest | SyncRequest, before: References, removal: Removal, cluster: Cluster
) -> References:
    """Who references the secrets by now; in a dry run nothing has changed, and the service accounts would have."""
    if request.output.dry_run is not DryRun.NONE:
        return replace(before, accounts={})
    return read_references(cluster, sorted({namespace for namespace, _ in removal.allowed}))


@dataclass(kw_only=True)
class _TwoStages:
    """The changes that come first, and what they leave to do; `begun` counts those that have begun."""

    first: Plan
    second: Callable[[Sequence[Outcome]], Plan | None]
    begun: int = 0

    def next_stage(self, ended: Sequence[Outcome]) -> Plan | None:
        """The changes that come after these outcomes."""
        self.begun += 1
        if self.begun == 1:
            return self.first
        return self.second(ended) if self.begun == 2 else None  # noqa: PLR2004  two stages
