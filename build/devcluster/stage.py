"""Shows commands, runs them, and shows their output."""

from __future__ import annotations

import re
import shlex
import subprocess
from typing import TYPE_CHECKING

from rich.text import Text

from control_plane.waiting import until

if TYPE_CHECKING:
    import signal
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from rich.console import Console


class CommandError(Exception):
    """A command did not end as expected."""


class Stage:
    """Shows and runs commands: a console, a directory and an environment without anything of the user's."""

    def __init__(self, console: Console, directory: Path, environment: Mapping[str, str]) -> None:
        self._console = console
        self._directory = directory
        self._environment = environment

    def with_variables(self, **variables: str) -> Stage:
        """The same stage with more variables in its environment."""
        return Stage(self._console, self._directory, {**self._environment, **variables})

    def tell(self, text: str) -> None:
        """Print what comes next, as a comment in a script."""
        self._console.print(Text("\n" + "\n".join(f"# {line}" for line in text.splitlines()), style="cyan"))

    def run(self, command: str, *, status: int = 0) -> str:
        """Show a command, run it, show both its streams, and return them.

        Raises:
            CommandError: it ended with another exit status.
        """
        self._console.print(Text(f"$ {command}", style="bold"))
        said = self.ask(command, status=status)
        if said:
            self._console.print(Text(said))
        return said

    def run_interrupted(self, command: str, number: signal.Signals, is_time: Callable[[], object]) -> str:
        """Show a command, run it until something is there, send it a signal as a terminal would, and return its output.

        Raises:
            CommandError: it did not end with the status of the signal.
        """
        self._console.print(Text(f"$ {command}", style="bold"))
        with subprocess.Popen(
            shlex.split(command),
            cwd=self._directory,
            env=dict(self._environment),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process:
            until(is_time, "the time to interrupt it")
            process.send_signal(number)
            said = process.communicate(timeout=60)[0]
        self._console.print(Text(said))
        if process.returncode != 128 + number:
            raise CommandError(f"{command}\nended with status {process.returncode}:\n{said}")
        return said.rstrip()

    def ask(self, command: str, *, status: int = 0) -> str:
        """Run a command without showing it, and return its output.

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
    """The kubectl commands that the program suggests.

    Raises:
        CommandError: it suggests none.
    """
    found = re.findall(r"^  (kubectl .+)$", said, re.MULTILINE)
    if not found:
        raise CommandError(f"no suggested command in:\n{said}")
    return found
