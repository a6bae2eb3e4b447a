"""The manual pages, from the same help as the pages in docs/reference: one for each command, and one for each program.

Their language is roff with the macros of man(7), as groff and mandoc know them.
"""

from __future__ import annotations

import re
import textwrap
from typing import TYPE_CHECKING, NamedTuple

from generators.command_help import documented_help, first_sentence
from generators.shown_commands import PROGRAM
from pullsecret.commands.app import COMMAND_FUNCTIONS, function_of
from pullsecret.commands.show_help import LOOKING_COMMANDS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from pullsecret.commands.help_text import Help

MAIN, COMPLETION = "kubectl-pullsecret", "kubectl_complete-pullsecret"
ESCAPED = str.maketrans({"\\": r"\e", "-": r"\-", "'": r"\(aq", "`": r"\(ga", "^": r"\(ha", "~": r"\(ti"})
"""What roff would print as a typographic character, or take for its own."""
WIDTH = 78
INTERRUPTED = "130"

COMPLETION_TEXT = """\
When TAB is pressed after `kubectl pullsecret`, kubectl runs `kubectl_complete-pullsecret` with the words on the line,
and offers the lines that it prints. It starts `kubectl-pullsecret` of its own directory, and is not run by hand.
"""


class Edition(NamedTuple):
    """What the margins of the pages show, and what the program is for."""

    version: str
    date: str
    summary: str
    description: str


def pages(edition: Edition, statuses: Path) -> dict[str, str]:
    """Return the text of each page by its file name; `statuses` is the document of the exit status."""
    status = ExitStatus(statuses.read_text(encoding="utf-8"))
    made = {MAIN: overview(edition, status), COMPLETION: completion(edition)}
    made |= {f"{MAIN}-{name}": command_page(name, edition, status) for name in COMMAND_FUNCTIONS}
    return {f"{name}.1": "\n".join(lines) + "\n" for name, lines in made.items()}


class ExitStatus:
    """The exit status of each command, from the tables under `## Exit status` of a document."""

    def __init__(self, document: str) -> None:
        section = document.partition("\n## Exit status\n")[2].partition("\n## ")[0]
        self.tables = [rows_of(table) for table in re.findall(r"(?:^\|.*\n)+", section, re.MULTILINE)]
        self.with_diff = next(line for line in section.splitlines() if line.startswith("With `--diff`"))

    def lines(self, command: str, *, has_diff: bool) -> Iterator[str]:
        """Return the section of a page; the command is empty for the program's own."""
        (_, *common), (head, *looking) = self.tables
        yield ".SH EXIT STATUS"
        if command in LOOKING_COMMANDS:
            column = head.index(f"`{command}`")
            common = [*([row[0], row[column]] for row in looking), *(row for row in common if row[0] == INTERRUPTED)]
        for status, meaning in common:
            yield from tagged(bold(escaped(status)), meaning)
        if has_diff:
            yield from (".PP", *filled(prose(self.with_diff)))


def rows_of(table: str) -> list[list[str]]:
    """Return the cells of a table in Markdown, without the line below the heading."""
    rows = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in table.splitlines()]
    return [row for row in rows if not row[0].startswith("---")]


def command_page(command: str, edition: Edition, status: ExitStatus) -> Iterator[str]:
    """Return the lines of a command's page."""
    parts = documented_help(command, PROGRAM)
    yield from head(f"{MAIN}-{command}", first_sentence(function_of(command)), edition)
    yield from (".SH SYNOPSIS", bold(escaped(f"{PROGRAM} {command}")) + escaped(parts.usage.partition(command)[2]))
    yield from (".SH DESCRIPTION", *paragraphs(parts.paragraphs), *flags(parts))
    if command != "options":
        yield from (".PP", *filled(prose(f"Global flags, which any command takes, are in `{MAIN}-options`(1).")))
    yield from status.lines(command, has_diff="--diff" in str(parts.sections))
    yield from examples(parts.examples)
    yield from see_also((MAIN, *(f"{MAIN}-{name}" for name in COMMAND_FUNCTIONS if name != command)))


