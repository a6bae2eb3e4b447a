"""Server processes that tests start, the parts of the cluster among them."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from control_plane.build import binary
from control_plane.versions import servers
from control_plane.waiting import until

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

SERVERS = frozenset({"apiserver", "controllers", "kubelet", "full-kubelet"})
"""The parts of the cluster that are of the version that is asked for."""
TAIL = 30  # lines of the log in an error


class ProcessEndedError(Exception):
    """A part of the cluster ended unexpectedly; the message has the end of its log."""


class Process:
    """A running server program; its output goes to `log`.

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
                start_new_session=True,  # Ctrl-C is for the tests, which stop the servers in order
            )

    @property
    def pid(self) -> int:
        """The process id."""
        return self._running.pid

    def wait_for(self, question: Callable[[], object], what: str, *, within: float = 30.0) -> None:
        """Wait until the result is true; `within` is in seconds.

        Raises ProcessEndedError if the process ends meanwhile, and TimeoutError; both show the end of its log.
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
        """Return the end of the log and its path."""
        tail = self.log.read_text(errors="replace").splitlines()[-TAIL:]
        return f"{self.log} ends so:\n" + "\n".join(tail)

    def stop(self) -> None:
        """Kill it and wait. No state is kept, so no orderly shutdown is needed, which could hang."""
        self._running.kill()
        self._running.wait()
        if self._running.stdin:
            self._running.stdin.close()


def part(mode: str, *arguments: str, log: Path) -> Process:
    """A part of the cluster: the built program in a server mode, which ends with its standard input."""
    return Process([servers() if mode in SERVERS else binary(), mode, *arguments], log, name=mode)


def run_once(mode: str, *arguments: str) -> None:
    """Run a mode that terminates. Raises subprocess.CalledProcessError if it fails."""
    subprocess.run([binary(), mode, *arguments], stdin=subprocess.DEVNULL, check=True)
