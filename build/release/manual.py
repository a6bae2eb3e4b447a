"""The manual pages in the directory of the programs, made from the help of their commands."""

from __future__ import annotations

from typing import TYPE_CHECKING

from generators.man_pages import Edition, pages
from release import DESCRIPTION, SUMMARY
from release.checkout import CHECKOUT, now, version

if TYPE_CHECKING:
    from pathlib import Path

STATUSES = CHECKOUT / "docs" / "reference" / "output-and-exit-status.md"


def directory(folder: Path) -> Path:
    """Return the directory of the pages, as man(1) finds it below share/."""
    return folder / "man" / "man1"


def write(folder: Path) -> None:
    """Write the page of each command and program."""
    edition = Edition(version=version(), date=f"{now():%Y-%m-%d}", summary=SUMMARY, description=DESCRIPTION)
    directory(folder).mkdir(parents=True)
    for name, text in pages(edition, STATUSES).items():
        (directory(folder) / name).write_text(text, encoding="ascii")
