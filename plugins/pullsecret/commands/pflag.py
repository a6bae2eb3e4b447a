"""A command line as Typer's parser takes it: every flag as `--name=value`, and the names apart.

What kubectl refuses is refused in its words (spf13/pflag). Which flags exist, and which take a value, the commands say.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from pullsecret.commands.flags import parse_bool
from pullsecret.errors import FlagError
from pullsecret.model.command_line import END, FlagSpec, Token, tokens
from pullsecret.model.go.printable import printable

_HINTS = {
    "--selector": "use -l or --namespace-selector to select namespaces by their labels",
    "-l": "use --namespace-selector to select namespaces by their labels",
}
"""What to use instead of a flag of kubectl that would mean something else here."""


_NEVER_EMPTY = frozenset(
    {
        "--code-engine-project",
        "--ibm-cluster",
        "--ibmcloud-api-key-file",
        "--registry-namespace",
        "--registry-region",
        "--role",
        "--service-id",
    }
)
"""What is limited by a value, such as that of a variable, which must not be taken as absent if that is not set."""


@dataclass(frozen=True, kw_only=True)
class TyperArguments:
    """The flags in Typer's spelling, and the names."""

    flags: tuple[str, ...] = field(repr=False)
    names: tuple[str, ...]


def split_command(argv: Sequence[str], flags: Iterable[FlagSpec]) -> tuple[str, list[str]]:
    """The command, wherever it is, and the other words; the command is "" if none is given.

    The flags are those that may come before it: which of them take a value distinguishes the command from a value.
    """
    for token in tokens(argv, finder(flags)):
        if token.is_name or token.flag is END:
            return token.text, [*argv[: token.place], *argv[token.place + 1 :]]
    return "", list(argv)


def typer_arguments(argv: Sequence[str], flags: Iterable[FlagSpec]) -> TyperArguments:
    """The words after the command as Typer takes them.

    Raises:
        FlagError: a flag is unknown, has no value or an invalid one; in pflag's words.
    """
    given: list[str] = []
    names: list[str] = []
    for token in tokens(argv, finder(flags)):
        if token.error:
            name = token.text.partition("=")[0] if token.text.startswith("--") else token.text[:2]
            raise FlagError(token.error, hint=_HINTS.get(name, ""))
        if token.flag is None:
            names.append(token.text)
        elif token.flag is not END:
            given = _with_flag(given, token, token.flag)
    return TyperArguments(flags=tuple(given), names=tuple(names))


def refuse_separated_values(argv: Sequence[str], flags: Iterable[FlagSpec]) -> None:
    """Refuse `--dry-run client`: pflag takes `client` for a name, which is not what was meant.

    Raises:
        FlagError: a flag whose value can only be given with `=` is followed by one of its values.
    """
    before: Token | None = None
    for token in tokens(argv, finder(flags)):
        if before and before.flag and token.is_name and token.text in before.flag.metavar.split("|"):
            flag, value = before.flag.name, printable(token.text)
            raise FlagError(f'unexpected argument "{value}" after {flag}', hint=f"use {flag}={value}")
        is_bare = token.flag is not None and token.flag.bare_value is not None and "=" not in token.text
        before = token if is_bare else None


def finder(flags: Iterable[FlagSpec]) -> Callable[[str], FlagSpec | None]:
    """What finds one of the flags by any of its spellings."""
    return {spelling: flag for flag in flags for spelling in flag.spellings}.get


def _with_flag(given: list[str], token: Token, flag: FlagSpec) -> list[str]:
    """The flags with one more; a switch that is off takes back those before."""
    if flag.metavar:
        # A letter and `=` would be a value that begins with `=`: only long flags have their value after one.
        value = token.value or ""
        is_given = flag.bare_value is None or "=" in token.text
        if flag.name in _NEVER_EMPTY and is_given and not value.strip(" ,"):
            raise FlagError(f'invalid argument "{printable(value)}" for "{flag.name}" flag: must not be empty')
        return [*given, f"{flag.name}={value}"] if flag.name.startswith("--") else [*given, flag.name, value]
    if token.value is None or parse_bool(flag.title, token.value):
        return [*given, flag.name]
    return [word for word in given if word != flag.name]
