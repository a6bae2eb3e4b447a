"""Where docker and podman keep their logins on this machine, in the order in which they are asked.

Source: github.com/docker/cli cli/config/config.go; github.com/containers/image pkg/docker/config/config.go.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pullsecret.credentials.bounded_read import read_bounded
from pullsecret.errors import CredentialError
from pullsecret.model.go.printable import printable
from pullsecret.model.images.login_file import ConfigFile, UnusableFileError, config_file

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, kw_only=True)
class LocalFile:
    """A login file that is there: its path as text, and its content."""

    path: str
    content: ConfigFile


def read_login_files(file: str, environ: Mapping[str, str]) -> tuple[LocalFile, ...]:
    """The login files to ask, first to last; a file named by the user, or by $REGISTRY_AUTH_FILE, is the only one.

    Raises CredentialError when that one cannot be read, when any is no login file, or when there is none at all.
    """
    named = file or environ.get("REGISTRY_AUTH_FILE", "")
    if named:
        return (_read(named),)
    places = [str(place) for place in _places(environ)]
    found = tuple(_read(place) for place in places if Path(place).is_file())
    if not found:
        raise CredentialError(
            "neither docker nor podman has a login file here", hint=f"looked for {', '.join(places)}; or name the file"
        )
    return found


def _places(environ: Mapping[str, str]) -> tuple[Path, ...]:
    """Docker's file, then podman's: this session's, the user's own, and the oldest form."""
    home = Path(environ.get("HOME") or Path.home())
    config = Path(environ.get("XDG_CONFIG_HOME") or home / ".config")
    docker = Path(environ.get("DOCKER_CONFIG") or home / ".docker") / "config.json"
    return (docker, *_session_places(environ), config / "containers" / "auth.json", home / ".dockercfg")


def _session_places(environ: Mapping[str, str]) -> tuple[Path, ...]:
    if sys.platform != "linux":
        return ()
    runtime = Path(environ.get("XDG_RUNTIME_DIR") or f"/run/containers/{os.getuid()}")
    return (runtime / "containers" / "auth.json",)


def _read(path: str) -> LocalFile:
    try:
        return LocalFile(path=path, content=config_file(read_bounded(path)))
    except UnusableFileError as error:
        raise CredentialError(f"{printable(path)}: {error}") from None