def overview(edition: Edition, status: ExitStatus) -> Iterator[str]:
    """Return the lines of the program's page, which lists the commands."""
    yield from head(MAIN, edition.summary, edition)
    yield from (".SH SYNOPSIS", bold(escaped(PROGRAM)) + escaped(" COMMAND [NAME]... [flags]"))
    yield from (".SH DESCRIPTION", *filled(prose(edition.description)), ".SH COMMANDS")
    for name in COMMAND_FUNCTIONS:
        yield from tagged(f"{bold(escaped(f'{MAIN}-{name}'))}(1)", f"{first_sentence(function_of(name))}.")
    yield from status.lines("", has_diff=True)
    yield from see_also([f"{MAIN}-{name}" for name in COMMAND_FUNCTIONS])


def completion(edition: Edition) -> Iterator[str]:
    """Return the lines of the page of the program that completes."""
    yield from head(COMPLETION, "complete command lines of kubectl pullsecret for kubectl", edition)
    yield from (".SH SYNOPSIS", bold(escaped(COMPLETION)) + escaped(" [WORD]..."))
    yield from (".SH DESCRIPTION", *filled(prose(COMPLETION_TEXT)), *see_also((MAIN, f"{MAIN}-completion")))


def head(name: str, summary: str, edition: Edition) -> Iterator[str]:
    """Return the first lines of a page: what its margins show, and the line that whatis(1) finds."""
    yield r".\" Generated by build/generators/man_pages.py."
    yield f'.TH "{escaped(name.upper())}" 1 {edition.date} "{escaped(f"{MAIN} {edition.version}")}" Kubernetes'
    yield from (".SH NAME", *filled(rf"{escaped(name)} \- {escaped(summary[0].lower() + summary[1:])}"))


def flags(parts: Help) -> Iterator[str]:
    """Return the sections of arguments and flags."""
    for heading, _ in parts.sections:
        if rows := parts.rows(heading):
            yield f".SH {heading.upper()}"
        for row in rows:
            term = re.sub(r"\\-(?:\\-)?\w[\w\\-]*", lambda flag: bold(flag[0]), escaped(row.term.strip()))
            yield from tagged(term, row.meaning)


def examples(text: str) -> Iterator[str]:
    """Return the section of examples: comments as text, commands as they are typed."""
    for number, line in enumerate(textwrap.dedent(text).splitlines()):
        yield ".PP" if number else ".SH EXAMPLES"
        if line.startswith("# "):
            yield from filled(prose(f"{line.removeprefix('# ')}:"))
        else:
            yield from (".RS 4", ".EX", shielded(escaped(line)), ".EE", ".RE")


def see_also(names: Iterable[str]) -> Iterator[str]:
    """Return the section of references to other pages."""
    yield ".SH SEE ALSO"
    yield from filled(", ".join(f"{bold(escaped(name))}(1)" for name in ("kubectl", *names)))


def tagged(term: str, text: str) -> Iterator[str]:
    """Return a term in roff, with what it means below it."""
    yield from (".TP", shielded(term), *filled(prose(text)))


def paragraphs(texts: Iterable[str]) -> Iterator[str]:
    """Return paragraphs, the first of which follows a heading."""
    for number, text in enumerate(texts):
        yield from (*([".PP"] if number else ()), *filled(prose(text)))


def filled(text: str) -> Iterator[str]:
    """Return text in roff as lines; the reader's width is roff's business."""
    for line in textwrap.wrap(text, WIDTH, break_on_hyphens=False, break_long_words=False):
        yield shielded(line)


def prose(text: str) -> str:
    """Return text in roff, with what is between backticks in bold."""
    return "".join(bold(escaped(part)) if code else escaped(part) for code, part in split_code(text))


def split_code(text: str) -> Iterator[tuple[bool, str]]:
    """Return the parts of a text, and whether each is between backticks."""
    for number, part in enumerate(text.split("`")):
        yield number % 2 == 1, part


def bold(text: str) -> str:
    """Return text of roff in bold."""
    return rf"\fB{text}\fR"


def escaped(text: str) -> str:
    """Return text in roff, which prints exactly these characters."""
    return "".join(char if char.isascii() else rf"\[u{ord(char):04X}]" for char in text.translate(ESCAPED))


def shielded(line: str) -> str:
    """Return a line that roff does not take for a request: its first character is not a dot."""
    return rf"\&{line}" if line.startswith(".") else line
