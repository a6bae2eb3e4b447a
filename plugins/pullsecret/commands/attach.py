"""kubectl pullsecret attach."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.confirmation import Yes
from pullsecret.errors import UsageError
from pullsecret.model.request.command_request import Attachment, CheckLevel, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets


def attach(
    names: Annotated[
        list[str] | None, Argument(metavar="NAME...", help="Pull secrets to add."), CompletionHint("pull-secrets")
    ] = None,
    *,
    allow_missing: Annotated[
        bool, Option("--allow-missing", help="Attach even if the secret does not exist yet.")
    ] = False,
    check_level: Annotated[CheckLevel, FlagGroup(flags.check_level)],
    attachment: Annotated[Attachment, FlagGroup(flags.attachment)],
    yes: Yes = False,
    targets: Annotated[Targets, FlagGroup(flags.creating_targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
    program: Annotated[str, FlagGroup(flags.program)],
) -> int:
    """Add pull secrets to service accounts, keeping existing entries.

    New pods use the secret. Afterwards, reports which waiting pods will recover on their own and how to restart the
    others. With --workload, the list in the pod template of a deployment, stateful set, daemon set, replica set, cron
    job or custom resource (RESOURCE.GROUP/NAME) is edited instead: that rolls the workload out, and a list of its own
    hides that of the service account. More than one is changed after a prompt. With --buildconfig, the secret is named
    in an OpenShift build config, to push its image or to pull its base image, as `oc set build-secret` does.

    Examples:
      # Use all-icr-io for every pod in team-a that runs as the default service account
      {prog} attach all-icr-io -n team-a
      # For two service accounts, in all namespaces of a team
      {prog} attach all-icr-io --serviceaccount build,deploy -l team=payments
      # For the pods of one deployment only, which keep what their service account lists
      {prog} attach regcred --workload deployment/app --keep-account-secrets -n team-a
      # For an Argo Rollout
      {prog} attach regcred --workload rollouts.argoproj.io/app -n team-a
      # For the builds of an OpenShift build config, which push to a private registry and pull from it
      {prog} attach registry-push --buildconfig app --for push,pull -n team-a
    """
    from pullsecret import pipeline
    from pullsecret.actions import attach as action

    request = action.AttachRequest(
        names=flags.names_of(names),
        allow_missing=allow_missing,
        check_level=check_level,
        attachment=attachment,
        is_confirmed=yes,
        targets=targets,
        output=output,
        connection=connection,
        program=program,
    )
    if not (attachment.workloads or attachment.builds):
        return pipeline.run_change(action, request)
    if targets.create_missing:
        flag = "--workload" if attachment.workloads else "--buildconfig"
        raise UsageError(f"{flag} and --create-namespaces cannot be used together")
    if attachment.builds:
        from pullsecret.actions.composed import attach_builds

        if len(request.names) > 1:
            raise UsageError("a build config has one secret to push and one to pull: specify one NAME")
        return pipeline.run_change(attach_builds, request)
    from pullsecret.actions.composed import attach_workloads
    from pullsecret.pipeline.workloads import change_workloads

    return change_workloads(attach_workloads, request)
