"""The steps of commands that delete: observe, plan, ask, detach, observe again, delete, report."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.actions import delete, sync
from pullsecret.cluster.secret_references import read_references
from pullsecret.model.plan.change import combined_plans
from pullsecret.model.plan.removal import deletions_after
from pullsecret.model.request.command_request import DryRun
from pullsecret.pipeline.prepared import Prepared, Question
from pullsecret.pipeline.run import run_prepared
from pullsecret.report.removal import report_removal

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pullsecret.actions.delete import DeleteRequest
    from pullsecret.actions.sync import SyncRequest, SyncView
    from pullsecret.apply.engine import Interruption
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.change import Outcome, Plan
    from pullsecret.model.plan.references import References
    from pullsecret.model.plan.removal import Removal


def delete_secrets(request: DeleteRequest) -> int:
    """Delete secrets, which are detached first; the exit status is that of `run_change`.

    Raises:
        UsageError: it would have to ask, because there are several, and there is no terminal.
    """
    return run_prepared(_prepare_deletion, request)


def _prepare_deletion(request: DeleteRequest, cluster: Cluster) -> Prepared:
    view = delete.observe(request, cluster)
    removal = delete.plan(request, view)

    def deletions(ended: Sequence[Outcome]) -> Plan:
        return deletions_after(removal, ended, _references(request, view.references, removal, cluster))

    return Prepared(
        plan=removal.expected,
        next_stage=_TwoStages(first=removal.detaching, second=deletions).next_stage,
        question=_question(removal, "deleting more than one secret"),
    )


def sync_copies(request: SyncRequest) -> int:
    """Bring copies up to date and, with --prune, delete orphans; the exit status is that of `run_change`.

    Raises:
        UsageError: it would have to ask, because there are several orphans, and there is no terminal.
    """
    return run_prepared(_prepare_sync, request)


def _prepare_sync(request: SyncRequest, cluster: Cluster) -> Prepared:
    view = sync.observe(request, cluster)
    planned = sync.plan(request, view)
    removal = planned.removal
    stages = _TwoStages(
        first=combined_plans((planned.updating, removal.detaching)),
        second=lambda ended: _orphans_left(request, view, removal, cluster, ended),
    )
    return Prepared(
        plan=combined_plans((planned.updating, removal.expected)),
        next_stage=stages.next_stage,
        question=_question(removal, "deleting more than one orphan"),
    )


def _orphans_left(
    request: SyncRequest, view: SyncView, removal: Removal, cluster: Cluster, ended: Sequence[Outcome]
) -> Plan | None:
    """The orphans that are still unused, and whose source has not come back; None without any."""
    if not removal.deleting:
        return None
    is_real = request.output.dry_run is DryRun.NONE
    spared = sync.read_returned(request, view, cluster, removal.allowed) if is_real else ()
    return deletions_after(removal, ended, _references(request, view.references, removal, cluster), spared)


def _question(removal: Removal, what: str) -> Question | None:
    """What is asked before; nothing for a single secret."""
    if len(removal.allowed) <= 1:
        return None
    return Question(what=what, show=partial(report_removal, removal.allowed))


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

    def next_stage(self, ended: Sequence[Outcome], _interruption: Interruption) -> Plan | None:
        """The changes that come after these outcomes."""
        self.begun += 1
        if self.begun == 1:
            return self.first
        return self.second(ended) if self.begun == 2 else None  # noqa: PLR2004  two stages
