"""The artifacts of a release, a module for each."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def metadata() -> dict[str, Any]:
    """Return what pyproject.toml says of the project."""
    found: dict[str, Any] = tomllib.loads(PROJECT.read_text())["project"]
    return found


SUMMARY = "Copy, create and attach image pull secrets, safely, in one command"
DESCRIPTION = """\
It brings pull secrets into the namespaces that need them, builds them from
registry credentials, adds them to service accounts without losing an entry,
and tells which waiting pods this helps. One command acts on one namespace or
on a thousand, can be run again at any time, and changes only what differs.
"""
"""In lines as short as Debian's and Red Hat's packages want them."""
LICENSE = "Apache-2.0"
AUTHORS: str = metadata()["authors"][0]["name"]
MAINTAINER = f"{AUTHORS} <{metadata()['authors'][0]['email']}>"
PROJECT_URL = (os.environ.get("PROJECT_URL") or metadata()["urls"]["Homepage"]).rstrip("/")
"""The page that has the releases."""
