"""Where something is in a file."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class FileLine:
    """A line of a file; the first line is 1, and the file is named as the user named it, "" for standard input."""

    file: str
    line: int
