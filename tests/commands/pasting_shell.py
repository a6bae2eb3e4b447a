"""A shell for commands that were printed: kubectl and this program are on its PATH, and passwords in files.

A command starts in a few milliseconds: the program is forked from one that has been imported (forks.py), and kubectl
hands `kubectl pullsecret` over without looking for the plugin.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Self

from forks import forks
from program import Result

if TYPE_CHECKING:
    from pathlib import Path

    from program import Program

CLIENT = """#!{python} -IS
import json, os, socket, sys
server = socket.socket(socket.AF_UNIX)
server.connect({address!r})
socket.send_fds(server, [b"run"], [0, 1, 2])
server.sendall(json.dumps([sys.argv, dict(os.environ)]).encode() + b"\\n")
sys.exit(int(server.makefile().readline()))
"""
KUBECTL = """#!/bin/sh
[ "$1" = pullsecret ] || exec {kubectl} "$@"
shift
exec kubectl-pullsecret "$@"
"""
TIMEOUT = 60  # seconds


@dataclass(frozen=True, kw_only=True)
class Answers:
    """What a person types: passwords by the kind of registry, and what is meant by words in capitals."""

    api_key: str
    entitlement_key: str
    password: str
    username: str = "puller"
    host: str = "filled-in.example"
    image: str = "public.example/team/app:1"


class PastingShell:
    """Runs printed commands in `directory` while the `with` block lasts."""

    def __init__(self, program: Program, kubectl: Program, directory: Path, answers: Answers) -> None:
        self._program = program
        self._directory = directory
        self.answers = answers
        self._server = socket.socket(socket.AF_UNIX)
        self._programs = directory / "bin"
        self._programs.mkdir()
        self._write("kubectl", KUBECTL.format(kubectl=shlex.join(kubectl.command)))
        for name in ("api_key", "entitlement_key", "password"):
            (directory / name).write_text(getattr(answers, name))

    def __enter__(self) -> Self:
        address = str(self._directory / "server")
        self._server.bind(address)
        self._server.listen(64)
        self._write("kubectl-pullsecret", CLIENT.format(python=sys.executable, address=address))
        threading.Thread(target=self._serve, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.close()

    def __call__(self, line: str) -> Result:
        """Run a line as a user would, with what was left to fill in."""
        environment = self._program.environment()
        environment["PATH"] = f"{self._programs}:{environment['PATH']}"
        done = subprocess.run(
            ["sh", "-c", self.filled_in(line)],
            cwd=self._directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        return Result(stdout=done.stdout, stderr=done.stderr, status=done.returncode)

    def filled_in(self, line: str) -> str:
        """The line with USER and HOST replaced, and with a file wherever it prompts for a password."""
        filled = {"USER": self.answers.username, "HOST": self.answers.host, "TAG": "1", "IMAGE": self.answers.image}
        words = re.sub(r"\b(?:USER|HOST|TAG|IMAGE)\b", lambda found: filled[found[0]], line)
        return " && ".join(map(self._answered, words.split(" && ")))

    def _answered(self, part: str) -> str:
        if "pullsecret entitled " in part:
            return part.replace(" entitled ", f" entitled --key-file={self._directory}/entitlement_key ")
        if "pullsecret create " not in part or "--from-" in part:
            return part
        is_icr = re.search(r"--icr|icr\.io", part)
        file = self._directory / ("api_key" if is_icr else "password")
        return part.replace(" create ", f" create --password-file={file} ")

    def _write(self, name: str, script: str) -> None:
        file = self._programs / name
        file.write_text(script)
        file.chmod(0o755)

    def _serve(self) -> None:
        while True:
            try:
                client, _ = self._server.accept()
            except OSError:
                return
            threading.Thread(target=_answer, args=(client,), daemon=True).start()


def _answer(client: socket.socket) -> None:
    with client:
        _, fds, _, _ = socket.recv_fds(client, 3, 3)
        streams = [os.fdopen(fd, "rb", buffering=0) for fd in fds]
        try:
            argv, environment = json.loads(client.makefile().readline())
            status = forks().run_on(argv, environment, streams, TIMEOUT)
        finally:
            for stream in streams:
                stream.close()
        client.sendall(f"{status}\n".encode())
