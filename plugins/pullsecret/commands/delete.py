"""kubectl pullsecret delete."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.code_engine import (
    CodeEngineProject,
    check_sign_in_is_used,
    cluster_flags,
    project_target,
    target_flags,
)
from pullsecret.commands.flags.confirmation import Yes
from pullsecret.commands.flags.ibm_cloud import ibm_sign_in
from pullsecret.commands.flags.output import ForceConflicts
from pullsecret.model.request.command_request import Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.model.request.targets import Targets


def delete(
    names: Annotated[
        list[str] | None,
        Argument(metavar="NAME...", help="Names or patterns of the pull secrets to delete."),
        CompletionHint("pull-secrets"),
    ] = None,
    *,
    in_use: Annotated[
        bool, Option("--in-use", help="Also delete secrets that pods or templates of workloads reference.")
    ] = False,
    ignore_not_found: Annotated[
        bool, Option("--ignore-not-found", help="Treat a secret that does not exist as a success.")
    ] = False,
    force_conflicts: ForceConflicts = False,
    yes: Yes = False,
    sign_in: Annotated[IbmSignIn, FlagGroup(ibm_sign_in)],
    project: CodeEngineProject = "",
    targets: Annotated[Targets, FlagGroup(flags.deleting_targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Delete pull secrets that kubectl-pullsecret manages. They are removed from service accounts first.

    Nothing is changed for a secret that a pod or the template of a workload references: a running pod fails at its
    next restart without it. After the secrets are detached, that is checked again. Secrets that are managed otherwise
    are never deleted. More than one secret is deleted after a prompt.

    Examples:
      # Delete a secret in team-a
      {prog} delete regcred -n team-a
      # Delete its copies in all namespaces, without a prompt
      {prog} delete regcred -A --exclude default --yes
      # Show what would be deleted
      {prog} delete 'old-*' -A --dry-run
      # Delete a registry secret of a Code Engine project, unless an app, job, function or build uses it
      {prog} delete icr --code-engine-project shop
    """
    from pullsecret.actions.delete import DeleteRequest
    from pullsecret.model.plan.removal import RemovalOptions
    from pullsecret.pipeline import removal

    request = DeleteRequest(
        names=flags.patterns_of(names),
        options=RemovalOptions(in_use=in_use, force_conflicts=force_conflicts),
        ignore_not_found=ignore_not_found,
        is_confirmed=yes,
        targets=targets,
        output=replace(output, has_manifests=False),
        connection=connection,
    )
    refused = {
        "a pattern": any("*" in name for name in request.names),
        "--force-conflicts": force_conflicts,
        **target_flags(targets),
        **cluster_flags(connection),
    }
    place = project_target(project, sign_in, refused)
    check_sign_in_is_used(sign_in, is_used=place is not None)
    if place is not None:
        from pullsecret.pipeline.project_commands import delete_in_project

        return delete_in_project(request, place)
    return removal.delete_secrets(request)
