"""Runs a program as a user would: as a separate process, in a controlled environment."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from forks import EAGER, forks

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

CHECKOUT = Path(__file__).parents[2]
KEPT = ("PATH", "LANG", "LC_ALL", "TMPDIR")
"""The variables that a run inherits from the tests' environment."""
FROM_SOURCE = [sys.executable, str(CHECKOUT / "kubectl-pullsecret")]
TIMEOUT = 120.0  # seconds


@dataclass(frozen=True, kw_only=True)
class Result:
    """The result of a run: both streams as text, and the exit status."""

    stdout: str
    stderr: str
    status: int


class Program:
    """A program with a home directory and a kubeconfig; the latter does not exist if none is given."""

    def __init__(self, command: Sequence[str], home: Path, kubeconfig: Path | None = None) -> None:
        self.command = command
        self.home = home
        self.kubeconfig = kubeconfig or home / "no-kubeconfig"

    @property
    def is_forked(self) -> bool:
        """Whether it is the checkout's own program, whose runs can be forked on Linux."""
        return sys.platform == "linux" and list(self.command) == FROM_SOURCE

    def __call__(
        self,
        *arguments: str | Path,
        kubeconfig: Path | None = None,
        input: str | None = None,  # noqa: A002  as in subprocess
        env: Mapping[str, str] | None = None,
        expect: int | None = 0,
    ) -> Result:
        """Run to the end; `expect` is the asserted exit status, None for any. Without `input`, stdin is empty."""
        command, environment = [*map(str, (*self.command, *arguments))], self.environment(kubeconfig, env)
        if self.is_forked and not any(name.startswith(EAGER) for name in env or ()):
            stdout, stderr, status = forks().run(command[1:], environment, (input or "").encode(), TIMEOUT)
            result = Result(stdout=stdout.decode(), stderr=stderr.decode(), status=status)
        else:
            result = run_process(command, environment, input)
        assert expect in (None, result.status), explanation(command, result)
        return result

    def start(
        self, *arguments: str | Path, kubeconfig: Path | None = None, env: Mapping[str, str] | None = None
    ) -> subprocess.Popen[str]:
        """Start without waiting, with pipes for all three streams: for tests that interrupt it or write to it."""
        return subprocess.Popen(
            [*self.command, *arguments],
            env=self.environment(kubeconfig, env),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def environment(self, kubeconfig: Path | None = None, env: Mapping[str, str] | None = None) -> dict[str, str]:
        """Return the environment of a run: HOME is an empty directory, KUBECONFIG as given or the program's own."""
        kept = {name: os.environ[name] for name in KEPT if name in os.environ}
        own = {"HOME": str(self.home), "KUBECONFIG": str(kubeconfig or self.kubeconfig)}
        return {**kept, **own, **(env or {})}


def run_process(command: Sequence[str], environment: Mapping[str, str], given: str | None) -> Result:
    """Run a program and wait for it."""
    done = subprocess.run(
        command,
        env=environment,
        **({"stdin": subprocess.DEVNULL} if given is None else {"input": given}),
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    return Result(stdout=done.stdout, stderr=done.stderr, status=done.returncode)


def pullsecret_command() -> list[str]:
    """Return the command of the program under test: `$KUBECTL_PULLSECRET`, or else the checkout's."""
    given = os.environ.get("KUBECTL_PULLSECRET")
    return shlex.split(given) if given else FROM_SOURCE


def explanation(command: Sequence[str | Path], result: Result) -> str:
    """Describe a run that did not end as expected."""
    return (
        f"{shlex.join(map(str, command))} ended with status {result.status}\n"
        f"--- stdout\n{result.stdout}\n--- stderr\n{result.stderr}"
    )
