"""Shell completion, in cobra's protocol for kubectl plugins (kubectl: pkg/cmd/plugin/plugin_completion.go).

The arguments are the words after the plugin's name; the last one is incomplete, perhaps empty. The answer has a
candidate on each line, `value` or `value<TAB>description`, and on the last line a directive for the shell, `:4`.
Commands and flags come from a table, so that completion does not wait for Typer; names in the cluster come from
live_names.py.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from pullsecret.entry.command_table import COMMANDS
from pullsecret.entry.partial_line import Line
from pullsecret.model.go.printable import is_printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from typing import NoReturn

    from pullsecret.model.command_line import FlagSpec

_FILES = 0
"""The shell may offer files (cobra: ShellCompDirectiveDefault)."""
NO_FILES = 4
"""The candidates are all there is (cobra: ShellCompDirectiveNoFileComp)."""


class Offer(NamedTuple):
    """The candidates, each `value` or `value<TAB>description`, and the directive."""

    candidates: tuple[str, ...] = ()
    directive: int = NO_FILES


def run_completion(words: Sequence[str]) -> NoReturn:
    """Answer kubectl and end the process, always with 0: kubectl ignores the answer of a program that fails."""
    print_and_exit(lambda: lines(find_answer(words)), otherwise=lines(Offer()))


def lines(found: Offer) -> str:
    """An answer as kubectl reads it."""
    return "".join(f"{line}\n" for line in (*found.candidates, f":{found.directive}"))


def print_and_exit(make: Callable[[], str], *, otherwise: str) -> NoReturn:
    """Print a text, or the other one if making it fails, in UTF-8 with line feeds, and end with 0 without waiting.

    Nothing is printed on stderr, which would garble the command line that the user is typing.
    """
    os.dup2(os.open(os.devnull, os.O_RDWR), 2)
    text = otherwise
    try:
        text = make()
    finally:
        try:
            sys.stdout.buffer.write(text.encode(errors="replace"))
            sys.stdout.buffer.flush()
        finally:
            os._exit(0)


def find_answer(words: Sequence[str]) -> Offer:
    """Find what the last word can be completed to."""
    *before, typed = words or [""]
    line = Line(before)
    if line.pending is not None:
        return _find_values(line, line.pending, typed)
    if typed.startswith("-") and not line.are_flags_over:
        name, has_value, value = typed.partition("=")
        if not has_value:
            return Offer(matching(typed, flags_for(line)))
        flag = line.flag(name if name.startswith("--") else f"-{name[-1]}")
        return _find_values(line, flag, value) if flag else Offer()
    return _find_names(line, typed)


def find_next_words(words: Sequence[str]) -> tuple[str, ...]:
    """Find all that the next word can be, flags included: for hosts that do not pass on the incomplete word."""
    line = Line(words)
    found = find_answer([*words, ""]).candidates
    may_be_flag = line.definition is not None and line.pending is None and not line.are_flags_over
    offered = (*found, *flags_for(line)) if may_be_flag else found
    return tuple(candidate.partition("\t")[0] for candidate in offered)


def flags_for(line: Line) -> Iterable[str]:
    """The flags that may come now, long ones first; a flag that counts once is not offered again."""
    offered = [flag for flag in line.flags if flag.repeatable or flag.name not in line.given]
    for flag in offered:
        yield f"{flag.name}\t{flag.help}"
    for flag in offered:
        for short in flag.spellings[:-1]:
            yield f"{short}\t{flag.help}"


def matching(typed: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """The candidates with this prefix, each once, and none with a character that could end a line."""
    return tuple(dict.fromkeys(one for one in candidates if one.startswith(typed) and _is_line(one)))


def _is_line(candidate: str) -> bool:
    return is_printable(candidate.replace("\t", "", 1))


def _find_values(line: Line, flag: FlagSpec, typed: str) -> Offer:
    """Find the values of a flag; in a list with commas, the last part is completed to what is not in the list yet."""
    if flag.kind == "files":
        return Offer(directive=_FILES)
    if not flag.metavar:
        return Offer(matching(typed, ("true", "false")))
    head, comma, part = typed.rpartition(",") if flag.repeatable else ("", "", typed)
    known = {*head.split(","), *line.values(flag.name)}
    found = matching(part, _look_up(line, flag.kind, flag.choices))
    return Offer(tuple(f"{head}{comma}{one}" for one in found if one.partition("\t")[0] not in known))


def _find_names(line: Line, typed: str) -> Offer:
    """Find the commands, or the names that the command takes."""
    if not line.command or (line.command == "help" and not line.names):
        return Offer(matching(typed, (f"{name}\t{command.summary}" for name, command in COMMANDS.items())))
    command = line.definition
    if command is None or (line.names and (command.choices or not command.takes_many)):
        return Offer()
    found = matching(typed, _look_up(line, command.kind, command.choices))
    return Offer(tuple(one for one in found if one.partition("\t")[0] not in line.names))


def _look_up(line: Line, kind: str, choices: tuple[str, ...]) -> Iterable[str]:
    if not kind:
        return choices
    from pullsecret.entry.live_names import look_up_in_time

    return look_up_in_time(kind, line)
