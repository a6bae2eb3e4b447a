"""kubectl pullsecret detach."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from typer import Argument

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.confirmation import Yes
from pullsecret.model.request.command_request import Attachment, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets


def detach(
    names: Annotated[
        list[str] | None,
        Argument(metavar="NAME...", help="Names or patterns of the pull secrets to remove."),
        CompletionHint("pull-secrets"),
    ] = None,
    *,
    attachment: Annotated[Attachment, FlagGroup(flags.detachment)],
    yes: Yes = False,
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Remove pull secrets from service accounts. The secrets and all other entries are kept.

    With --workload, the list in the pod template of a workload is edited instead, which rolls it out. More than one is
    changed after a prompt. With --buildconfig, the secret of a build config, where it is one of these.

    Examples:
      # Remove all-icr-io from the default service account of team-a
      {prog} detach all-icr-io -n team-a
      # Remove a retired secret from every service account of the cluster
      {prog} detach bluemix-default-secret --all-serviceaccounts -A
      # Remove it from the pod template of a deployment
      {prog} detach bluemix-default-secret --workload deployment/app -n team-a
      # Let the builds of a build config push with the secrets of their service account again
      {prog} detach registry-push --buildconfig app --for push -n team-a
    """
    from pullsecret import pipeline
    from pullsecret.actions import detach as action

    request = action.DetachRequest(
        names=flags.patterns_of(names),
        attachment=attachment,
        is_confirmed=yes,
        targets=targets,
        output=replace(output, has_manifests=False),
        connection=connection,
    )
    if attachment.builds:
        from pullsecret.actions.composed import detach_builds

        return pipeline.run_change(detach_builds, request)
    if not attachment.workloads:
        return pipeline.run_change(action, request)
    from pullsecret.actions.composed import detach_workloads
    from pullsecret.pipeline.workloads import change_workloads

    return change_workloads(detach_workloads, request)
