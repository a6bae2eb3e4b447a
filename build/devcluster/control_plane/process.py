"""A server that tests start, and the parts of the cluster as such."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from control_plane.build import binary
from control_plane.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

TAIL = 30  # lines of a log that an error shows


class ProcessEndedError(Exception):
    """A part of the cluster has ended by itself; the message holds the end of its log."""


class Process:
    """A program that serves, running from the start on; everything it says goes to `log`.

    Its standard input is a pipe of ours, which the system closes when we die, by SIGKILL as well: a program that ends
    with its standard input never outlives us.
    """

    def __init__(
        self, command: Sequence[str | Path], log: Path, *, name: str = "", environment: Mapping[str, str] | None = None
    ) -> None:
        self.name = name or Path(command[0]).name
        self.log = log
        with log.open("ab") as sink:
            self._running = subprocess.Popen(
                command,
                stdin=subprocess.PIPE,
                stdout=sink,
                stderr=subprocess.STDOUT,
                env=environment,
                start_new_session=True,  # Ctrl-C is for the tests, which then stop the servers in their order
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._running.pid

    def wait_for(self, question: Callable[[], object], what: str, *, within: float = 30.0) -> None:
        """Wait until the answer is true; `within` is in seconds.

        Raises ProcessEndedError when the process ends meanwhile, and TimeoutError; both show the end of its log.
        """

        def question_to_the_living() -> object:
            status = self._running.poll()
            if status is not None:
                raise ProcessEndedError(f"{self.name} ended with status {status}; {self.last_words()}")
            return question()

        try:
            until(question_to_the_living, what, within=within)
        except TimeoutError as error:
            raise TimeoutError(f"{error}; {self.last_words()}") from error

    def last_words(self) -> str:
        """The end of the log, with where it is from."""
        tail = self.log.read_text(errors="replace").splitlines()[-TAIL:]
        return f"{self.log} ends so:\n" + "\n".join(tail)

    def stop(self) -> None:
        """Kill it and wait for its end. Nothing is kept, so nothing needs an orderly way out, which can hang."""
        self._running.kill()
        self._running.wait()
        if self._running.stdin:
            self._running.stdin.close()


def part(mode: str, *arguments: str, log: Path) -> Process:
    """A part of the cluster: the built program in one of the modes that serve, which end with their standard input."""
    return Process([binary(), mode, *arguments], log, name=mode)


def run_once(mode: str, *arguments: str) -> None:
    """Run a mode that ends by itself. Raises subprocess.CalledProcessError when it fails."""
    subprocess.run([binary(), mode, *arguments], stdin=subprocess.DEVNULL, check=True)
