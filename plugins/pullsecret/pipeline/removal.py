"""The steps of `delete`: observe, plan, ask, detach, observe again, delete, report."""

from __future__ import annotations

from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.actions import delete
from pullsecret.model.plan.removal import deletions_after
from pullsecret.model.request.command_request import DryRun
from pullsecret.pipeline.run import apply_plan, open_cluster
from pullsecret.report.confirmation import ask_to_continue, check_can_ask
from pullsecret.report.removal import report_removal

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.actions.delete import DeleteRequest, DeleteView
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
        if not request.is_confirmed and len(removal.allowed) > 1 and not _is_confirmed(removal):
            return 1
        stages = RemovalStages(removal, view, request, cluster)
        return apply_plan(removal.expected, cluster, request, stages.next_stage)


def _is_confirmed(removal: Removal) -> bool:
    check_can_ask("deleting more than one secret")
    report_removal(removal.allowed)
    return ask_to_continue()


class RemovalStages:
    """The two stages of a removal: the service accounts, then what may still be deleted."""

    def __init__(self, removal: Removal, view: DeleteView, request: DeleteRequest, cluster: Cluster) -> None:
        self._removal, self._view, self._request, self._cluster = removal, view, request, cluster
        self._ended = 0

    def next_stage(self, ended: Sequence[Outcome]) -> Plan | None:
        """The changes that come after these outcomes."""
        self._ended += 1
        if self._ended == 1:
            return self._removal.detaching
        return deletions_after(self._removal, ended, self._references()) if self._ended == 2 else None  # noqa: PLR2004

    def _references(self) -> References:
        """Who references the secrets by now; in a dry run, nothing has changed but what would have."""
        if self._request.output.dry_run is not DryRun.NONE:
            return replace(self._view.references, accounts={})
        namespaces = sorted({namespace for namespace, _ in self._removal.allowed})
        return delete.observe_again(self._request, self._cluster, namespaces) if namespaces else self._view.references
