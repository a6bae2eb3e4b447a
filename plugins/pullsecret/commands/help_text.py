"""The help of a command, in cobra's words: its parts as plain data, and the text of a given width.

The parts are generated from the commands, because a start that shows them must not wait for Typer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, NamedTuple

from pullsecret.commands.generated_help import HEADINGS, HELP

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

COMMAND_FLAGS: Final = "Flags"
"""The heading of a command's own flags."""

TARGET_FLAGS: Final = "Target flags"
"""The heading of the flags that select namespaces."""

IBM_CLOUD_FLAGS: Final = "IBM Cloud flags"
"""The heading of the flags about service IDs, API keys and signing in."""

OPENSHIFT_FLAGS: Final = "OpenShift flags"
"""The heading of the flags about what only OpenShift has."""

GLOBAL_FLAGS: Final = "Global flags"
"""The heading of the flags that all commands have; only `options` shows them."""


def kind_flags(kind: str) -> str:
    """The heading of the flags that only one kind of manifest has, for `generate`."""
    return f"Flags of {kind}"


NARROWEST, WIDEST = 40, 120
"""Columns: narrower terminals wrap lines themselves, wider lines are hard to read."""


class Row(NamedTuple):
    """A flag or an argument: how it is written, and what it means."""

    term: str
    meaning: str


class Help(NamedTuple):
    """The parts of a command's help; `sections` are headings with their rows, of a term and its meaning each."""

    summary: str
    usage: str
    paragraphs: tuple[str, ...]
    examples: str
    sections: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]

    def rows(self, heading: str) -> tuple[Row, ...]:
        """The rows below a heading."""
        return tuple(Row(*row) for name, rows in self.sections if name == heading for row in rows)

    def for_program(self, program: str) -> Help:
        """The same with what the user typed to start the program for each `{prog}`."""
        return self._replace(
            usage=self.usage.replace("{prog}", program),
            paragraphs=tuple(text.replace("{prog}", program) for text in self.paragraphs),
            examples=self.examples.replace("{prog}", program),
        )


def help_of(command: str, program: str) -> Help:
    """The help of a command, for a program that the user started so."""
    return Help(*HELP[command]).for_program(program)


def summaries() -> dict[str, list[Row]]:
    """Every command with its summary, below the headings of the help."""
    return {heading: [Row(name, Help(*HELP[name]).summary) for name in names] for heading, names in HEADINGS.items()}


def help_lines(parts: Help, program: str, width: int) -> Iterator[str]:
    """The lines of a command's help."""
    for paragraph in parts.paragraphs:
        yield from (*wrapped(paragraph, width), "")
    yield from ("Usage:", f"  {parts.usage}")
    if parts.examples:
        yield from ("", "Examples:", parts.examples)
    for heading, _ in parts.sections:
        if heading != GLOBAL_FLAGS and (rows := parts.rows(heading)):
            yield from ("", f"{heading}:", *row_lines(rows, width))
    yield from ("", *_footer(program, width))


def overview_lines(groups: Mapping[str, Sequence[Row]], program: str, width: int) -> Iterator[str]:
    """The lines of the program's own help."""
    summary = "Manage image pull secrets across namespaces: copy, create, attach, check and troubleshoot them."
    flags = (Row("-h, --help", "help for the program"), Row("    --version", "the version"))
    yield from (*wrapped(summary, width), "", "Usage:", f"  {program} COMMAND [NAME]... [flags]")
    column = max(len(row.term) for rows in groups.values() for row in rows)
    for heading, rows in groups.items():
        yield from ("", f"{heading}:", *row_lines(rows, width, column))
    yield from ("", "Flags:", *row_lines(flags, width), "")
    yield from wrapped(f'Use "{program} COMMAND --help" for more information about a given command.', width)
    yield from _footer(program, width)


def _footer(program: str, width: int) -> list[str]:
    text = f'Use "{program} options" for a list of global command-line options (applies to all commands).'
    return wrapped(text, width)


def row_lines(rows: Iterable[Row], width: int, column: int = 0) -> Iterator[str]:
    """Rows in two columns, the first at least as wide as `column`; a term too long for it has a line of its own."""
    rows = tuple(rows)
    limit = width * 2 // 5
    column = max((column, *(len(row.term) for row in rows if len(row.term) <= limit)))
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
