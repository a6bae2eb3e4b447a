"""kubectl pullsecret allow-pull."""

from __future__ import annotations

from dataclasses import replace
from typing import Annotated

from typer import Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.confirmation import Yes
from pullsecret.errors import UsageError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import label_problem
from pullsecret.model.request.command_request import Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets


def allow_pull(
    *,
    from_namespace: Annotated[
        str,
        Option("--from", metavar="NS", help="Project of the images, in which the RoleBinding is written; required."),
        CompletionHint("namespaces"),
    ] = "",
    serviceaccount: Annotated[
        flags.Repeated,
        Option(
            "--serviceaccount",
            metavar="SA",
            help="Service account of the target projects that may pull (default: all of each project); repeatable.",
        ),
        CompletionHint("service-accounts"),
    ] = None,
    revoke: Annotated[
        bool, Option("--revoke", help="Revoke what allow-pull allowed; other RoleBindings are not changed.")
    ] = False,
    yes: Yes = False,
    targets: Annotated[Targets, FlagGroup(flags.system_targets)],
    output: Annotated[Output, FlagGroup(flags.output)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
    program: Annotated[str, FlagGroup(flags.program)],
) -> int:
    """Let a project's service accounts pull another project's images from OpenShift's internal registry.

    Creates a RoleBinding to ClusterRole system:image-puller in the project of the images, one for each target project.
    No pull secret is needed: pods send the token that OpenShift renews for their service account. RoleBindings that
    other users created are never changed. With -A, -l or a pattern, prompts first.

    Examples:
      # Pods of project prod may pull the images of project build
      {prog} allow-pull --from build -n prod
      # Only those that run as service account web
      {prog} allow-pull --from build -n prod --serviceaccount web
      # All projects of a team
      {prog} allow-pull --from build -l team=payments
      # Revoke it
      {prog} allow-pull --from build -n prod --revoke
    """
    from pullsecret.actions import allow_pull as action
    from pullsecret.pipeline.image_grants import change_grants

    if not from_namespace:
        raise UsageError("--from is required: the project of the images")
    if problem := label_problem(from_namespace):
        raise UsageError(f'invalid --from "{printable(from_namespace[:70])}": {problem}')
    accounts = flags.checked_names(flags.split(serviceaccount))
    if serviceaccount and not accounts:
        raise UsageError("the name of a --serviceaccount may not be empty")
    request = action.AllowPullRequest(
        project=from_namespace,
        accounts=accounts,
        is_revocation=revoke,
        is_confirmed=yes,
        targets=targets,
        output=replace(output, has_manifests=not revoke),
        connection=connection,
        program=program,
    )
    return change_grants(request)
