"""kubectl pullsecret describe."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.code_engine import CodeEngineProject, cluster_flags, project_target, target_flags
from pullsecret.commands.flags.global_secret import GlobalSecret, check_global_target, in_all_namespaces
from pullsecret.commands.flags.ibm_cloud import asked_sign_in, ibm_sign_in
from pullsecret.commands.help_text import IBM_CLOUD_FLAGS
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.model.request.targets import Targets


def describe(
    names: Annotated[
        list[str] | None,
        Argument(metavar="NAME...", help="Names or patterns of the secrets to describe."),
        CompletionHint("pull-secrets"),
    ] = None,
    *,
    ibmcloud: Annotated[
        bool,
        Option(
            "--ibmcloud",
            help="Also ask IBM Cloud about the API keys under icr.io registries: whose they are, their state, when "
            "they were last used, and the access policies of their identity.",
            rich_help_panel=IBM_CLOUD_FLAGS,
        ),
    ] = False,
    sign_in: Annotated[IbmSignIn, FlagGroup(ibm_sign_in)],
    output: Annotated[str, Option("-o", "--output", metavar="json|yaml", help="Output format.")] = "",
    program: Annotated[str, FlagGroup(flags.program)],
    is_global: GlobalSecret = False,
    project: CodeEngineProject = "",
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Show everything about pull secrets but their passwords.

    Their registries with the usernames and the kind of each credential, and when it expires as far as that can be seen;
    the owner; the source, and the copies in all namespaces: copies that are proven are up to date or stale, others only
    claim to be copies. Then the service accounts, workloads and pods that use the secret, and the findings of `check`.

    Examples:
      # One secret in full
      {prog} describe all-icr-io -n team-a
      # Also whose API keys it has, and what these may pull
      {prog} describe all-icr-io --ibmcloud
      # Every pull secret of a namespace, for a program
      {prog} describe '*' -n team-a -o json
      # OpenShift's global pull secret
      {prog} describe --global
      # A registry secret of a Code Engine project
      {prog} describe icr --code-engine-project shop
    """
    from functools import partial

    from pullsecret import pipeline
    from pullsecret.actions.composed import describe as action
    from pullsecret.model.request.suggested_command import CommandStyle
    from pullsecret.report.describe import show

    shown = partial(show, style=CommandStyle(program=program, connection=connection))
    if is_global:
        check_global_target(names or (), targets, project=project, refused={"--ibmcloud": ibmcloud})
    request = action.DescribeRequest(
        names=() if is_global else flags.patterns_of(names),
        sign_in=asked_sign_in(sign_in, is_asked=ibmcloud or bool(project)),
        targets=targets,
        output=Output(format=flags.format_of(output, Format.JSON, Format.YAML)),
        connection=connection,
    )
    if is_global:
        from pullsecret.actions.composed import global_describe

        return pipeline.run_query(global_describe, in_all_namespaces(request), shown)
    refused = {"--ibmcloud": ibmcloud, **target_flags(targets), **cluster_flags(connection)}
    place = project_target(project, sign_in, refused)
    if place is not None:
        from pullsecret.pipeline.project_commands import describe_in_project

        return describe_in_project(request, place)
    return pipeline.run_query(action, request, shown)
