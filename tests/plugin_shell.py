"""A shell with kubectl and the plugin on its PATH, for the scripts that documents show."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from program import Program, Result

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from control_plane.given import Cluster

TIMEOUT = 120  # seconds


class PluginShell:
    """Runs scripts in a directory, with a cluster's administrator as the kubeconfig unless they set another."""

    def __init__(self, plane: Cluster, directory: Path) -> None:
        self.directory = directory
        self._program = Program(["kubectl", "pullsecret"], directory, plane.admin_kubeconfig)
        self.kubectl = plane.kubectl
        self.programs: tuple[str, ...] = (str(Path(sys.executable).parent), str(plane.kubectl.parent))

    def __call__(self, script: str, env: Mapping[str, str] | None = None) -> Result:
        """Run a script that ends at its first error."""
        return self.run(["sh", "-eu", "-c", script], env)

    def run(self, command: Sequence[str], env: Mapping[str, str] | None = None) -> Result:
        """Run the words of a command, as a program does that uses no shell."""
        environment = self._program.environment(env=env)
        environment["PATH"] = os.pathsep.join((*self.programs, environment["PATH"]))
        done = subprocess.run(
            command,
            cwd=self.directory,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT,
            check=False,
        )
        return Result(stdout=done.stdout, stderr=done.stderr, status=done.returncode)
