"""A command line that is not finished yet: what is on it, and what the last word can become.

The words are split as for a run (model/command_line.py), but never refused.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.entry.command_table import COMMANDS
from pullsecret.model.command_line import END, FlagSpec, tokens

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.model.command_line import Command

_HELP = FlagSpec(("-h", "--help"), help="Show the help of a command.")
_VERSION = FlagSpec(("--version",), help="Print the version.")


class Line:
    """The words before the one being typed.

    `command` is "" until there is one, `given` the values of each flag by its long spelling, `pending` the flag whose
    value comes next; after `--` there are no more flags.
    """

    def __init__(self, before: Sequence[str]) -> None:
        self.command = ""
        self.names: list[str] = []
        self.given: dict[str, list[str]] = {}
        self.pending: FlagSpec | None = None
        self.are_flags_over = False
        for token in tokens(before, self.flag):
            if token.is_name:
                self._add_name(token.text)
            elif token.flag is END:
                self.are_flags_over = True
            elif token.error:
                self.pending = token.flag
            elif token.flag is not None:
                self.given.setdefault(token.flag.name, []).append(token.value or "")

    @property
    def definition(self) -> Command | None:
        """The command's definition; None without a command and for an unknown one."""
        return COMMANDS.get(self.command)

    @property
    def flags(self) -> tuple[FlagSpec, ...]:
        """The flags that may come now: the command's, or before it those that all commands have."""
        if self.definition is not None:
            return (*self.definition.flags, _HELP)
        return () if self.command else (*_common(), _HELP, _VERSION)

    def flag(self, spelling: str) -> FlagSpec | None:
        """The flag with this spelling; before the command it may be any command's."""
        commands = [self.definition] if self.definition is not None else COMMANDS.values()
        known = (flag for command in commands for flag in command.flags)
        return next((flag for flag in (*known, _HELP, _VERSION) if spelling in flag.spellings), None)

    def values(self, *names: str) -> list[str]:
        """The values given for flags so far, by their long spellings; lists with commas are split."""
        return [part for name in names for value in self.given.get(name, []) for part in value.split(",") if part]

    def last(self, name: str) -> str:
        """The value of a flag that counts once: the last one; "" when there is none."""
        return self.given.get(name, [""])[-1]

    def _add_name(self, word: str) -> None:
        if self.command and self.command != "help":
            self.names.append(word)
        else:
            self.command = word


def _common() -> Iterable[FlagSpec]:
    """The flags of all commands with target flags, in a command's order."""
    with_targets = [
        command.flags for command in COMMANDS.values() if any(flag.name == "--all-namespaces" for flag in command.flags)
    ]
    return (flag for flag in with_targets[0] if all(flag in flags for flags in with_targets))
