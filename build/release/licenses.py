"""The licenses of the program and of the parts in it, by the bill of materials."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from release import LICENSE

if TYPE_CHECKING:
    from pathlib import Path


def names_of(bill: Path) -> dict[str, str]:
    """Return the license of each part, an SPDX expression, by the name of its package in Debian or Python's index."""
    found = {}
    for part in json.loads(bill.read_text())["components"]:
        packaged = re.match(r"pkg:(?:deb/debian|pypi)/([^@]+)@", part.get("purl", ""))
        found[packaged[1] if packaged else part["name"]] = part["licenses"][0]["expression"]
    return found


def expression(bill: Path) -> str:
    """Return the license of the program as it is installed: its own, and those of all its parts."""
    ids = {name for names in names_of(bill).values() for name in names.split(" AND ")}
    return " AND ".join((LICENSE, *sorted(ids - {LICENSE})))
