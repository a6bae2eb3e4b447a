"""All verbs in one table, and how a command line reaches its verb."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from difflib import get_close_matches
from inspect import getdoc
from typing import cast

from typer import Typer, TyperException
from typer.core import TyperCommand, TyperOption
from typer.main import get_command

from pullsecret.commands import attach, copy, create, detach, entitled, version
from pullsecret.commands import list as list_
from pullsecret.commands.groups import with_groups
from pullsecret.commands.pflag import Flag, taken_apart, verb_first
from pullsecret.errors import FlagError, UsageError
from pullsecret.report.streams import put

VERBS: Mapping[str, Callable[..., int]] = {
    "copy": copy.copy,
    "create": create.create,
    "attach": attach.attach,
    "detach": detach.detach,
    "entitled": entitled.entitled,
    "list": list_.list_,
    "version": version.version,
}
"""The verbs in the order of the help."""

HELP = Flag(spellings=("-h", "--help"), takes_value=False)


def run(argv: Sequence[str], program: str) -> int:
    """Run the command line and return its exit status.

    Args:
        argv: the words after the program's name.
        program: what the user typed to get here, `kubectl pullsecret`: help and hints repeat it.

    Raises:
        PullSecretError: anything that the user should read; usage errors with the hint where help is.
    """
    verb, rest = verb_first(argv, _all_flags(argv, program))
    if verb in VERBS:
        return _run_verb(verb, rest, program)
    if verb in ("", "help"):
        return _show_overview(rest, program)
    close = get_close_matches(verb, VERBS, n=1)
    meant = f"\n\nDid you mean this?\n\t{close[0]}\n" if close else ""
    hint = f"See '{program} -h' for help and examples"
    raise UsageError(f'unknown command "{verb}" for "{program}"{meant}', hint=hint)


def _all_flags(argv: Sequence[str], program: str) -> list[Flag]:
    """The flags of all verbs, asked for only where a flag stands before the verb."""
    if not argv or not argv[0].startswith("-"):
        return []
    return [flag for verb in VERBS for flag in flags_of(command_of(verb, program))]


def _run_verb(verb: str, argv: Sequence[str], program: str) -> int:
    examples = f"See '{program} {verb} -h' for help and examples"
    try:
        command = command_of(verb, program)
        words = taken_apart(argv, [*flags_of(command), HELP])
        args = [*words.flags, "--", *words.names]
        return cast("int", command.main(args, prog_name=f"{program} {verb}", standalone_mode=False))
    except UsageError as error:
        usage = f"See '{program} {verb} --help' for usage."
        error.hint = error.hint or (usage if isinstance(error, FlagError) else examples)
        raise
    except TyperException as error:
        raise UsageError(" ".join(str(error).split()), hint=examples) from None


def command_of(verb: str, program: str) -> TyperCommand:
    """Typer's view of a verb; its help names the program as the user started it."""
    app = Typer(add_completion=False, rich_markup_mode=None, pretty_exceptions_enable=False)
    text = (getdoc(VERBS[verb]) or "").format(prog=program)
    app.command(verb, help=text, context_settings={"help_option_names": list(HELP.spellings)})(with_groups(VERBS[verb]))
    return cast("TyperCommand", get_command(app))


def flags_of(command: TyperCommand) -> list[Flag]:
    """A verb's flags, as its definition has them."""
    options = [param for param in command.params if isinstance(param, TyperOption)]
    return [Flag(spellings=tuple(option.opts), takes_value=not option.is_flag) for option in options]


def _show_overview(argv: Sequence[str], program: str) -> int:
    """The program's own help, where no verb is named; `help VERB` is that verb's."""
    if argv and argv[0] in VERBS:
        return _run_verb(argv[0], ["--help"], program)
    if "--version" in argv:
        return _run_verb("version", [], program)
    strangers = [word for word in argv if word not in HELP.spellings]
    if strangers:
        raise FlagError(f"unknown flag: {strangers[0]}", hint=f"See '{program} --help' for usage.")
    put(overview(program))
    return 0


def overview(program: str) -> str:
    """What the program is for, and a line for each verb."""
    lines = (f"  {verb:<10} {(getdoc(command) or '').partition('.')[0]}" for verb, command in VERBS.items())
    return (
        "Image pull secrets: in every namespace where they are needed, and named where pods look for them.\n\n"
        f"Usage:\n  {program} VERB [NAME]... [flags]\n\nVerbs:\n"
        + "\n".join(lines)
        + f"\n\nUse '{program} VERB --help' for the flags and examples of a verb."
    )
