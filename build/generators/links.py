"""The relative links of the documents: each leads to a file of the checkout and, with an anchor, to a heading there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

BLOCK = re.compile(r"^```.*?^```", re.DOTALL | re.MULTILINE)
SPAN = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\]\((?!\w+:)([^()\s]*)\)")
HEADING = re.compile(r"^#+ +(.*)$", re.MULTILINE)


def problems(document: Path) -> list[str]:
    """Return a line for each relative link of a document that leads nowhere."""
    found = targets(document.read_text())
    return [f"broken link: {target}" for target in found if not leads_somewhere(document, target)]


def targets(text: str) -> list[str]:
    """The relative links of a text; code is ignored, unless it is the text of a link."""
    return LINK.findall(SPAN.sub("", BLOCK.sub("", text)))


def leads_somewhere(document: Path, target: str) -> bool:
    """Whether a link's file exists and has the heading of the link's anchor."""
    path, _, anchor = target.partition("#")
    file = document.parent / path if path else document
    return file.exists() and (not anchor or anchor in anchors(file.read_text()))


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to the headings of a text."""
    return {_anchor(heading) for heading in HEADING.findall(BLOCK.sub("", text))}


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
