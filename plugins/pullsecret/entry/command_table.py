"""The commands and their flags for those that must not wait for Typer: completion, and the IBM Cloud CLI."""

from __future__ import annotations

from pullsecret.entry import generated_commands
from pullsecret.model.command_line import Command, FlagSpec

_FLAGS = [FlagSpec(*row) for row in generated_commands.FLAGS]

COMMANDS = {
    name: Command(summary, metavar, kind, choices, tuple(map(_FLAGS.__getitem__, flags)))
    for name, summary, metavar, kind, choices, flags in generated_commands.COMMANDS
}
"""Every command by its name, in the order of the help."""
