"""The relative links of the documents: each leads to a file of the checkout and, with an anchor, to a heading there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

CODE = re.compile(r"^```.*?^```|`[^`\n]*`", re.DOTALL | re.MULTILINE)
LINK = re.compile(r"\]\((?!\w+:)([^()\s]*)\)")
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)


def problems(document: Path) -> list[str]:
    """A line for each relative link of a document that leads nowhere."""
    targets = LINK.findall(CODE.sub(_blanked, document.read_text()))
    return [f"broken link: {target}" for target in targets if not leads_somewhere(document, target)]


def leads_somewhere(document: Path, target: str) -> bool:
    """Whether a link's file exists and has the heading of the link's anchor."""
    path, _, anchor = target.partition("#")
    file = document.parent / path if path else document
    return file.exists() and (not anchor or anchor in anchors(file.read_text()))


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a text."""
    return {
        _anchor(heading)
        for heading in HEADING.findall(re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))
    }


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")


def _blanked(code: re.Match[str]) -> str:
    """A code span may be the text of a link; only its characters are of no interest."""
    return "\n" * code[0].count("\n") if code[0].startswith("```") else "code"
