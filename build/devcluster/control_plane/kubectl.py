"""Finds kubectl for the tests: the one built with the cluster, whose version is the same on every machine."""

from __future__ import annotations

import os
from pathlib import Path

from control_plane.build import binary

GIVEN = "KUBECTL_PULLSECRET_TEST_KUBECTL"
"""The environment variable that names another kubectl to test with."""


def find_kubectl() -> Path:
    """Return the path of kubectl; its directory may be put first in PATH."""
    given = os.environ.get(GIVEN)
    return Path(given) if given else binary().with_name("kubectl")
