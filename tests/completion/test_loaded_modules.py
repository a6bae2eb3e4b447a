"""What a start loads: every module takes its time in every command and every completion."""

from __future__ import annotations

import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from program import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.given import Cluster
    from program import Program

pytestmark = pytest.mark.source

CLIENT = {"kubernetes", "urllib3", "ssl", "yaml"}
HEAVY = {"rich", "pydantic", "kubernetes.dynamic", "kubernetes.config", "kubernetes.client.api_client"}
PARSER = {"typer", "inspect", "dataclasses"}
TYPER = PARSER | {"pullsecret.commands"}
OPENSHIFT = {"pullsecret.model.openshift"}
GLOBAL = {
    "pullsecret.pipeline.global_commands",
    "pullsecret.actions.composed.global_secret",
    "pullsecret.model.images.edited_entries",
    "pullsecret.model.openshift.topology",
    "pullsecret.model.openshift.node_effects",
}
OTHERS = ("allow_pull", "attach", "create", "detach", "doctor", "entitled", "import_", "list", "check", "verify")
OTHER_COMMANDS = {f"pullsecret.commands.{command}" for command in OTHERS}

WRAPPER = """
import os, runpy, sys
output_file, *sys.argv = sys.argv[1:]
leave = os._exit
def record_and_exit(status):
    with open(output_file, "w") as file:
        file.write("\\n".join(sys.modules))
    leave(status)
os._exit = record_and_exit
runpy.run_path(sys.argv[0], run_name="__main__")
"""

STARTS = {
    "tab-on-commands": (["kubectl_complete-pullsecret", ""], CLIENT | HEAVY | TYPER | OPENSHIFT),
    "tab-on-flags": (["kubectl_complete-pullsecret", "copy", "--"], CLIENT | HEAVY | TYPER | OPENSHIFT),
    "tab-on-contexts": (
        ["kubectl_complete-pullsecret", "copy", "--context", ""],
        (CLIENT - {"yaml"}) | HEAVY | OPENSHIFT | {"typer"},
    ),
    "tab-on-namespaces": (
        ["kubectl_complete-pullsecret", "copy", "-n", ""],
        HEAVY | OPENSHIFT | {"typer", "pullsecret.commands"},
    ),
    "metadata": (["ibmcloud-pullsecret", "SendMetadata"], CLIENT | HEAVY | TYPER | OPENSHIFT),
    "help-of-all": (["kubectl-pullsecret", "--help"], CLIENT | HEAVY | PARSER | OPENSHIFT),
    "help-of-a-command": (["kubectl-pullsecret", "copy", "--help"], CLIENT | HEAVY | PARSER | OPENSHIFT),
    "completion": (["kubectl-pullsecret", "completion", "zsh"], CLIENT | HEAVY | OTHER_COMMANDS),
    "usage-error": (["kubectl-pullsecret", "copy", "--nope"], CLIENT | HEAVY | OTHER_COMMANDS | OPENSHIFT),
    "run": (["kubectl-pullsecret", "copy", "--dry-run=client"], HEAVY | OTHER_COMMANDS | GLOBAL),
}
"""The words of a start, and what it must not load."""


@pytest.mark.parametrize(("words", "unwanted"), STARTS.values(), ids=STARTS.keys())
def test_start_loads_no_more_than_it_needs(
    plane: Cluster, offline: Program, tmp_path: Path, words: list[str], unwanted: set[str]
) -> None:
    output_file = tmp_path / "modules"
    command = [sys.executable, "-c", WRAPPER, str(output_file), str(CHECKOUT / words[0]), *words[1:]]

    subprocess.run(command, env=offline.environment(plane.admin_kubeconfig), capture_output=True, check=False)

    loaded = set(output_file.read_text().splitlines())
    assert "pullsecret" in loaded
    assert sorted(loaded & unwanted) == []
