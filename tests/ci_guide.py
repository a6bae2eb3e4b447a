"""docs/guides/ci.md taken apart, and a checkout in which its patches and scripts are run."""

from __future__ import annotations

import hashlib
import re
import shlex
import shutil
import subprocess
import sys
import tarfile
from typing import TYPE_CHECKING, Any

import yaml

from plugin_shell import PluginShell
from program import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from control_plane.given import Cluster
    from program import Result

MARKED = re.compile(r"<!-- (patch|script|snippet): (\w+) -->\n```\w+\n(.*?)^```", re.DOTALL | re.MULTILINE)
MARKED_BLOCKS = {
    (kind, name): text for kind, name, text in MARKED.findall((CHECKOUT / "docs" / "guides" / "ci.md").read_text())
}
JENKINS = re.compile(r"sh '''\n(.*?)'''", re.DOTALL)
CHARTS = CHECKOUT / "tests" / "charts"
ARCHIVE = "kubectl-pullsecret_v0.1.0_linux_amd64.tar.gz"


def snippet(name: str) -> Any:  # noqa: ANN401  any YAML
    """What a YAML snippet says."""
    return yaml.safe_load(MARKED_BLOCKS["snippet", name])


class Checkout:
    """A pull request's checkout on a runner, which has kubectl, helm and, when it is installed, the program."""

    def __init__(self, plane: Cluster, directory: Path) -> None:
        self.directory = directory
        self.shell = PluginShell(plane, directory)
        programs = directory / "runner"
        programs.mkdir()
        write_script(programs / "helm", [sys.executable, str(CHECKOUT / "tests" / "helm_stand_in.py")])
        self.shell.programs = (str(programs), *self.shell.programs)
        shutil.copytree(CHARTS, directory / "charts")

    def apply(self, name: str) -> None:
        """Apply a patch of the guide."""
        subprocess.run(
            ["git", "apply", "-"], cwd=self.directory, input=MARKED_BLOCKS["patch", name], text=True, check=True
        )

    def run(self, script: str, words: str = "sh -e", env: Mapping[str, str] | None = None) -> Result:
        """Run a script as a pipeline's runner does: as a file, by this shell."""
        file = self.directory / "script"
        file.write_text(script)
        return self.shell.run([*words.split(), str(file)], env)

    def without_program(self) -> None:
        """Take the program away: what runs from now on has to install it."""
        self.shell.programs = (self.shell.programs[0], str(self.shell.kubectl.parent))

    def release(self) -> dict[str, str]:
        """The variables that name a release on a server, whose program is the checkout's."""
        folder = self.directory / "release"
        folder.mkdir()
        write_script(folder / "kubectl-pullsecret", [sys.executable, str(CHECKOUT / "kubectl-pullsecret")])
        with tarfile.open(folder / ARCHIVE, "w:gz") as archive:
            archive.add(folder / "kubectl-pullsecret", "kubectl-pullsecret")
        digest = hashlib.sha256((folder / ARCHIVE).read_bytes()).hexdigest()
        return {"RELEASE": folder.as_uri(), "SHA256": digest}


def write_script(path: Path, command: list[str]) -> None:
    """Write a script that runs a command with its own arguments."""
    path.write_text(f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n')
    path.chmod(0o755)
