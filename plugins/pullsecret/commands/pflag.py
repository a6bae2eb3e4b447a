"""kubectl's flag habits, turned into what Typer's parser takes: every flag as `--name=value`, names behind a `--`.

kubectl's flags are spf13/pflag's: `-n=team-a` and `-nteam-a`, `--overwrite=true`, a bare `--dry-run`, flags before the
command and between the names, and `--` to end them. Which flags there are, and which take a value, the commands tell.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from pullsecret.commands.flags import WITHOUT_VALUE, truth
from pullsecret.errors import FlagError
from pullsecret.model.go.printable import printable

_OFF = "=false"
"""Behind the name of a switch that is turned off."""


@dataclass(frozen=True, kw_only=True)
class Flag:
    """A flag as a command defines it: its spellings, shortest first, and whether it takes a value."""

    spellings: tuple[str, ...]
    takes_value: bool

    @property
    def name(self) -> str:
        """The long spelling."""
        return self.spellings[-1]

    @property
    def title(self) -> str:
        """How pflag names it in errors: `-n, --namespace`."""
        return ", ".join((*(short for short in self.spellings if not short.startswith("--")), self.name))


@dataclass(frozen=True, kw_only=True)
class Words:
    """A command line taken apart: flags in Typer's spelling, and everything that is none."""

    flags: tuple[str, ...] = field(repr=False)
    names: tuple[str, ...]


def by_spelling(flags: Iterable[Flag]) -> dict[str, Flag]:
    """The flags under each of their spellings."""
    return {spelling: flag for flag in flags for spelling in flag.spellings}


def command_first(argv: Sequence[str], flags: Iterable[Flag]) -> tuple[str, list[str]]:
    """The command, wherever it stands, and the rest; the command is "" when there is none.

    The flags are those that may come before the command: which of them take a value tells a command from a value.
    """
    known = by_spelling(flags)
    place = 0
    while place < len(argv) and argv[place].startswith("-") and argv[place] not in ("-", "--"):
        flag = known.get(argv[place])
        place += 2 if flag and flag.takes_value and flag.name not in WITHOUT_VALUE else 1
    if place >= len(argv):
        return "", list(argv)
    return argv[place], [*argv[:place], *argv[place + 1 :]]


def taken_apart(argv: Sequence[str], flags: Iterable[Flag]) -> Words:
    """A command's command line, with each flag in one piece.

    Raises:
        FlagError: a flag is unknown, lacks its value or has a senseless one, in pflag's words.
    """
    known = by_spelling(flags)
    found: list[str] = []
    names: list[str] = []
    words = iter(argv)
    for word in words:
        if word == "--":
            names.extend(words)
        elif word.startswith("--"):
            found.extend(_long(word, known, words))
        elif word.startswith("-") and word != "-":
            found.extend(_short(word, known, words))
        else:
            names.append(word)
    return Words(flags=tuple(_as_said_last(found, known)), names=tuple(names))


def _as_said_last(found: Iterable[str], known: Mapping[str, Flag]) -> list[str]:
    """The flags without the switches that were turned off, and without those turned on before that."""
    left: list[str] = []
    for word in found:
        name = word.removesuffix(_OFF)
        if name != word and name in known and not known[name].takes_value:
            left = [other for other in left if other != name]
        else:
            left.append(word)
    return left


def _long(word: str, known: Mapping[str, Flag], following: Iterator[str]) -> list[str]:
    name, has_value, value = word.partition("=")
    if name == "--" or name.startswith("---"):
        raise FlagError(f"bad flag syntax: {printable(word)}")
    flag = known.get(name)
    if flag is None:
        raise FlagError(f"unknown flag: {printable(name)}")
    return _spelled(flag, value if has_value else None, word, following)


def _short(word: str, known: Mapping[str, Flag], following: Iterator[str]) -> list[str]:
    """One dash may hold several flags without values, and last one with its value: -Aq, -nteam-a, -n=team-a."""
    letter, rest = word[:2], word[2:]
    flag = known.get(letter)
    if flag is None:
        raise FlagError(f"unknown shorthand flag: {_rune(letter[1])} in {printable(word)}")
    if flag.takes_value or rest.startswith("="):
        return _spelled(flag, rest.removeprefix("=") if rest else None, letter, following)
    return [flag.name, *(_short(f"-{rest}", known, following) if rest else [])]


def _spelled(flag: Flag, value: str | None, word: str, following: Iterator[str]) -> list[str]:
    if not flag.takes_value:
        is_on = value is None or truth(flag.title, value)
        return [flag.name if is_on else f"{flag.name}{_OFF}"]
    if value is None:
        value = WITHOUT_VALUE.get(flag.name)
    if value is None:
        value = next(following, None)
    if value is None:
        raise FlagError(f"flag needs an argument: {word if word.startswith('--') else _needy(word)}")
    # One letter and `=` would be a value that begins with it: only long flags have their value behind one.
    return [f"{flag.name}={value}"] if flag.name.startswith("--") else [flag.name, value]


def _needy(word: str) -> str:
    return f"{_rune(word[1])} in {word}"


def _rune(char: str) -> str:
    """A character as Go's %q prints it."""
    return "'" + (f"\\{char}" if char in "'\\" else printable(char)) + "'"
