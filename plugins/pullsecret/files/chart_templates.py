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

_MOST_COMPARED: Final = 400_000
"""Lines of a document times those of its template, up to which they are compared; it takes a tenth of a second."""

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
    try:
        if Path("Chart.yaml").is_file() and Path(*parts[1:]).is_file():
            return PurePosixPath(*parts[1:]).as_posix()
        for depth in range(_DEEPEST + 1):
            found = [path for path in Path().glob("*/" * depth + glob.escape(source)) if path.is_file()]
            if found:
                return found[0].as_posix() if len(found) == 1 else ""
    except (OSError, ValueError, NotImplementedError):  # no file can be called so: it is too long, or has a drive
        pass
    return ""


@cache
def _lines_of(file: str) -> Sequence[str]:
    """The lines of a template; none if it cannot be read."""
    try:
        return read_bounded(file, largest=_LARGEST).decode("utf-8", "replace").split("\n")
    except CredentialError:
        return ()


def _pairs(rendered: Sequence[str], template: Sequence[str], first_line: int) -> Iterator[tuple[int, int]]:
    """The lines with the same key, in the same order: as many as possible."""
    ours, theirs = list(map(_key, rendered)), list(map(_key, template))
    if len(ours) * len(theirs) > _MOST_COMPARED:
        return
    most = _most_alike(ours, theirs)
    one = other = 0
    while one < len(ours) and other < len(theirs):
        if ours[one] and ours[one] == theirs[other]:
            yield first_line + one, other + 1
            one, other = one + 1, other + 1
        elif most[one + 1][other] >= most[one][other + 1]:
            one += 1
        else:
            other += 1


def _most_alike(ours: Sequence[str], theirs: Sequence[str]) -> Sequence[Sequence[int]]:
    """How many lines are alike from one of ours and one of theirs on: the longest common subsequence."""
    rows = [[0] * (len(theirs) + 1)]
    for key in reversed(ours):
        below, row = rows[-1], [0] * (len(theirs) + 1)
        for other in range(len(theirs) - 1, -1, -1):
            is_alike = key and key == theirs[other]
            row[other] = below[other + 1] + 1 if is_alike else max(below[other], row[other + 1])
        rows.append(row)
    return rows[::-1]


def _key(line: str) -> str:
    """What a line has before its value, which a template often computes: `image:`, with its place in a list."""
    text = line.strip()
    dash, text = ("- ", text[2:].lstrip()) if text.startswith("- ") else ("", text)
    found = _KEY.match(text)
    return f"{dash}{found[0]}" if found else ""
