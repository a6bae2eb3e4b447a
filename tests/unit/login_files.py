"""A home directory for a test: login files in their places, and real helper programs on PATH."""

from __future__ import annotations

import base64
import json
import os
import secrets
from typing import TYPE_CHECKING

import pytest

from pullsecret.credentials.docker_credentials import read_local_entries
from pullsecret.errors import CredentialError

if TYPE_CHECKING:
    from pathlib import Path

PASSWORD = secrets.token_urlsafe(24)
OTHER = secrets.token_urlsafe(24)
HUB = "https://index.docker.io/v1/"


def entry(password: str = PASSWORD, username: str = "u") -> dict[str, str]:
    return {"auth": base64.b64encode(f"{username}:{password}".encode()).decode()}


class Machine:
    """A home directory with login files, and a PATH with credential helpers."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.environ = {
            "HOME": str(root / "home"),
            "XDG_RUNTIME_DIR": str(root / "run"),
            "PATH": os.pathsep.join((str(root / "bin"), "/usr/bin", "/bin")),
        }

    def write(self, place: str, content: object) -> str:
        path = self.root / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content if isinstance(content, str) else json.dumps(content))
        return str(path)

    def docker(self, content: object) -> str:
        return self.write("home/.docker/config.json", content)

    def helper(self, suffix: str, script: str) -> None:
        """Write a program that records its arguments and its input, and then runs the lines given."""
        log = self.root / "log"
        body = f'#!/bin/sh\nread -r server || :\nprintf "%s|%s\\n" "$*" "$server" >>{log}\n{script}\n'
        os.chmod(self.write(f"bin/docker-credential-{suffix}", body), 0o700)  # noqa: PTH101

    def store(self, suffix: str, entries: dict[str, tuple[str, str]]) -> None:
        """Write a helper that stores credentials by server."""
        cases = "".join(
            f"{server}) echo '{json.dumps({'ServerURL': server, 'Username': pair[0], 'Secret': pair[1]})}' ;;\n"
            for server, pair in entries.items()
        )
        listed = json.dumps({server: pair[0] for server, pair in entries.items()})
        missing = "*) echo 'credentials not found in native keychain'; exit 1 ;;"
        self.helper(suffix, f"[ $1 = list ] && echo '{listed}' && exit\ncase $server in\n{cases}{missing}\nesac")

    @property
    def log(self) -> list[str]:
        return (self.root / "log").read_text().splitlines()

    def entries(self, *servers: str, file: str = "") -> list[tuple[str, str, str]]:
        found = read_local_entries(servers, file=file, environ=self.environ)
        assert PASSWORD not in repr(found)
        return [(entry.server, entry.username, entry.password) for entry in found]

    def failure(self, *servers: str, file: str = "") -> CredentialError:
        with pytest.raises(CredentialError) as caught:
            read_local_entries(servers, file=file, environ=self.environ)
        assert PASSWORD not in f"{caught.value} {caught.value.hint}"
        assert caught.value.__cause__ is None
        return caught.value
