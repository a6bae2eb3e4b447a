"""Command lines, split by our tokenizer and by pflag, which splits kubectl's: the same flags, values and names."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from fuzz.fuzzer import Fault, Fuzzer, chance_of, faults_of
from fuzz.mutation import mutated
from kubelet.kubelet_oracle import answers
from pullsecret.commands.flags.values import parse_bool
from pullsecret.commands.pflag import finder
from pullsecret.entry.command_table import COMMANDS
from pullsecret.errors import FlagError
from pullsecret.model.command_line import END, tokens
from pullsecret.model.go.printable import printable

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.model.command_line import FlagSpec, Token

LETTER = re.compile(r"unknown shorthand flag: '[^'\\]*' in -([^\x00-\x7f])")
VALUES = (
    "x",
    "team-a",
    "",
    "true",
    "false",
    "1",
    "t",
    "a,b",
    "a=b",
    "=",
    "-",
    "--",
    "-n",
    "--server",
    "client",
    "ü",
    "'",
)


def examine(seeds: Sequence[int]) -> Mapping[int, str]:
    """Compare how the two split each seed's words."""
    lines = {seed: line_of(seed) for seed in seeds}
    questions = [
        {"flags": [one for flag in flags for one in described(flag)], "words": words} for flags, words in lines.values()
    ]
    verdicts = dict(zip(lines, answers("command-lines", questions), strict=True))

    def compare(seed: int) -> None:
        flags, words = lines[seed]
        if verdicts[seed]["error"] == "pflag: help requested":
            return
        if (ours := split(flags, words)) != as_we_say(verdicts[seed]):
            raise Fault(f"{words}: {ours}, and pflag {verdicts[seed]}")

    return faults_of(seeds, compare)


def line_of(seed: int) -> tuple[tuple[FlagSpec, ...], list[str]]:
    """A command's flags, and words for it."""
    chance = chance_of(seed)
    flags = tuple(flag for flag in chance.choice([*COMMANDS.values()]).flags if flag.bare_value != "")  # pflag has none
    spellings = [spelling for flag in flags for spelling in flag.spellings]
    words: list[str] = []
    for _ in range(chance.randrange(6)):
        spelling, value = chance.choice(spellings), chance.choice(VALUES)
        kinds = (f"{spelling}={value}", spelling, value, f"{spelling}{value}", chance.choice(letters(flags)) + value)
        words.append(chance.choice(kinds))
    if words and chance.random() < 0.3:
        at = chance.randrange(len(words))
        raw = mutated(chance, [words[at].encode()], [b"-", b"--", b"=", b"n", b"A"])
        words[at] = raw[:200].decode("utf-8", "replace").replace("\0", "")
    return flags, words


def letters(flags: Sequence[FlagSpec]) -> list[str]:
    """Switches in one word, and then a flag that may take a value."""
    short = [spelling[1:] for flag in flags for spelling in flag.spellings if not spelling.startswith("--")]
    return ["-" + "".join(short[start : start + 3]) for start in range(len(short))] or ["-x"]


def described(flag: FlagSpec) -> list[dict[str, Any]]:
    """A flag as the Go program defines it, once for each long name; one without gets one that no word has."""
    letter = next((one[1:] for one in flag.spellings if not one.startswith("--")), "")
    long = [one.removeprefix("--") for one in flag.spellings if one.startswith("--")] or [long_name(flag)]
    kind = {"is_switch": not flag.metavar, "is_optional": bool(flag.bare_value), "bare": flag.bare_value or ""}
    return [{"name": one, "into": long_name(flag), "letter": letter if one == long[-1] else "", **kind} for one in long]


def as_we_say(theirs: dict[str, Any]) -> dict[str, Any]:
    """What differs on purpose: pflag shows control characters, escapes quotes, and cuts a letter after one byte."""
    error = str(theirs["error"])
    if LETTER.match(error):
        error = LETTER.sub(lambda found: f"unknown shorthand flag: '{found[1]}' in -{found[1]}", error)
    return {**theirs, "error": printable(error.replace('\\"', '"'))}


def long_name(flag: FlagSpec) -> str:
    return flag.name.removeprefix("--") if flag.name.startswith("--") else f"long-for{flag.name}"


def split(flags: Sequence[FlagSpec], words: Sequence[str]) -> dict[str, Any]:
    """Our split in the form of the Go program's."""
    taken: list[list[str]] = []
    names: list[str] = []
    for token in tokens(words, finder(flags)):
        if token.error:
            return {"error": token.error, "set": taken, "names": names}
        if token.flag is None:
            names.append(token.text)
        elif token.flag is not END:
            try:
                taken.append([long_name(token.flag), value_of(token, token.flag)])
            except FlagError as error:
                return {"error": error.line.removeprefix("error: "), "set": taken, "names": names}
    return {"error": "", "set": taken, "names": names}


def value_of(token: Token, flag: FlagSpec) -> str:
    if flag.metavar:
        return token.value or ""
    return str(token.value is None or parse_bool(flag.title, token.value)).lower()


FUZZER = Fuzzer(name="command-lines", examine=examine, batches=2, batch=4_000)
