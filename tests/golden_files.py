"""Golden files: the sentences that tests compare, one file a command, so that a new wording is a review of text.

A file in `tests/golden` has a section for each text: a line `=== name`, then the text. What differs from run to run,
such as a namespace, is a `{placeholder}` there. `KUBECTL_PULLSECRET_UPDATE_GOLDEN=1` with one pytest process writes
what the program prints now; `git diff` then shows what changed.
"""

from __future__ import annotations

import os
from pathlib import Path

FOLDER = Path(__file__).parent / "golden"
UPDATE = "KUBECTL_PULLSECRET_UPDATE_GOLDEN"
_MARK = "=== "


def assert_golden(name: str, text: str, **values: str) -> None:
    """Compare a text with its golden one: `doctor/stale-copy` is the section `stale-copy` of `golden/doctor.txt`.

    Args:
        name: the file, without its ending, and the section.
        text: what the program printed. Whitespace at its end does not count.
        values: what differs from run to run, by the placeholder that stands for it.
    """
    file, _, section = name.partition("/")
    path = FOLDER / f"{file}.txt"
    actual = with_placeholders(text, values).rstrip()
    if os.environ.get(UPDATE):
        write_section(path, section, actual)
    expected = sections_of(path).get(section)
    assert expected is not None, f"no section {section!r} in {path.name}; {UPDATE}=1 adds it"
    assert actual == expected


def with_placeholders(text: str, values: dict[str, str]) -> str:
    """The text with each value as its placeholder; longer values first, so that none is taken for a part of another."""
    for placeholder, value in sorted(values.items(), key=lambda one: len(one[1]), reverse=True):
        text = text.replace(value, f"{{{placeholder}}}")
    return text


def sections_of(path: Path) -> dict[str, str]:
    """The texts of a golden file by their names."""
    found: dict[str, list[str]] = {}
    lines: list[str] = []
    for line in path.read_text().splitlines() if path.exists() else ():
        if line.startswith(_MARK):
            lines = found.setdefault(line.removeprefix(_MARK), [])
        else:
            lines.append(line)
    return {name: "\n".join(text).rstrip() for name, text in found.items()}


def write_section(path: Path, section: str, text: str) -> None:
    """Put a text into its file, whose sections are sorted by name."""
    sections = sections_of(path) | {section: text}
    path.parent.mkdir(exist_ok=True)
    path.write_text("\n".join(f"{_MARK}{name}\n{sections[name]}\n" for name in sorted(sections)))
