"""All commands in one table, and how a command line reaches its command."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from importlib import import_module
from inspect import getdoc
from typing import cast

from typer import Exit, Typer, TyperException
from typer.core import TyperCommand, TyperOption
from typer.main import get_command

from pullsecret.commands.flag_groups import with_groups
from pullsecret.commands.pflag import Flag, command_first, taken_apart
from pullsecret.errors import FlagError, PullSecretError, UsageError
from pullsecret.model.go.printable import printable
from pullsecret.report.streams import put

COMMANDS: Mapping[str, str] = {
    "copy": "copy",
    "create": "create",
    "attach": "attach",
    "detach": "detach",
    "entitled": "entitled",
    "list": "list_",
    "check": "check",
    "verify": "verify",
    "doctor": "doctor",
    "completion": "completion",
    "version": "version",
}
"""The commands in the order of the help, each with its function's name; the module has the name of the command."""

VERDICTS = frozenset({"check"})
"""Commands whose exit status 1 is an answer, so that what kept them from one has to be 2, as grep's."""

HELP = Flag(spellings=("-h", "--help"), takes_value=False)
VERSION = Flag(spellings=("--version",), takes_value=False)


def run(argv: Sequence[str], program: str) -> int:
    """Run the command line and return its exit status.

    Args:
        argv: the words after the program's name.
        program: what the user typed to get here, `kubectl pullsecret`: help and hints repeat it.

    Raises:
        PullSecretError: anything that the user should read; usage errors with the hint where help is.
    """
    name, rest = command_first(argv, _all_flags(argv, program))
    if name in COMMANDS:
        return _run_command(name, rest, program)
    if name in ("", "help"):
        return _show_overview(rest, program)
    raise _unknown_command(name, program)


def _unknown_command(name: str, program: str) -> UsageError:
    close = get_close_matches(name, COMMANDS, n=1)
    meant = f"\n\nDid you mean this?\n\t{close[0]}\n" if close else ""
    hint = f"See '{program} -h' for help and examples"
    return UsageError(f'unknown command "{printable(name)}" for "{program}"{meant}', hint=hint)


def _all_flags(argv: Sequence[str], program: str) -> list[Flag]:
    """The flags of all commands, asked for only where a flag stands before the command."""
    if not argv or not argv[0].startswith("-"):
        return []
    return [flag for name in COMMANDS for flag in flags_of(command_of(name, program))]


def _run_command(name: str, argv: Sequence[str], program: str) -> int:
    try:
        return _invoke(name, argv, program)
    except PullSecretError as error:
        error.exit_status = 2 if name in VERDICTS else 1
        raise


def _invoke(name: str, argv: Sequence[str], program: str) -> int:
    examples = f"See '{program} {name} -h' for help and examples"
    try:
        command = command_of(name, program)
        words = taken_apart(argv, [*flags_of(command), HELP])
        args = [*words.flags, "--", *words.names]
        # Not command.main(): that swallows Ctrl-C, which main has a word for.
        with command.make_context(f"{program} {name}", args) as context:
            return cast("int", command.invoke(context))
    except Exit as end:  # of --help
        return end.exit_code
    except UsageError as error:
        usage = f"See '{program} {name} --help' for usage."
        error.hint = error.hint or (usage if isinstance(error, FlagError) else examples)
        raise
    except TyperException as error:
        raise UsageError(printable(" ".join(str(error).split())), hint=examples) from None


def function_of(name: str) -> Callable[..., int]:
    """The command's function. Its module is imported only now: a start pays for one command, not for all."""
    return cast("Callable[..., int]", getattr(import_module(f"pullsecret.commands.{name}"), COMMANDS[name]))


def command_of(name: str, program: str) -> TyperCommand:
    """Typer's view of a command; its help names the program as the user started it."""
    app = Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    function = function_of(name)
    text = (getdoc(function) or "").format(prog=program)
    app.command(name, help=text, context_settings={"help_option_names": list(HELP.spellings)})(
        with_groups(function_of(name))
    )
    return cast("TyperCommand", get_command(app))


def flags_of(command: TyperCommand) -> list[Flag]:
    """A command's flags, as its definition has them."""
    options = [param for param in command.params if isinstance(param, TyperOption)]
    return [Flag(spellings=tuple(option.opts), takes_value=not option.is_flag) for option in options]


def _show_overview(argv: Sequence[str], program: str) -> int:
    """The program's own help, where no command is named; `help COMMAND` is that command's."""
    try:
        words = taken_apart(argv, [*_all_flags(argv, program), HELP, VERSION])
    except FlagError as error:
        error.hint = f"See '{program} --help' for usage."
        raise
    topic = next(iter(words.names), "")
    if topic in COMMANDS:
        return _run_command(topic, [HELP.name], program)
    if topic:
        raise _unknown_command(topic, program)
    if VERSION.name in words.flags:
        return _run_command("version", [], program)
    put(overview(program))
    return 0


def overview(program: str) -> str:
    """What the program is for, and a line for each command."""
    lines = (f"  {name:<10} {first_sentence(function_of(name))}" for name in COMMANDS)
    return (
        "Image pull secrets: in every namespace where they are needed, and named where pods look for them.\n\n"
        f"Usage:\n  {program} COMMAND [NAME]... [flags]\n\nAvailable Commands:\n"
        + "\n".join(lines)
        + f"\n\nUse '{program} COMMAND --help' for the flags and examples of a command."
    )


def first_sentence(command: Callable[..., int]) -> str:
    """What a command does, without the full stop; a dot inside a word, as in cp.icr.io, ends nothing."""
    return re.split(r"\.(?:\s|$)", getdoc(command) or "", maxsplit=1)[0]
