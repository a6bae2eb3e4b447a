"""Completion never prompts, renews no login, and does not wait."""

from __future__ import annotations

import base64
import json
import os
import pty
import socket
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from completion.kubectl_oracle import tab
from control_plane.waiting import until
from kubeconfig.files import script, simple
from kubeconfig.plugin import V1, credential

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.given import Cluster
    from program import Program

BUDGET = 1.5
"""The seconds that a completion may take, including the start of the program."""

ON_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)


def with_plugin(plane: Cluster, directory: Path, mode: str, *lines: str) -> Path:
    """A kubeconfig whose user is a program of this interactiveMode; it records its runs in the file `ran`."""
    answer = directory / "answer"
    answer.write_text(credential({"token": plane.access.token}))
    program = script(directory / "plugin", f"echo >> {directory}/ran", *lines, f"cat {answer}")
    user = {"exec": {"apiVersion": V1, "command": str(program), "interactiveMode": mode}}
    cluster = {"server": plane.access.server, "certificate-authority": str(plane.access.ca)}
    return simple(directory / "config", cluster, user)


def token(expires: float) -> str:
    """A JWT with nothing but its expiry."""
    claims = base64.urlsafe_b64encode(json.dumps({"exp": expires}).encode()).decode().rstrip("=")
    return f"e30.{claims}.e30"


@pytest.mark.parametrize("mode", ["IfAvailable", "Always"])
def test_interactive_plugin_is_not_run_by_completion(
    plane: Cluster, offline: Program, tmp_path: Path, namespace: str, mode: str
) -> None:
    config = with_plugin(plane, tmp_path, mode)

    assert tab(offline, "copy", "-n", namespace, kubeconfig=config).values == []
    assert not (tmp_path / "ran").exists()


def test_plugin_that_never_prompts_is_run_by_completion(
    plane: Cluster, offline: Program, tmp_path: Path, namespace: str
) -> None:
    config = with_plugin(plane, tmp_path, "Never", "echo noise >&2")

    values = until(lambda: tab(offline, "copy", "-n", namespace, kubeconfig=config).values, "the namespace")

    assert values == [namespace]


def test_plugin_has_no_terminal_in_completion(plane: Cluster, offline: Program, tmp_path: Path) -> None:
    tried = tmp_path / "tried"
    config = with_plugin(
        plane, tmp_path, "Never", f"(: < /dev/tty) 2> /dev/null && echo tty > {tried} || echo no > {tried}"
    )
    ours, theirs = pty.openpty()
    # A shell in between, as kubectl is: the leader of a session cannot leave its terminal.
    words = [*offline.command, "__complete", "copy", "-n", ""]
    command = [sys.executable, "-c", ON_TERMINAL, "sh", "-c", '"$@"; exit', "sh", *words]

    subprocess.run(
        command,
        stdin=theirs,
        capture_output=True,
        start_new_session=True,
        env=offline.environment(config),
        check=True,
    )

    os.close(theirs)
    os.close(ours)
    assert tried.read_text() == "no\n"


def test_expired_login_is_not_renewed_by_completion(offline: Program, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as issuer:
        address = f"https://127.0.0.1:{issuer.getsockname()[1]}"
        provider = {"idp-issuer-url": address, "client-id": "c", "refresh-token": "r", "id-token": token(1)}
        user = {"auth-provider": {"name": "oidc", "config": provider}}
        config = simple(tmp_path / "config", {"server": address}, user)
        before = config.read_bytes()

        assert tab(offline, "copy", "-n", "", kubeconfig=config).values == []

        issuer.settimeout(0)
        with pytest.raises(BlockingIOError):  # there was no connection
            issuer.accept()
    assert config.read_bytes() == before


def test_valid_login_is_used_by_completion(offline: Program, tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        address = f"https://127.0.0.1:{server.getsockname()[1]}"
        provider = {"idp-issuer-url": "https://127.0.0.1:1", "client-id": "c", "id-token": token(time.time() + 3600)}
        user = {"auth-provider": {"name": "oidc", "config": provider}}
        config = simple(tmp_path / "config", {"server": address}, user)

        assert tab(offline, "copy", "-n", "", kubeconfig=config).values == []

        server.settimeout(0)
        server.accept()[0].close()  # there was a connection


@pytest.mark.parametrize("what", ["server", "plugin", "kubeconfig"])
def test_completion_gives_up_in_time_without_an_answer(
    plane: Cluster, offline: Program, tmp_path: Path, what: str
) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        address = f"https://127.0.0.1:{silent.getsockname()[1]}"
        pipe = tmp_path / "pipe"
        os.mkfifo(pipe)
        config = {
            "server": simple(tmp_path / "silent", {"server": address}, {"token": "none"}),
            "plugin": with_plugin(plane, tmp_path, "Never", f"read line < {pipe}"),
            "kubeconfig": pipe,
        }[what]

        until(  # a busy machine takes some time
            lambda: seconds_of(offline, "copy", "-n", "", kubeconfig=config) < BUDGET, f"an end within {BUDGET} s"
        )

        os.close(os.open(pipe, os.O_RDWR | os.O_NONBLOCK))  # a process that still reads it ends


def seconds_of(program: Program, *words: str, kubeconfig: Path | None = None) -> float:
    started = time.monotonic()
    assert tab(program, *words, kubeconfig=kubeconfig).directive
    return time.monotonic() - started
