"""kubectl pullsecret options."""

from __future__ import annotations

from typing import Annotated, cast

from typer import Context
from typer.core import TyperCommand

from pullsecret.commands import flags
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.commands.flags.connection import GLOBAL_FLAGS
from pullsecret.model.request.connection import ConnectionFlags


def options(*, command_line: Context, connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)]) -> int:
    """List the flags that can be passed to any command."""
    from pullsecret.commands.help_text import flag_lines, terminal_width
    from pullsecret.report.streams import print_block

    del connection
    print_block("The following options can be passed to any command:\n")
    print_block("\n".join(flag_lines(cast("TyperCommand", command_line.command), GLOBAL_FLAGS, terminal_width())))
    return 0
