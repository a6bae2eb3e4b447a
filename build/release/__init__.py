"""The ways in which the program reaches a machine: a module each."""

from __future__ import annotations

import os
from datetime import UTC, datetime

from release.programs import EPOCH

SUMMARY = "Copy, create and attach image pull secrets, safely, in one command"
DESCRIPTION = """\
It brings pull secrets into the namespaces that need them, builds them from registry credentials, adds them to service
accounts without losing an entry, and tells which waiting pods this helps. One command acts on one namespace or on a
thousand, can be run again at any time, and changes only what differs.
"""
LICENSE = "Apache-2.0"
PROJECT_URL = os.environ.get("PROJECT_URL", "https://kubectl-pullsecret.invalid").rstrip("/")
"""Where the releases are; unless it is told, a name that leads nowhere and never will (RFC 2606)."""


def now() -> datetime:
    """What files that hold a time say: $SOURCE_DATE_EPOCH, so that the same input gives the same bytes."""
    return datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH") or EPOCH), UTC)
