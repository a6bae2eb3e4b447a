"""The places where docker and podman keep their login files on this machine, in the order in which they are read.

Source: github.com/docker/cli cli/config/config.go; github.com/containers/image pkg/docker/config/config.go.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pullsecret.credentials.bounded_read import source_name
from pullsecret.credentials.dockerconfig_file import read_login_file
from pullsecret.errors import CredentialError
from pullsecret.system.home import user_home

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.images.login_file import ConfigFile


@dataclass(frozen=True, kw_only=True)
class LocalFile:
    """A login file that exists: what messages call it, and its content."""

    name: str
    content: ConfigFile


def read_login_files(file: str, environ: Mapping[str, str]) -> tuple[LocalFile, ...]:
    """Read the login files, first to last; a file that the user names, or $REGISTRY_AUTH_FILE, is the only one.

    Raises CredentialError if that one cannot be read, if any is not a login file, or if there is none at all.
    """
    named = file or environ.get("REGISTRY_AUTH_FILE", "")
    if named:
        return (_read(named),)
    paths = [str(path) for path in login_file_paths(environ)]
    found = tuple(_read(path) for path in paths if Path(path).is_file())
    if not found:
        raise CredentialError(
            "no docker or podman credentials found", hint=f"looked for {', '.join(paths)}; or specify the file"
        )
    return found


def login_file_paths(environ: Mapping[str, str], system: str = sys.platform) -> tuple[Path, ...]:
    """Docker's file, then podman's: of this session, of the user, and docker's legacy file."""
    home = Path(user_home(environ, system))
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    docker = Path(environ.get("DOCKER_CONFIG") or home / ".docker") / "config.json"
    podman = (_first_of_podman(environ, home, system), config / "containers" / "auth.json")
    return (docker, *dict.fromkeys(podman), home / ".dockercfg")


def _first_of_podman(environ: Mapping[str, str], home: Path, system: str) -> Path:
    """The file that `podman login` writes: on Linux it ends with the session."""
    if sys.platform == "win32" or system != "linux":
        return home / ".config" / "containers" / "auth.json"
    return Path(environ.get("XDG_RUNTIME_DIR") or f"/run/containers/{os.getuid()}") / "containers" / "auth.json"


def _read(path: str) -> LocalFile:
    return LocalFile(name=source_name(path), content=read_login_file(path))
