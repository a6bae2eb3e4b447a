"""kubectl pullsecret list."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.model.request.common import Format, Output
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets


def list_(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME]...", help="Secrets to show; default: all."),
        CompletionHint("pull-secrets"),
    ] = None,
    *,
    output: Annotated[str, Option("-o", "--output", metavar="wide|name|json|yaml", help="Output format.")] = "",
    no_headers: Annotated[bool, Option("--no-headers", help="Print no column names.")] = False,
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Show which pull secrets are where, for which registries, and which service accounts name them; never a password.

    \b
    Examples:
      # The pull secrets of the current namespace
      {prog} list
      # Those of the whole cluster, with types, user names and where copies came from
      {prog} list -A -o wide
      # Where all-icr-io has been copied to
      {prog} list all-icr-io -A
    """
    from pullsecret import pipeline
    from pullsecret.actions import list as action
    from pullsecret.report.list import show

    form = flags.format_of(output, Format.WIDE, Format.NAME, Format.JSON, Format.YAML)
    request = action.ListRequest(
        names=flags.checked_names(names or ()),
        targets=targets,
        output=Output(format=form, show_headers=not no_headers),
        connection=connection,
    )
    return pipeline.run_query(action, request, show)
