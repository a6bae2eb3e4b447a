"""Create registry secrets in a Code Engine project from registry credentials."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.model.check.before_write import new_secret_warnings
from pullsecret.model.plan.project_secrets import placing_plan, wishes_for

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.actions.create import CreateRequest
    from pullsecret.model.ibmcloud.project_secrets import ProjectSecrets
    from pullsecret.model.images.dockerconfig import RegistryEntry
    from pullsecret.model.plan.change import Plan


def plan(request: CreateRequest, entries: Sequence[RegistryEntry], seen: ProjectSecrets, notes: Sequence[str]) -> Plan:
    """A secret for each registry; `{registry}` in the name stands for it.

    Raises:
        RefusedError: a secret has findings that --check does not allow, or the project cannot have so many.
        UsageError: a name is not valid in Code Engine.
    """
    wishes = wishes_for(request.name, entries, {})
    warnings = new_secret_warnings([wish.secret for wish in wishes], request.now, request.check_level)
    result = placing_plan(seen, wishes, overwrite=request.replace_policy.overwrite)
    return replace(result, notes=(*notes, *warnings, *result.notes))
