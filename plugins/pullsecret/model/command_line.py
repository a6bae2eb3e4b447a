"""The command line: commands and flags as values, and its words split as spf13/pflag splits them for kubectl.

This is the only tokenizer. A run refuses the tokens that have an error (commands/pflag.py); completion, which sees
lines that are not finished, ignores the errors (entry/partial_line.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pullsecret.model.go.printable import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


class FlagSpec(NamedTuple):
    """A flag: its spellings, shortest first, what its value is called ("" if it takes none), and its help.

    `kind` and `choices` say what completes the value, as commands/completion_hint.py does. A flag with a `bare_value`
    has that value when none follows a `=` (pflag: NoOptDefVal). A `repeatable` flag may be given again, and its value
    may be a list with commas.
    """

    spellings: tuple[str, ...]
    metavar: str = ""
    help: str = ""
    kind: str = ""
    choices: tuple[str, ...] = ()
    bare_value: str | None = None
    repeatable: bool = False

    @property
    def name(self) -> str:
        """The long spelling."""
        return self.spellings[-1]

    @property
    def title(self) -> str:
        """The name in pflag's errors: `-n, --namespace`."""
        return ", ".join((*(short for short in self.spellings if not short.startswith("--")), self.name))


class Command(NamedTuple):
    """A command: its summary, what its names are called (`[NAME]...`, "" for none), their completion, and its flags."""

    summary: str
    metavar: str
    kind: str
    choices: tuple[str, ...]
    flags: tuple[FlagSpec, ...]

    @property
    def takes_many(self) -> bool:
        """Whether more than one name can be given."""
        return self.metavar.endswith("...")


END = FlagSpec(("--",))
"""The word that ends the flags; what follows is names."""


class Token(NamedTuple):
    """A name, or a flag with its value; `place` is the index of its word.

    `value` is None for a switch without one, and for a flag whose value is missing. `error` is pflag's sentence for a
    token that a run refuses.
    """

    place: int
    text: str
    flag: FlagSpec | None = None
    value: str | None = None
    error: str = ""

    @property
    def is_name(self) -> bool:
        """Whether it is not a flag, known or unknown."""
        return self.flag is None and not self.error

    def __repr__(self) -> str:
        """Without the text and the value, which may be a password."""
        return f"Token(place={self.place}, flag={self.flag and self.flag.name})"


def tokens(words: Iterable[str], find: Callable[[str], FlagSpec | None]) -> Iterator[Token]:
    """The words as tokens, one at a time: `find`, which knows a flag by its spelling, may depend on those before."""
    following = enumerate(words)
    for place, word in following:
        if word == "--":
            yield Token(place, word, END)
            yield from (Token(rest, name) for rest, name in following)
        elif word.startswith("--"):
            yield _long(Token(place, word), find, following)
        elif word.startswith("-") and word != "-":
            yield from _short(Token(place, word), find, following)
        else:
            yield Token(place, word)


def _long(token: Token, find: Callable[[str], FlagSpec | None], following: Iterator[tuple[int, str]]) -> Token:
    name, has_value, value = token.text.partition("=")
    if name == "--" or name.startswith("---"):
        return token._replace(error=f"bad flag syntax: {printable(token.text)}")
    flag = find(name)
    if flag is None:
        return token._replace(error=f"unknown flag: {printable(name)}")
    return _with_value(token._replace(flag=flag), value if has_value else None, name, following)


def _short(
    token: Token, find: Callable[[str], FlagSpec | None], following: Iterator[tuple[int, str]]
) -> Iterator[Token]:
    """One dash may be followed by several switches and then a flag with its value: -Aq, -nteam-a, -n=team-a."""
    letter, rest = token.text[:2], token.text[2:]
    flag = find(letter)
    if flag is None:
        yield token._replace(error=f"unknown shorthand flag: {_quoted(letter[1])} in {printable(token.text)}")
    elif flag.metavar or (rest.startswith("=") and rest != "="):
        value = (rest.removeprefix("=") or rest) if rest else None  # pflag takes `=` alone for a value
        yield _with_value(token._replace(flag=flag), value, f"{_quoted(letter[1])} in {letter}", following)
    else:
        yield token._replace(flag=flag)
        if rest:
            yield from _short(token._replace(text=f"-{rest}"), find, following)


def _with_value(token: Token, value: str | None, where: str, following: Iterator[tuple[int, str]]) -> Token:
    if value is None and token.flag and token.flag.metavar:
        value = token.flag.bare_value
        if value is None:
            _, value = next(following, (0, None))
        if value is None:
            return token._replace(error=f"flag needs an argument: {where}")
    return token._replace(value=value)


def _quoted(char: str) -> str:
    """A character as Go's %q prints it."""
    return "'" + (f"\\{char}" if char in "'\\" else printable(char)) + "'"
