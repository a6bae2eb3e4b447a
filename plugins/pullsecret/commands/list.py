"""kubectl pullsecret list."""

from __future__ import annotations

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
from pullsecret.commands.flags.global_secret import GlobalSecret, check_global_target, in_all_namespaces
from pullsecret.commands.flags.ibm_cloud import ibm_sign_in
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.ibm_sign_in import IbmSignIn
from pullsecret.model.request.targets import Targets
from pullsecret.model.results.list_filter import ListFilter, hosts_of_words


def list_(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME]...", help="Names or patterns of the secrets to list (default: all)."),
        CompletionHint("pull-secrets"),
    ] = None,
    *,
    registry: Annotated[
        flags.Repeated,
        Option(
            "--registry",
            metavar="HOST",
            help="Only secrets with an entry for this host (for example us.icr.io or '*.icr.io'); repeatable.",
        ),
    ] = None,
    managed: Annotated[bool, Option("--managed", help="Only secrets that kubectl-pullsecret manages.")] = False,
    unused: Annotated[
        bool, Option("--unused", help="Only secrets that no service account, workload or pod references.")
    ] = False,
    stale: Annotated[bool, Option("--stale", help="Only proven copies that differ from their source.")] = False,
    output: Annotated[str, Option("-o", "--output", metavar="wide|name|json|yaml", help="Output format.")] = "",
    no_headers: Annotated[bool, Option("--no-headers", help="Do not print headers.")] = False,
    sign_in: Annotated[IbmSignIn, FlagGroup(ibm_sign_in)],
    is_global: GlobalSecret = False,
    project: CodeEngineProject = "",
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """List pull secrets with their registries and the service accounts that use them. Passwords are never shown.

    Examples:
      # The pull secrets of the current namespace
      {prog} list
      # Those of the whole cluster, with types, usernames and the sources of copies
      {prog} list -A -o wide
      # Where all-icr-io has been copied to
      {prog} list all-icr-io -A
      # Which secrets have credentials for a registry
      {prog} list -A --registry us.icr.io
      # Copies that do not have the current key, and secrets that could be deleted
      {prog} list -A --stale
      {prog} list -A --managed --unused
      # OpenShift's global pull secret
      {prog} list --global -o wide
      # The registry secrets of a Code Engine project
      {prog} list --code-engine-project shop
    """
    from pullsecret import pipeline
    from pullsecret.actions import list as action
    from pullsecret.report.list import show

    form = flags.format_of(output, Format.WIDE, Format.NAME, Format.JSON, Format.YAML)
    request = action.ListRequest(
        names=flags.checked_patterns(names),
        only=ListFilter(
            hosts=hosts_of_words(flags.split(registry)), is_managed=managed, is_unused=unused, is_stale=stale
        ),
        targets=targets,
        output=Output(format=form, show_headers=not no_headers),
        connection=connection,
    )
    if is_global:
        from pullsecret.actions.composed import global_list

        only = {"--managed": managed, "--unused": unused, "--stale": stale}
        check_global_target(request.names, targets, project=project, refused=only)
        check_sign_in_is_used(sign_in, is_used=False)
        return pipeline.run_query(global_list, in_all_namespaces(request), show)
    refused = {"--managed": managed, "--stale": stale, **target_flags(targets), **cluster_flags(connection)}
    place = project_target(project, sign_in, refused)
    check_sign_in_is_used(sign_in, is_used=place is not None)
    if place is not None:
        from pullsecret.pipeline.project_commands import list_project

        return list_project(request, place)
    return pipeline.run_query(action, request, show)
