"""Shows the help; what asks for nothing else starts at once, because it loads neither Typer nor a command."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.commands.generated_help import HELP
from pullsecret.commands.help_text import help_lines, help_of, overview_lines, summaries, terminal_width
from pullsecret.errors import OutputError
from pullsecret.report.streams import print_block

if TYPE_CHECKING:
    from collections.abc import Sequence


LOOKING_COMMANDS: Final = frozenset({"check", "verify", "can-pull", "doctor"})
"""Commands whose exit status 1 means that they found something, so that a failure is 2, as grep has it."""


def answers_with_help(argv: Sequence[str], program: str) -> bool:
    """Show the help if the command line is one of the usual ones that ask for it; returns whether it was shown.

    Raises:
        OutputError: stdout cannot be written to.
    """
    topic = asked_topic(argv)
    if topic is None:
        return False
    try:
        show_help(topic, program) if topic else show_overview(program)
    except OutputError as error:
        raise error.with_exit_status(2 if topic in LOOKING_COMMANDS else 1) from None
    return True


def asked_topic(argv: Sequence[str]) -> str | None:
    """The command whose help a command line asks for, "" for that of all; None for a line that needs to be parsed."""
    match list(argv):
        case [] | ["help"] | ["-h" | "--help"]:
            return ""
        case ["help", name] | [name, "-h" | "--help"] if name in HELP:
            return name
    return None


def show_help(name: str, program: str) -> None:
    """Print a command's help."""
    print_block("\n".join(help_lines(help_of(name, program), program, terminal_width())))


def show_overview(program: str) -> None:
    """Print what the program is for, and a line for each command."""
    print_block("\n".join(overview_lines(summaries(), program, terminal_width())))
