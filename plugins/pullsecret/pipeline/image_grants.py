"""The steps of allow-pull: observe, plan, ask where a rule selects the projects, apply, report."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pullsecret.actions import allow_pull
from pullsecret.pipeline.prepared import Prepared, Question
from pullsecret.pipeline.run import run_prepared
from pullsecret.report.image_grants import report_grants

if TYPE_CHECKING:
    from pullsecret.actions.allow_pull import AllowPullRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.change import Plan


def change_grants(request: AllowPullRequest) -> int:
    """Allow pulls or revoke that; the exit status is that of `run_change`.

    Raises:
        UsageError: it would have to ask, and there is no terminal.
    """
    return run_prepared(_prepare, request)


def _prepare(request: AllowPullRequest, cluster: Cluster) -> Prepared:
    plan = allow_pull.plan(request, allow_pull.observe(request, cluster))
    return Prepared(plan=plan, question=_question(request, plan))


def _question(request: AllowPullRequest, plan: Plan) -> Question | None:
    """What is asked before: where the projects are not named, or where more than one loses the permission."""
    projects = allow_pull.changed_projects(plan)
    is_asked = len(projects) > 1 if request.is_revocation else bool(projects) and request.targets.is_broad
    if not is_asked:
        return None
    what = "revoking for more than one project" if request.is_revocation else "allowing by -A, -l or a pattern"
    show = partial(report_grants, projects, request.accounts, request.project, is_revocation=request.is_revocation)
    return Question(what=what, show=show)
