"""The plugin on a terminal: colors as configured, and no prompt when a program uses the IBM Cloud CLI."""

from __future__ import annotations

import os
import pty
import re
import subprocess
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api
    from ibmcloud.host import Host
    from namespaces import Namespaces

COLOR = re.compile(r"\x1b\[(?:\d+;)*[34]\d[;\d]*m")


def on_terminal(host: Host, *words: str, **environment: str) -> tuple[str, int]:
    """The output of a command on a terminal, and its exit status."""
    ours, theirs = pty.openpty()
    variables = host.variables("pullsecret") | {"TERM": "xterm-256color"} | environment
    child = subprocess.Popen(
        [*host.program.command, *words],
        stdin=theirs,
        stdout=subprocess.DEVNULL,
        stderr=theirs,
        env=host.program.environment(env=variables),
    )
    os.close(theirs)
    screen = b""
    while piece := rest_of(ours):
        screen += piece
    os.close(ours)
    return screen.decode(), child.wait()


def rest_of(terminal: int) -> bytes:
    """What there is to read; a terminal without a program is an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""


@pytest.fixture
def many(api: Api, namespaces: Namespaces) -> list[str]:
    """A copy to so many namespaces that a progress bar is shown."""
    source, *targets = namespaces(24)
    api.create(docker_config_secret("reg", {"reg.example": registry_entry()}), source)
    return ["copy", "reg", "--from", source, "--to", ",".join(targets)]


def test_terminal_has_colors_unless_ibmcloud_disables_them(ibmcloud: Host, many: list[str]) -> None:
    with_colors, _ = on_terminal(ibmcloud, *many)
    without, _ = on_terminal(ibmcloud, *many, IBMCLOUD_COLOR="false")
    ibmcloud.settings(ColorEnabled="false")
    by_settings, _ = on_terminal(ibmcloud, *many)
    against_settings, _ = on_terminal(ibmcloud, *many, IBMCLOUD_COLOR="true")

    assert [bool(COLOR.search(seen)) for seen in (with_colors, without, by_settings, against_settings)] == [
        True,
        False,
        False,
        True,
    ]


def test_ibmcloud_as_a_tool_of_programs_never_prompts(ibmcloud: Host) -> None:
    words = ("create", "x", "--registry", "reg.example", "--username", "puller")

    screen, status = on_terminal(ibmcloud, *words, IBMCLOUD_MCP_ENABLED="true")

    assert status == 1
    assert "stdin is not a terminal" in screen
