"""The User-Agent header."""

from __future__ import annotations

import platform
import sys
from typing import Final

from pullsecret import __version__

_SYSTEMS = {"win32": "windows", "cygwin": "windows"}
_MACHINES = {"x86_64": "amd64", "amd64": "amd64", "aarch64": "arm64", "arm64": "arm64", "i686": "386"}


def _user_agent() -> str:
    """Program, version and system in Go's words (client-go: rest/config.go, DefaultKubernetesUserAgent)."""
    system, machine = sys.platform, platform.machine().lower()
    return f"kubectl-pullsecret/{__version__} ({_SYSTEMS.get(system, system)}/{_MACHINES.get(machine, machine)})"


USER_AGENT: Final = _user_agent()
