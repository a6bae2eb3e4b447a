"""What CONTRIBUTING.md promises: a command is two new files and one line in the table of commands."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from objects import docker_config_secret, registry_entry
from program import CHECKOUT, Program

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api

FILE = re.compile(r"^`(plugins/\S+\.py)`: .*?\n+```python\n(.*?)^```", re.DOTALL | re.MULTILINE)
TABLE_LINE = re.compile(r'^        "(\w+)": "\1",\n', re.MULTILINE)


@pytest.fixture
def extended(tmp_path: Path, pullsecret: Program) -> Program:
    """The program, in a copy of the checkout with the command of the page, added as described there."""
    page = (CHECKOUT / "CONTRIBUTING.md").read_text()
    copy = tmp_path / "checkout"
    left_out = shutil.ignore_patterns(".*", "__pycache__", "dist", "*.egg-info")
    shutil.copytree(CHECKOUT, copy, ignore=left_out)
    for path, code in FILE.findall(page):
        (copy / path).write_text(code)
    line = TABLE_LINE.search(page)
    assert line
    app = copy / "plugins/pullsecret/commands/app.py"
    app.write_text(re.sub(r'(?m)^(    "Other commands": \{\n)', rf"\g<1>{line[0]}", app.read_text()))
    subprocess.run([sys.executable, copy / "build/generate.py"], stdout=subprocess.DEVNULL, check=True)
    return Program([sys.executable, str(copy / "kubectl-pullsecret")], pullsecret.home, pullsecret.kubeconfig)


def test_command_added_as_described_works(api: Api, extended: Program, namespace: str) -> None:
    made = api.create(
        docker_config_secret(
            "regcred", {"reg.example": registry_entry()}, labels={"kubectl-pullsecret/managed": "true"}
        ),
        namespace,
        manager="pullsecret",
    )

    first = extended("disown", "regcred", "-n", namespace)
    second = extended("disown", "regcred", "-n", namespace)

    assert first.stdout == f"secret/regcred configured in namespace {namespace}\n"
    assert second.stdout == f"secret/regcred unchanged in namespace {namespace}\n"
    seen = api.read("Secret", "regcred", namespace)
    assert "labels" not in seen["metadata"]
    assert seen["data"] == made["data"]


def test_command_added_as_described_has_help_and_errors(extended: Program, namespace: str) -> None:
    assert "kubectl pullsecret disown regcred -n team-a" in extended("disown", "--help").stdout

    absent = extended("disown", "regcred", "-n", namespace, expect=1)

    assert absent.stderr == f'Error from server (NotFound): secrets "regcred" not found in namespace {namespace}\n'
