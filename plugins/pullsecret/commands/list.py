"""kubectl pullsecret list."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets


def list_(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME]...", help="Names or patterns of the secrets to list (default: all)."),
        CompletionHint("pull-secrets"),
    ] = None,
    *,
    output: Annotated[str, Option("-o", "--output", metavar="wide|name|json|yaml", help="Output format.")] = "",
    no_headers: Annotated[bool, Option("--no-headers", help="Do not print headers.")] = False,
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
    """
    from pullsecret import pipeline
    from pullsecret.actions import list as action
    from pullsecret.report.list import show

    form = flags.format_of(output, Format.WIDE, Format.NAME, Format.JSON, Format.YAML)
    request = action.ListRequest(
        names=flags.checked_patterns(names),
        targets=targets,
        output=Output(format=form, show_headers=not no_headers),
        connection=connection,
    )
    return pipeline.run_query(action, request, show)
