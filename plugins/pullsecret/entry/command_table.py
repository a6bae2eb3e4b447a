"""What the commands and their flags look like to those who must not wait for Typer: TAB, and the IBM Cloud CLI."""

from __future__ import annotations

from typing import NamedTuple


class Flag(NamedTuple):
    """A flag: its spellings, shortest first, what its value is called ("" when it takes none), and its help.

    `kind` and `choices` say what completes the value, as commands/completes.py does. An `optional` value can only be
    given with `=`; a `repeatable` flag may come again, and its value may be a list with commas.
    """

    spellings: tuple[str, ...]
    metavar: str
    help: str
    kind: str = ""
    choices: tuple[str, ...] = ()
    optional: bool = False
    repeatable: bool = False

    @property
    def name(self) -> str:
        """The long spelling."""
        return self.spellings[-1]


class Command(NamedTuple):
    """A command: its summary, what its names are called (`[NAME]...`, "" for none), their completion, and its flags."""

    summary: str
    metavar: str
    kind: str
    choices: tuple[str, ...]
    flags: tuple[Flag, ...]

    @property
    def takes_many(self) -> bool:
        """Whether more than one name can be given."""
        return self.metavar.endswith("...")
