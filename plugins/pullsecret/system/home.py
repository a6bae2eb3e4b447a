"""The user's home directory, which kubectl, docker and the IBM Cloud CLI each find in their own way on Windows."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


def kubectl_home(environ: Mapping[str, str], system: str = sys.platform) -> str:
    r"""The directory that has kubectl's `.kube`; empty if unknown (client-go: util/homedir/homedir.go).

    On Windows: the first of %HOME%, %HOMEDRIVE%%HOMEPATH%, %USERPROFILE% with a `.kube\config`; without one, the first
    of %HOME%, %USERPROFILE%, %HOMEDRIVE%%HOMEPATH% that is a directory and writable, or else exists, or else is set.
    """
    home = environ.get("HOME", "")
    if system != "win32":
        return home
    profile, drive_path = environ.get("USERPROFILE", ""), _drive_path(environ)
    for place in filter(None, (home, drive_path, profile)):
        if os.path.exists(os.path.join(place, ".kube", "config")):  # noqa: PTH110, PTH118  completion loads no pathlib
            return place
    places = tuple(filter(None, (home, profile, drive_path)))
    for is_suitable in (_is_writable, os.path.exists, bool):
        for place in filter(is_suitable, places):
            return place
    return ""


def user_home(environ: Mapping[str, str], system: str = sys.platform) -> str:
    """The home directory of docker and podman: $HOME, on Windows %USERPROFILE% (Go: os/file.go, UserHomeDir)."""
    name = "USERPROFILE" if system == "win32" else "HOME"
    return environ.get(name) or os.path.expanduser("~")  # noqa: PTH111  as above


def ibmcloud_home(environ: Mapping[str, str], system: str = sys.platform) -> str:
    """The home directory of the IBM Cloud CLI (its SDK: bluemix/configuration/config_helpers/helpers.go)."""
    if system == "win32":
        return environ.get("HOMEDRIVE", "") + environ.get("HOMEPATH", "") or environ.get("USERPROFILE", "")
    return environ.get("HOME") or os.path.expanduser("~")  # noqa: PTH111  as above


def _drive_path(environ: Mapping[str, str]) -> str:
    drive, path = environ.get("HOMEDRIVE", ""), environ.get("HOMEPATH", "")
    return drive + path if drive and path else ""


def _is_writable(place: str) -> bool:
    """Whether it is a directory without the attribute that forbids writing; Go reads no more of the permissions."""
    try:
        mode = os.stat(place).st_mode  # noqa: PTH116  as above
    except OSError:
        return False
    return os.path.isdir(place) and bool(mode & 0o200)  # noqa: PTH112  as above
