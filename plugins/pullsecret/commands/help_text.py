"""The help of a command, in cobra's words: its parts as plain data, and the text of a given width."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from typer.core import TyperArgument, TyperCommand, TyperOption

from pullsecret.commands.flags import BARE_VALUES

COMMAND_FLAGS = "Flags"
"""The heading of a command's own flags."""

NARROWEST, WIDEST = 40, 120
"""Columns: narrower terminals wrap lines themselves, wider lines are hard to read."""


@dataclass(frozen=True, kw_only=True)
class Row:
    """A flag or an argument: how it is written, and what it means."""

    term: str
    meaning: str


@dataclass(frozen=True, kw_only=True)
class Help:
    """The parts of a command's help; `sections` are headings with their rows."""

    usage: str
    paragraphs: tuple[str, ...]
    examples: str
    sections: tuple[tuple[str, tuple[Row, ...]], ...]


def help_for(command: TyperCommand, path: str, headings: Sequence[str]) -> Help:
    """The parts of a command's help.

    Args:
        command: the command, as Typer has it.
        path: what the user types to run it: `kubectl pullsecret copy`.
        headings: of the sections of flags, in their order.
    """
    text, _, examples = (command.help or "").partition("Examples:\n")
    arguments = [param for param in command.params if isinstance(param, TyperArgument)]
    rows = tuple(Row(term=param.metavar or "", meaning=param.help or "") for param in arguments)
    return Help(
        usage=" ".join((path, *(row.term for row in rows), "[flags]")),
        paragraphs=tuple(" ".join(part.split()) for part in text.strip().split("\n\n")),
        examples=examples.rstrip(),
        sections=(("Arguments", rows), *((heading, flag_rows(command, heading)) for heading in headings)),
    )


def flag_rows(command: TyperCommand, heading: str) -> tuple[Row, ...]:
    """The flags under a heading; `--help` is the last of a command's own."""
    options = [param for param in command.params if isinstance(param, TyperOption)]
    rows = [_row(option) for option in options if (option.rich_help_panel or COMMAND_FLAGS) == heading]
    if heading == COMMAND_FLAGS:
        rows.append(Row(term="-h, --help", meaning=f"help for {command.name}"))
    return tuple(rows)


def _row(option: TyperOption) -> Row:
    metavar = "" if option.is_flag else (option.metavar or "VALUE")
    value = metavar and (f"[={metavar}]" if option.opts[-1] in BARE_VALUES else f" {metavar}")
    indent = "" if len(option.opts[0]) == len("-n") else " " * len("-n, ")
    return Row(term=f"{indent}{', '.join(option.opts)}{value}", meaning=f"{option.help}{_default(option)}")


def _default(option: TyperOption) -> str:
    """The default value as pflag writes it: strings in quotes, zero values not at all."""
    default = option.default
    if not isinstance(default, str) or default in ("", "0") or "(default" in (option.help or ""):
        return ""
    return f" (default {default})" if re.fullmatch(r"\d+[smh]?", default) else f' (default "{default}")'


def help_lines(parts: Help, program: str, width: int) -> Iterator[str]:
    """The lines of a command's help."""
    for paragraph in parts.paragraphs:
        yield from (*wrapped(paragraph, width), "")
    yield from ("Usage:", f"  {parts.usage}")
    if parts.examples:
        yield from ("", "Examples:", parts.examples)
    for heading, rows in parts.sections:
        if rows:
            yield from ("", f"{heading}:", *row_lines(rows, width))
    yield from ("", *_footer(program, width))


def overview_lines(commands: Iterable[Row], program: str, width: int) -> Iterator[str]:
    """The lines of the program's own help."""
    summary = "Manage image pull secrets across namespaces: copy, create, attach, check and troubleshoot them."
    flags = (Row(term="-h, --help", meaning="help for the program"), Row(term="    --version", meaning="the version"))
    yield from (*wrapped(summary, width), "", "Usage:", f"  {program} COMMAND [NAME]... [flags]")
    yield from ("", "Available Commands:", *row_lines(commands, width), "", "Flags:", *row_lines(flags, width), "")
    yield from wrapped(f'Use "{program} COMMAND --help" for more information about a given command.', width)
    yield from _footer(program, width)


def _footer(program: str, width: int) -> list[str]:
    text = f'Use "{program} options" for a list of global command-line options (applies to all commands).'
    return wrapped(text, width)


def flag_lines(command: TyperCommand, heading: str, width: int) -> list[str]:
    """The lines of the flags under a heading."""
    return list(row_lines(flag_rows(command, heading), width))


def row_lines(rows: Iterable[Row], width: int) -> Iterator[str]:
    """Rows in two columns; a term that is too long for the first has a line of its own."""
    rows = tuple(rows)
    limit = width * 2 // 5
    column = max((len(row.term) for row in rows if len(row.term) <= limit), default=0)
    for row in rows:
        first, *rest = wrapped(row.meaning, width - column - 5)
        if len(row.term) > column:
            yield f"  {row.term}"
            first, rest = "", [first, *rest]
        else:
            yield f"  {row.term:<{column}}   {first}"
        yield from (f"  {'':<{column}}   {line}" for line in rest)


def wrapped(text: str, width: int) -> list[str]:
    """A paragraph in lines of this width; names such as all-icr-io stay in one piece."""
    import textwrap

    return textwrap.wrap(text, width, break_on_hyphens=False, break_long_words=False)


def terminal_width() -> int:
    """The columns of the terminal, within limits; 80 without a terminal."""
    import shutil

    return min(max(shutil.get_terminal_size().columns, NARROWEST), WIDEST)
