"""All commands in one table, and how a command line reaches its command."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from functools import wraps
from importlib import import_module
from inspect import getdoc
from keyword import iskeyword
from typing import cast

from typer import Exit, Typer, TyperException
from typer.core import TyperArgument, TyperCommand, TyperOption
from typer.main import get_command

from pullsecret.commands.flag_groups import with_groups
from pullsecret.commands.flags.values import bare_value_of
from pullsecret.commands.pflag import refuse_separated_values, split_command, typer_arguments
from pullsecret.commands.show_help import LOOKING_COMMANDS, show_help, show_overview
from pullsecret.errors import FlagError, PullSecretError, UsageError
from pullsecret.model.command_line import FlagSpec
from pullsecret.model.go.printable import printable

COMMAND_GROUPS: Mapping[str, Mapping[str, str]] = {
    "Put secrets where they are needed": {
        "copy": "copy",
        "create": "create",
        "entitled": "entitled",
        "attach": "attach",
        "detach": "detach",
        "delete": "delete",
    },
    "Keep them right": {
        "rotate": "rotate",
        "sync": "sync",
        "generate": "generate",
    },
    "Find out": {
        "list": "list_",
        "describe": "describe",
        "check": "check",
        "verify": "verify",
        "can-pull": "can_pull",
        "doctor": "doctor",
        "report": "report",
    },
    "OpenShift": {
        "allow-pull": "allow_pull",
        "import": "import_",
    },
    "Other commands": {
        "completion": "completion",
        "options": "options",
        "version": "version",
    },
}
"""The commands below the headings of the help, each with its function's name; `module_of` gives the module."""

COMMAND_FUNCTIONS: Mapping[str, str] = {
    name: function for group in COMMAND_GROUPS.values() for name, function in group.items()
}
"""All commands in the order of the help, each with its function's name."""

_HELP = FlagSpec(("-h", "--help"))
_VERSION = FlagSpec(("--version",))


def run_command_line(argv: Sequence[str], program: str) -> int:
    """Run the command line and return its exit status.

    Args:
        argv: the words after the program's name.
        program: what the user typed to start it, `kubectl pullsecret`: help and hints repeat it.

    Raises:
        PullSecretError: what the user should read, with the exit status; usage errors hint at the help.
    """
    name, rest = split_command(argv, _all_flags(argv, program))
    if name in COMMAND_FUNCTIONS:
        return _run_command(name, rest, program)
    if name in ("", "help"):
        return _show_overview(rest, program)
    raise _unknown_command(name, program)


def _unknown_command(name: str, program: str) -> UsageError:
    close = get_close_matches(name, COMMAND_FUNCTIONS, n=1)
    meant = f'; did you mean "{close[0]}"?' if close else ""
    return UsageError(
        f'unknown command "{printable(name)}" for "{program}"{meant}', hint=f"See '{program} --help' for usage."
    )


def _all_flags(argv: Sequence[str], program: str) -> list[FlagSpec]:
    """The flags of all commands, read only if a flag comes before the command."""
    if not argv or not argv[0].startswith("-"):
        return []
    return [flag for name in COMMAND_FUNCTIONS for flag in flags_of(command_of(name, program))]


def _run_command(name: str, argv: Sequence[str], program: str) -> int:
    status = 2 if name in LOOKING_COMMANDS or any(word.partition("=")[0] == "--diff" for word in argv) else 1
    usage = f"See '{program} {name} --help' for usage."
    try:
        return _call(name, argv, program)
    except Exit as end:
        return end.exit_code
    except UsageError as error:
        raise error.with_hint(error.hint or usage).with_exit_status(status) from None
    except PullSecretError as error:
        has_own = error.exit_status != PullSecretError.exit_status  # such as 130 after Ctrl-C
        raise (error if has_own else error.with_exit_status(status)) from None
    except TyperException as error:
        text = printable(" ".join(str(error).split()))
        raise UsageError(text, hint=usage).with_exit_status(status) from None


def values_of(argv: Sequence[str], program: str) -> tuple[str, Mapping[str, object]]:
    """The command of a command line, and what its function would be called with: nothing is run.

    Raises:
        UsageError: the command is unknown, or refuses its flags.
        Exit: its help was asked for, and is shown.
    """
    name, rest = split_command(argv, _all_flags(argv, program))
    if name not in COMMAND_FUNCTIONS:
        raise _unknown_command(name, program)
    found: dict[str, object] = {}
    function = function_of(name)

    @wraps(function)
    def kept(**values: object) -> int:
        found.update(values)
        return 0

    _call(name, rest, program, kept)
    if not found:
        raise Exit
    return name, found


def _call(name: str, argv: Sequence[str], program: str, function: Callable[..., int] | None = None) -> int:
    command = command_of(name, program, function)
    known = [*flags_of(command), _HELP]
    words = typer_arguments(argv, known)
    refuse_separated_values(argv, known)
    if _HELP.name in words.flags:
        show_help(name, program)
        return 0
    if words.names and not any(isinstance(param, TyperArgument) for param in command.params):
        raise UsageError(f"{name} takes no arguments, got {len(words.names)}")
    # Not command.main(): that swallows Ctrl-C, which main reports.
    with command.make_context(f"{program} {name}", [*words.flags, "--", *words.names]) as context:
        return cast("int", command.invoke(context))


def function_of(name: str) -> Callable[..., int]:
    """The command's function. Its module is imported only now: a start pays for one command, not for all."""
    return cast("Callable[..., int]", getattr(import_module(module_of(name)), COMMAND_FUNCTIONS[name]))


def module_of(name: str) -> str:
    """The module of a command, which has its name as far as Python takes that for one."""
    return f"pullsecret.commands.{name.replace('-', '_')}{'_' if iskeyword(name) else ''}"


def command_of(name: str, program: str, function: Callable[..., int] | None = None) -> TyperCommand:
    """Typer's view of a command; its help names the program as the user started it.

    Another function of the same signature may be called instead of the command's own.
    """
    app = Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    function = function or function_of(name)
    text = (getdoc(function) or "").format(prog=program)
    app.command(name, help=text, add_help_option=False)(with_groups(function))
    return cast("TyperCommand", get_command(app))


def flags_of(command: TyperCommand) -> list[FlagSpec]:
    """A command's flags, as its signature has them."""
    options = [param for param in command.params if isinstance(param, TyperOption)]
    return [
        FlagSpec(
            spellings=tuple(option.opts),
            metavar="" if option.is_flag else (option.metavar or "VALUE"),
            help=option.help or "",
            bare_value=None if option.is_flag else bare_value_of(command.name, option.opts[-1]),
            repeatable=option.multiple,
        )
        for option in options
    ]


def _show_overview(argv: Sequence[str], program: str) -> int:
    """The program's own help, without a command; `help COMMAND` is that command's."""
    try:
        words = typer_arguments(argv, [*_all_flags(argv, program), _HELP, _VERSION])
    except FlagError as error:
        raise error.with_hint(f"See '{program} --help' for usage.") from None
    topic = next(iter(words.names), "")
    if topic in COMMAND_FUNCTIONS:
        return _run_command(topic, [_HELP.name], program)
    if topic:
        raise _unknown_command(topic, program)
    if _VERSION.name in words.flags:
        return _run_command("version", [], program)
    show_overview(program)
    return 0
