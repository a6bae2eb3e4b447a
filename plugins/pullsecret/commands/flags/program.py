"""What the user typed to start the program, for commands that are suggested."""

from __future__ import annotations

from typer import Context


def program(*, command_line: Context) -> str:
    """The words before the verb: `kubectl pullsecret`."""
    path = command_line.info_name or ""
    return path.rpartition(" ")[0]
