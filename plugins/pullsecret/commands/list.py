"""kubectl pullsecret list."""

from __future__ import annotations

from typing import Annotated

from typer import Argument, Option

from pullsecret.commands import flags
from pullsecret.commands.completes import Completes
from pullsecret.commands.groups import From
from pullsecret.model.connection import ConnectionFlags
from pullsecret.model.request import Format, Output
from pullsecret.model.targets import Targets


def list_(
    names: Annotated[
        list[str] | None,
        Argument(metavar="[NAME]...", help="Secrets to show; default: all."),
        Completes("pull-secrets"),
    ] = None,
    *,
    output: Annotated[str, Option("-o", "--output", metavar="wide|name|json|yaml", help="Output format.")] = "",
    no_headers: Annotated[bool, Option("--no-headers", help="Print no column names.")] = False,
    targets: Annotated[Targets, From(flags.targets)],
    connection: Annotated[ConnectionFlags, From(flags.connection)],
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
    from pullsecret import journey
    from pullsecret.actions import list as action
    from pullsecret.report.table import show

    form = flags.format_of(output, Format.WIDE, Format.NAME, Format.JSON, Format.YAML)
    request = action.ListRequest(
        names=flags.checked_names(names or ()),
        targets=targets,
        output=Output(format=form, show_headers=not no_headers),
        connection=connection,
    )
    return journey.look(action, request, show)
