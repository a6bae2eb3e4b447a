"""What kubectl is told when TAB is pressed: cobra's completion protocol (kubectl: pkg/cmd/plugin/plugin_completion.go).

The words behind the plug-in's name come as arguments, the last one as far as it is typed, perhaps empty. The answer is
a candidate a line, `value` or `value<TAB>description`, and in the last line what the shell is to make of it, `:4`.
Commands and flags come from a table, so that no TAB waits for Typer; what only a cluster knows, from lookup.py.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING, NamedTuple

from pullsecret.entry.command_table import COMMANDS
from pullsecret.entry.partial_line import Line

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
    """Answer kubectl and end the process, with 0 whatever happens: it drops all answers of one that failed."""
    leave_with(lambda: lines(answer(words)), otherwise=lines(Offer()))


def lines(found: Offer) -> str:
    """An answer as kubectl reads it."""
    return "".join(f"{line}\n" for line in (*found.candidates, f":{found.directive}"))


def leave_with(make: Callable[[], str], *, otherwise: str) -> NoReturn:
    """Print what is made, or else the other text, as UTF-8 and with line feeds on Windows too; and end with 0 at once.

    Nothing goes to stderr, where it would land in the middle of somebody's command line, and no thread is waited for.
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


def answer(words: Sequence[str]) -> Offer:
    """What the last word can become."""
    *before, typed = words or [""]
    line = Line(before)
    if line.pending is not None:
        return _of_value(line, line.pending, typed)
    if typed.startswith("-") and not line.are_flags_over:
        name, has_value, value = typed.partition("=")
        if not has_value:
            return Offer(matching(typed, flags_for(line)))
        flag = line.flag(name if name.startswith("--") else f"-{name[-1]}")
        return _of_value(line, flag, value) if flag else Offer()
    return _of_name(line, typed)


def anything_after(words: Sequence[str]) -> tuple[str, ...]:
    """All that the next word can be, flags too where they may stand: for hosts that do not tell what is typed of it."""
    line = Line(words)
    found = answer([*words, ""]).candidates
    may_be_flag = line.definition is not None and line.pending is None and not line.are_flags_over
    offered = (*found, *flags_for(line)) if may_be_flag else found
    return tuple(candidate.partition("\t")[0] for candidate in offered)


def flags_for(line: Line) -> Iterable[str]:
    """The flags that may come now, long ones first; what was given and counts once is not offered again."""
    offered = [flag for flag in line.flags if flag.repeatable or flag.name not in line.given]
    for flag in offered:
        yield f"{flag.name}\t{flag.help}"
    for flag in offered:
        for short in flag.spellings[:-1]:
            yield f"{short}\t{flag.help}"


def matching(typed: str, candidates: Iterable[str]) -> tuple[str, ...]:
    """The candidates that begin so, each once and with nothing in it that could end a line."""
    return tuple(dict.fromkeys(one for one in candidates if one.startswith(typed) and _is_line(one)))


def _is_line(candidate: str) -> bool:
    return candidate.replace("\t", "", 1).isprintable()


def _of_value(line: Line, flag: FlagSpec, typed: str) -> Offer:
    """The values of a flag; in a list with commas the last part is completed, to what is not in it yet."""
    if flag.kind == "files":
        return Offer(directive=_FILES)
    if not flag.metavar:
        return Offer(matching(typed, ("true", "false")))
    head, comma, part = typed.rpartition(",") if flag.repeatable else ("", "", typed)
    known = {*head.split(","), *line.values(flag.name)}
    found = matching(part, _looked_up(line, flag.kind, flag.choices))
    return Offer(tuple(f"{head}{comma}{one}" for one in found if one.partition("\t")[0] not in known))


def _of_name(line: Line, typed: str) -> Offer:
    """The command, or one of the command's names."""
    if not line.command or (line.command == "help" and not line.names):
        return Offer(matching(typed, (f"{name}\t{command.summary}" for name, command in COMMANDS.items())))
    command = line.definition
    if command is None or (line.names and not command.takes_many):
        return Offer()
    found = matching(typed, _looked_up(line, command.kind, command.choices))
    return Offer(tuple(one for one in found if one.partition("\t")[0] not in line.names))


def _looked_up(line: Line, kind: str, choices: tuple[str, ...]) -> Iterable[str]:
    if not kind:
        return choices
    from pullsecret.entry.live_names import in_time

    return in_time(kind, line)
