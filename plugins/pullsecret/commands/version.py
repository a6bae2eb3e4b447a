"""kubectl pullsecret version."""

from __future__ import annotations

from typing import Annotated

from typer import Option

from pullsecret import __version__
from pullsecret.commands import flags
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.model.request.command_request import Format
from pullsecret.model.request.connection import ConnectionFlags


def version(
    *,
    output: Annotated[str, Option("-o", "--output", metavar="json|yaml", help="Output format.")] = "",
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Print the version."""
    from pullsecret.report.manifests import print_version

    del connection  # accepted as for any command
    print_version(__version__, flags.format_of(output, Format.JSON, Format.YAML))
    return 0
