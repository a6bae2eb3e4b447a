"""A command line that somebody is still typing: what stands there already, and what the last word is to become.

It is read with kubectl's flag habits (commands/pflag.py), but never refused: half of it is missing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.entry.command_table import Flag
from pullsecret.entry.generated_commands import COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.entry.command_table import Command

HELP = Flag(("-h", "--help"), "", "Show the help of a command.")
VERSION = Flag(("--version",), "", "Print this program's version.")


class Line:
    """The words before the one being typed, taken apart.

    `command` is "" until there is one, `given` the values of each flag under its long spelling, `pending` the flag
    whose value comes next; behind `--` there are no flags any more.
    """

    def __init__(self, before: Sequence[str]) -> None:
        self.command = ""
        self.names: list[str] = []
        self.given: dict[str, list[str]] = {}
        self.pending: Flag | None = None
        self.are_flags_over = False
        for word in before:
            self._take(word)

    @property
    def definition(self) -> Command | None:
        """The command's own; None for none and for one that is unknown."""
        return COMMANDS.get(self.command)

    @property
    def flags(self) -> tuple[Flag, ...]:
        """The flags that may come now: the command's, or before it those that every command with a cluster has."""
        if self.definition is not None:
            return (*self.definition.flags, HELP)
        return () if self.command else (*_common(), HELP, VERSION)

    def flag(self, spelling: str) -> Flag | None:
        """The flag that is spelled so; before the command it may be any command's."""
        commands = [self.definition] if self.definition is not None else COMMANDS.values()
        known = (flag for command in commands for flag in command.flags)
        return next((flag for flag in (*known, HELP, VERSION) if spelling in flag.spellings), None)

    def values(self, *names: str) -> list[str]:
        """What was given for flags so far, by their long spellings; lists with commas are taken apart."""
        return [part for name in names for value in self.given.get(name, []) for part in value.split(",") if part]

    def last(self, name: str) -> str:
        """The value of a flag that counts once: the last one; "" when there is none."""
        return self.given.get(name, [""])[-1]

    def _take(self, word: str) -> None:
        if self.pending is not None:
            self._note(self.pending, word)
            self.pending = None
        elif self.are_flags_over or not word.startswith("-") or word == "-":
            self._take_name(word)
        elif word == "--":
            self.are_flags_over = True
        elif word.startswith("--"):
            name, has_value, value = word.partition("=")
            self._take_flag(self.flag(name), value if has_value else None)
        else:
            self._take_letters(word[1:])

    def _take_name(self, word: str) -> None:
        if self.command and self.command != "help":
            self.names.append(word)
        else:
            self.command = word

    def _take_flag(self, flag: Flag | None, value: str | None) -> None:
        if flag is None:
            return
        if flag.metavar and value is None and not flag.optional:
            self.pending = flag
        else:
            self._note(flag, value or "")

    def _take_letters(self, letters: str) -> None:
        """One dash may hold several flags without values, and last one with its value: -Aq, -nteam-a, -n=team-a."""
        flag = self.flag(f"-{letters[0]}")
        rest = letters[1:]
        if flag is None or flag.metavar or rest.startswith("="):
            self._take_flag(flag, rest.removeprefix("=") if rest else None)
            return
        self._note(flag, "")
        if rest:
            self._take_letters(rest)

    def _note(self, flag: Flag, value: str) -> None:
        self.given.setdefault(flag.name, []).append(value)


def _common() -> Iterable[Flag]:
    """The flags of all commands that talk to a cluster, in a command's order."""
    with_cluster = [
        command.flags for command in COMMANDS.values() if any(flag.name == "--kubeconfig" for flag in command.flags)
    ]
    return (flag for flag in with_cluster[0] if all(flag in flags for flags in with_cluster))
