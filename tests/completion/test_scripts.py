"""The command that prints completion scripts, and the program that kubectl runs."""

from __future__ import annotations

import os
import shlex
import subprocess
from typing import TYPE_CHECKING

import pytest

from completion.shells import require
from kubeconfig.files import script
from program import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

    from program import Program

FILES = {
    "bash": "kubectl-pullsecret.bash",
    "zsh": "_kubectl-pullsecret",
    "fish": "kubectl-pullsecret.fish",
    "powershell": "kubectl-pullsecret.ps1",
    "kubectl": "kubectl_complete-pullsecret",
}


@pytest.mark.parametrize(("shell", "name"), FILES.items(), ids=FILES.keys())
def test_completion_prints_the_file_of_that_name(offline: Program, shell: str, name: str) -> None:
    assert offline("completion", shell).stdout == (CHECKOUT / "completions" / name).read_text()


def test_completion_of_powershell_by_the_name_of_its_program(offline: Program) -> None:
    assert offline("completion", "pwsh").stdout == offline("completion", "powershell").stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_script_without_a_shell_is_for_the_running_one(offline: Program, shell: str) -> None:
    require(shell)
    words = [shell, "-c", f"{shlex.join([*offline.command, 'completion'])}; true"]

    printed = subprocess.run(words, env=offline.environment(), capture_output=True, text=True, check=True).stdout

    assert printed == offline("completion", shell).stdout


USAGE = {
    "unknown": (
        ["tcsh"],
        'error: unsupported shell "tcsh"\nsupported: bash, zsh, fish, powershell, kubectl\n',
    ),
    "several": (["bash", "zsh"], "error: at most one SHELL can be given, got 2\n"),
}


@pytest.mark.parametrize(("words", "said"), USAGE.values(), ids=USAGE.keys())
def test_completion_of_an_unsupported_shell_is_an_error(offline: Program, words: list[str], said: str) -> None:
    result = offline("completion", *words, expect=1)

    assert result.stdout == ""
    assert result.stderr.startswith(said)


def test_kubectl_finds_the_file_that_completion_printed(offline: Program, kubectl: Program, tmp_path: Path) -> None:
    path = tmp_path / "bin"
    path.mkdir()
    script(path / "kubectl-pullsecret", f'exec {shlex.join(offline.command)} "$@"')
    asked = path / "kubectl_complete-pullsecret"
    asked.write_text(offline("completion", "kubectl").stdout)
    asked.chmod(0o755)
    env = {"PATH": f"{path}{os.pathsep}{os.environ['PATH']}"}

    offered = kubectl("__complete", "pullsecret", "attach", "--allow-", env=env).stdout

    assert offered == "--allow-missing\tAttach even if the secret does not exist yet.\n:4\n"


def test_kubectl_finds_the_program_in_the_checkout(kubectl: Program) -> None:
    env = {"PATH": f"{CHECKOUT}{os.pathsep}{os.environ['PATH']}"}

    assert "copy\t" in kubectl("__complete", "pullsecret", "", env=env).stdout
