"""A stage for commands: each is shown, then run, then what it said is shown."""

from __future__ import annotations

import re
import subprocess
from typing import TYPE_CHECKING

from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from rich.console import Console


class CommandError(Exception):
    """A command did not end as the play needs it."""


class Stage:
    """Where commands are shown and run: a screen, a directory and an environment with nothing of the user's in it."""

    def __init__(self, console: Console, directory: Path, environment: Mapping[str, str]) -> None:
        self._console = console
        self._directory = directory
        self._environment = environment

    def tell(self, text: str) -> None:
        """Say what comes next, as a comment of a script."""
        self._console.print(Text("\n" + "\n".join(f"# {line}" for line in text.splitlines()), style="cyan"))

    def run(self, command: str, *, status: int = 0) -> str:
        """Show a command, run it and show both its streams; what it said.

        Raises:
            CommandError: it ended with another exit status.
        """
        self._console.print(Text(f"$ {command}", style="bold"))
        said = self.ask(command, status=status)
        if said:
            self._console.print(Text(said))
        return said

    def ask(self, command: str, *, status: int = 0) -> str:
        """Run a command behind the scene; what it said.

        Raises:
            CommandError: it ended with another exit status.
        """
        done = subprocess.run(
            ["/bin/sh", "-c", command],
            cwd=self._directory,
            env=dict(self._environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        if done.returncode != status:
            raise CommandError(f"{command}\nended with status {done.returncode}, not {status}:\n{done.stdout}")
        return done.stdout.rstrip()


def commands_in(said: str) -> list[str]:
    """The kubectl commands that the program's advice ends with.

    Raises:
        CommandError: there is none.
    """
    found = re.findall(r"^  (kubectl .+)$", said, re.MULTILINE)
    if not found:
        raise CommandError(f"no command named in:\n{said}")
    return found
