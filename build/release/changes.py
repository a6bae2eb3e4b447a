"""CHANGELOG.md, in the forms of Debian's and Red Hat's packages."""

from __future__ import annotations

import json
import re
import textwrap
from typing import NamedTuple

from release import MAINTAINER
from release.checkout import CHECKOUT, now

WIDTH = 78
REVISION = "1"
"""What follows the version in the names of packages: how often this version was packaged."""


class Version(NamedTuple):
    """A version, and what changed in it."""

    number: str
    changes: tuple[str, ...]


def versions() -> list[Version]:
    """Return the versions of CHANGELOG.md, the newest first; each change is one line."""
    _, *sections = re.split(r"^## ", CHECKOUT.joinpath("CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    return [version(section) for section in sections]


def version(section: str) -> Version:
    """Return the version that a section begins with, and its list."""
    heading, _, text = section.partition("\n")
    _, *changes = re.split(r"^- ", text, flags=re.MULTILINE)
    return Version(heading.split()[0], tuple(" ".join(change.split()) for change in changes))


def for_debian(name: str) -> str:
    """Return Debian's changelog (deb-changelog(5)); every version has the time of the files."""
    signed = f" -- {MAINTAINER}  {now():%a, %d %b %Y %H:%M:%S} +0000\n"
    return "\n".join(
        f"{name} ({number}-{REVISION}) stable; urgency=medium\n\n{items(changes, '  * ')}\n\n{signed}"
        for number, changes in versions()
    )


def for_red_hat() -> str:
    """Return the changelog that nfpm writes into an .rpm, as JSON, which is YAML."""
    entries = [
        {
            "semver": f"{number}-{REVISION}",
            "date": now().isoformat(),
            "packager": MAINTAINER,
            "changes": [{"note": items([change], "  ").strip()} for change in changes],
        }
        for number, changes in versions()
    ]
    return json.dumps(entries)


def items(changes: tuple[str, ...] | list[str], mark: str) -> str:
    """Return changes as a list with these marks."""
    return "\n".join(
        textwrap.fill(
            change,
            WIDTH,
            initial_indent=mark,
            subsequent_indent=" " * len(mark),
            break_on_hyphens=False,
            break_long_words=False,
        )
        for change in changes
    )
