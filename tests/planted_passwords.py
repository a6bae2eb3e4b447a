"""A credential planted for a test, and the search for it in everything that a run leaves."""

from __future__ import annotations

import base64
import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from objects import made_up_password

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from program import Result

PIECE = 20
"""So many characters of a credential in one place are a leak, too."""


@dataclass(frozen=True, kw_only=True)
class Planted:
    """A password in all its forms: plain, as JSON, in base64 alone, with the username, and as the whole file."""

    username: str = "puller"
    server: str = "reg.example"
    password: str = field(default_factory=lambda: f'"<{made_up_password()}>&:{made_up_password()}')

    @property
    def config(self) -> str:
        """The whole .dockerconfigjson, as kubectl writes it."""
        auth = encoded(f"{self.username}:{self.password}")
        entry = {"username": self.username, "password": self.password, "auth": auth}
        text = json.dumps({"auths": {self.server: entry}}, separators=(",", ":"))
        return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")

    @property
    def data(self) -> str:
        """What a manifest for `kubectl apply` must contain."""
        return encoded(self.config)

    def forms(self) -> Iterator[tuple[str, str]]:
        """Each form with its name."""
        yield "in clear", self.password
        yield "in JSON", json.dumps(self.password)[1:-1]
        yield "in base64", encoded(self.password)
        yield "as auth", encoded(f"{self.username}:{self.password}")
        yield "as data", self.data

    def assert_absent(self, text: str, where: str) -> None:
        """No form is in a text, nor a long piece of one."""
        for name, form in self.forms():
            pieces = [form[at : at + PIECE] for at in range(0, max(len(form) - PIECE, 0) + 1, 5)]
            found = [piece for piece in pieces if piece in text]
            assert not found, f"the password {name} is in {where}: {text[:2000]}"

    def assert_not_printed(self, result: Result, *, but_data: bool = False) -> None:
        """Neither it nor a traceback is in the output of a run; with `but_data` stdout is a manifest, which has it."""
        self.assert_absent(result.stdout.replace(self.data, "", 1) if but_data else result.stdout, "stdout")
        self.assert_absent(result.stderr, "stderr")
        assert "Traceback" not in result.stderr

    def assert_not_left_in(self, *directories: Path) -> None:
        """Nothing of it is in any file."""
        for directory in directories:
            for path in directory.rglob("*"):
                self.assert_absent(str(path), "a file's name")
                if path.is_file():
                    self.assert_absent(path.read_text(errors="replace"), str(path))


def encoded(text: str) -> str:
    """Text in base64."""
    return base64.b64encode(text.encode()).decode()


RECORDER = """#!/bin/sh
{ printf '%s\\n' "$0" "$@"; env; tr '\\0' '\\n' < /proc/$PPID/cmdline; } >> "$(dirname "$0")/seen"
"""
"""The beginning of a program that writes down its arguments, its environment, and its parent's arguments."""


def write_program(path: Path, body: str) -> Path:
    """A shell script that records how it is run, and then does its work."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(RECORDER + body)
    path.chmod(0o755)
    return path


def write_exec_kubeconfig(directory: Path, kubeconfig: Path) -> Path:
    """The same user, whose token now comes from a credential plugin that records how it is run."""
    config = json.loads(kubeconfig.read_text())
    user = config["users"][0]["user"]
    token = directory / "token"
    token.write_text(user.pop("token"))
    answer = '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"%s"}}'
    plugin = write_program(directory / "plugin" / "credential-plugin", f"printf '{answer}' \"$(cat {token})\"\n")
    version = "client.authentication.k8s.io/v1"
    user["exec"] = {"apiVersion": version, "command": str(plugin), "interactiveMode": "IfAvailable"}
    path = directory / "exec-kubeconfig"
    path.write_text(json.dumps(config))
    return path


def path_with(directory: Path) -> str:
    """PATH with a directory first."""
    return f"{directory}{os.pathsep}{os.environ['PATH']}"
