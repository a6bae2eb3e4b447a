"""The manual, as mandoc reads it: it is at least as strict as man-db's groff, which lintian runs."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from binary.programs import folder
from generators.man_pages import escaped, filled, prose, shielded
from pullsecret.commands.app import COMMAND_FUNCTIONS

if TYPE_CHECKING:
    from program import Program

HEAD = ".TH X 1 2026-01-01\n.SH NAME\nx \\- y\n.SH TEXT\n.PP\nBefore.\n"
LINES = (
    ".TH at the start",
    "'sp 10",
    r"\fB and \(aq, back\slash",
    "-o json --flag='~/a^b' `c` \"d\"",
    "“Größe” … 名前",
)
"""Text that roff would take for its own, or print as other characters."""


def read(text: str) -> str:
    """What a reader of a page sees, in one line."""
    command = ["mandoc", "-Kutf-8", "-Tutf8"]
    printed = subprocess.run(command, input=text, capture_output=True, text=True, check=True).stdout
    return " ".join(re.sub(".\b", "", printed).split())


def test_pages_are_good_roff() -> None:
    pages = sorted((folder() / "man" / "man1").iterdir())

    said = subprocess.run(["mandoc", "-Tlint", "-Wstyle", *pages], capture_output=True, text=True, check=False)

    assert (said.stdout, said.returncode) == ("", 0)


@pytest.mark.parametrize("command", COMMAND_FUNCTIONS)
def test_page_of_a_command_has_its_help(offline: Program, command: str) -> None:
    page = read((folder() / "man" / "man1" / f"kubectl-pullsecret-{command}.1").read_text())
    helped = offline(command, *([] if command == "options" else ["--help"])).stdout
    shown = [line.strip() for line in helped.splitlines() if line.startswith(("  kubectl ", "  # "))]

    assert {flag for flag in re.findall(r"^ +(?:-\w, )?(--[\w-]+)", helped, re.MULTILINE) if flag not in page} == set()
    assert [line for line in shown if line.removeprefix("# ") not in page] == []
    assert "EXIT STATUS 0 " in page


@pytest.mark.parametrize("line", LINES)
def test_text_is_read_as_it_was_written(line: str) -> None:
    assert f" {line} " in read("\n".join([HEAD, ".EX", shielded(escaped(line)), ".EE"]))
    assert f" {line.replace('`', '')} " in read("\n".join([HEAD, *filled(prose(line))]))
