"""kubectl pullsecret options."""

from __future__ import annotations

from typing import Annotated

from pullsecret.commands import flags
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.model.request.connection import ConnectionFlags


def options(*, connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)]) -> int:
    """List the flags that can be passed to any command."""
    from pullsecret.commands.help_text import GLOBAL_FLAGS, help_of, row_lines, terminal_width
    from pullsecret.report.streams import print_block

    del connection
    print_block("The following options can be passed to any command:\n")
    print_block("\n".join(row_lines(help_of("options", "").rows(GLOBAL_FLAGS), terminal_width())))
    return 0
