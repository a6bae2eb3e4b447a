"""A credential plugin for tests: a shell script that counts its runs and prints what the test sets."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from kubeconfig.files import script

if TYPE_CHECKING:
    from pathlib import Path

V1 = "client.authentication.k8s.io/v1"
V1BETA1 = "client.authentication.k8s.io/v1beta1"


def credential(status: dict[str, Any], version: str = V1) -> str:
    """Return the output of a plugin with this status."""
    return json.dumps({"kind": "ExecCredential", "apiVersion": version, "status": status})


class Plugin:
    """The program in a directory, which is also its working directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.path = directory / "plugin"
        self.says(credential({"token": "from-plugin"}))

    def says(self, *answers: str, before: str = "") -> None:
        """Set the outputs of its runs in order, the last one repeating; `before` is shell code to run first."""
        for number, answer in enumerate(answers, 1):
            (self.directory / f"answer-{number}").write_text(answer)
        last = len(answers) or 1
        script(
            self.path,
            f"cd {self.directory}; echo >> runs; {before}",
            f'n=$(wc -l < runs); [ "$n" -gt {last} ] && n={last}',
            'cat "answer-$((n))"',
        )
        (self.directory / "runs").unlink(missing_ok=True)

    @property
    def runs(self) -> int:
        """Return how often it ran since its outputs were set."""
        path = self.directory / "runs"
        return len(path.read_text().splitlines()) if path.exists() else 0
