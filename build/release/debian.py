"""What Debian's package says of itself beside its files: the copyright, in the form that machines read (DEP 5)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from release import AUTHORS, LICENSE, MAINTAINER, PROJECT_URL
from release.licenses import names_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HEAD = """\
Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/
Upstream-Name: kubectl-pullsecret
Upstream-Contact: {maintainer}
Source: {url}
Comment: kubectl-pullsecret is linked with the parts below, each with its version.
 kubectl-pullsecret.cdx.json in this directory is the bill of materials.

Files: *
Copyright: {authors}
License: {license}
 {apache}
"""

APACHE = "On Debian systems, the full text is in /usr/share/common-licenses/Apache-2.0."
"""Debian's packages refer to this license, and never have its text (Debian policy, 12.5)."""

HOLDER = re.compile(r"^\W*Copyright\b[:\s]*(?:\(c\)|©)?\s*(\d{4}.*[a-z]{2}.*?)[\s,\\.]*$", re.MULTILINE | re.IGNORECASE)
"""A line that names who holds a copyright, and since when."""


def copyright_text(folder: Path, bill: Path) -> str:
    """Return the copyright of the program and its parts, from their licenses and the bill of materials."""
    head = HEAD.format(maintainer=MAINTAINER, url=PROJECT_URL, authors=AUTHORS, license=LICENSE, apache=APACHE)
    return head + "".join(stanzas((folder / "LICENSES-OF-PARTS").read_text(encoding="utf-8"), names_of(bill)))


def stanzas(texts: str, names: dict[str, str]) -> Iterator[str]:
    """Return a stanza for each part."""
    _, *sections = re.split(r"^=== ", texts, flags=re.MULTILINE)
    for section in sections:
        heading, _, text = section.partition("\n")
        part, number = heading.split()
        short = names[part.lower().replace("_", "-")]
        holders = list(dict.fromkeys(HOLDER.findall(text))) or ["as its license says"]
        body = [APACHE] if "TERMS AND CONDITIONS FOR USE" in text else text.strip().splitlines()
        yield f"\nFiles: {part}-{number}/*\nCopyright: {folded(holders)}\nLicense: {short}\n {folded(body)}\n"


def folded(lines: list[str]) -> str:
    """Return lines of a field of several lines; a blank one is a dot (Debian policy, 5.6.13)."""
    return "\n ".join(line.rstrip() or "." for line in lines)
