"""Finds the template of a Helm chart that a manifest was rendered from, and the lines of both that are alike.

`helm template` writes `# Source: CHART/templates/FILE` before each document. It names the chart, and not its folder, so
that the template is looked for below the working directory; it is taken only if there is one.
"""

from __future__ import annotations

import glob
import re
from functools import cache
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Final

from pullsecret.credentials.bounded_read import read_bounded
from pullsecret.errors import CredentialError
from pullsecret.model.declared.file_line import ChartTemplate

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SOURCE = re.compile(r"\A(?:\s*\n)*# Source: (\S+)\n")

_DEEPEST: Final = 2
"""Folders that a chart may be in: `deploy/charts/shop`."""

_MOST_LINES: Final = 1000
"""Lines of a document and of a template that are compared; the time grows with their product."""

_LARGEST: Final = 1024 * 1024
"""Bytes of a template; Helm refuses larger files."""

_KEY = re.compile(r"[\w./-]+:")


def template_of(document: str, first_line: int) -> ChartTemplate | None:
    """The template of a rendered document, whose first line is this one of its file; None if it is not found."""
    source = _SOURCE.match(document)
    file = _file_of(source[1]) if source else ""
    if not file:
        return None
    rendered, template = document.split("\n"), _lines_of(file)
    return ChartTemplate(file=file, pairs=tuple(_pairs(rendered, template, first_line)))


@cache
def _file_of(source: str) -> str:
    """The template's path from the working directory; "" if there is none, or more than one in equal places."""
    parts = PurePosixPath(source).parts
    if ".." in parts or "templates" not in parts or source.startswith(("/", "~")):
        return ""
    if Path("Chart.yaml").is_file() and Path(*parts[1:]).is_file():
        return PurePosixPath(*parts[1:]).as_posix()
    for depth in range(_DEEPEST + 1):
        found = [path for path in Path().glob("*/" * depth + glob.escape(source)) if path.is_file()]
        if found:
            return found[0].as_posix() if len(found) == 1 else ""
    return ""


@cache
def _lines_of(file: str) -> Sequence[str]:
    """The lines of a template; none if it cannot be read."""
    try:
        return read_bounded(file, largest=_LARGEST).decode("utf-8", "replace").split("\n")
    except CredentialError:
        return ()


def _pairs(rendered: Sequence[str], template: Sequence[str], first_line: int) -> Iterator[tuple[int, int]]:
    """The lines with the same key, in the same order."""
    if max(len(rendered), len(template)) > _MOST_LINES:
        return
    from difflib import SequenceMatcher  # noqa: PLC0415  only for charts

    ours, theirs = list(map(_key, rendered)), list(map(_key, template))
    for block in SequenceMatcher(None, ours, theirs, autojunk=False).get_matching_blocks():
        for offset in range(block.size):
            if ours[block.a + offset]:
                yield first_line + block.a + offset, block.b + offset + 1


def _key(line: str) -> str:
    """What a line has before its value, which a template often computes: `image:`, with its place in a list."""
    text = line.strip()
    dash, text = ("- ", text[2:].lstrip()) if text.startswith("- ") else ("", text)
    found = _KEY.match(text)
    return f"{dash}{found[0]}" if found else ""
