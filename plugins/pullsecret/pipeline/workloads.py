"""The steps of `attach` and `detach` with --workload: observe, plan, ask if it is more than one, apply, report."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.pipeline.prepared import Prepared, Question, must_ask
from pullsecret.pipeline.run import run_prepared
from pullsecret.report.rollouts import report_rollouts, rollout_notes

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.workload_lists import WorkloadChanges
    from pullsecret.model.request.command_request import CommandRequest
    from pullsecret.pipeline.prepared import AnyRequest
    from pullsecret.pipeline.run import Action, Seen


def change_workloads(action: Action[AnyRequest, Seen, WorkloadChanges], request: AnyRequest) -> int:
    """Change the templates of workloads; the exit status is that of `run_change`.

    Raises:
        UsageError: it would have to ask, because there are several, and there is no terminal.
    """

    def prepare(one: AnyRequest, cluster: Cluster) -> Prepared:
        return _prepared(action.plan(one, action.observe(one, cluster)), one)

    return run_prepared(prepare, request)


def _prepared(changes: WorkloadChanges, request: CommandRequest) -> Prepared:
    """The changes, with what they do to pods: before the prompt, or as notes where there is none."""
    if len(changes.rollouts) > 1 and must_ask(request):
        show = partial(report_rollouts, changes.rollouts, changes.warnings)
        return Prepared(plan=changes.plan, question=Question(what="changing more than one workload", show=show))
    notes = (*changes.plan.notes, *changes.warnings, *rollout_notes(changes.rollouts))
    return Prepared(plan=replace(changes.plan, notes=notes))
