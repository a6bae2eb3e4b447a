"""The artifacts of a release, a module for each."""

from __future__ import annotations

import os
import tomllib
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[2] / "pyproject.toml"


def homepage() -> str:
    """Return the home page of the project."""
    found: str = tomllib.loads(PROJECT.read_text())["project"]["urls"]["Homepage"]
    return found


SUMMARY = "Copy, create and attach image pull secrets, safely, in one command"
DESCRIPTION = """\
It brings pull secrets into the namespaces that need them, builds them from registry credentials, adds them to service
accounts without losing an entry, and tells which waiting pods this helps. One command acts on one namespace or on a
thousand, can be run again at any time, and changes only what differs.
"""
LICENSE = "Apache-2.0"
PROJECT_URL = (os.environ.get("PROJECT_URL") or homepage()).rstrip("/")
"""The page that has the releases."""
