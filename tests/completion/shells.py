"""Real interactive shells on a pseudo-terminal, with kubectl's own completion, and a user who types.

The resulting command line is not read from the screen. The commands first on PATH are scripts of the tests, which pass
completion requests on to the real programs, and otherwise record the words that they are started with.
"""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import shlex
import shutil
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path
from typing import TYPE_CHECKING, Self

from kubeconfig.files import script

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from program import Program

BASH_COMPLETION = Path("/usr/share/bash-completion/bash_completion")
PROMPT = "ready> "
TIMEOUT = 30.0  # seconds
SCREEN = struct.pack("HHHH", 200, 200, 0, 0)  # so large that no shell asks before it lists all candidates
ON_TERMINAL = (
    "import fcntl, os, sys, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); os.execvp(sys.argv[1], sys.argv[1:])"
)
ESCAPES = re.compile(r"\x1b(?:\[[0-9;?>=]*[a-zA-Z]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[()][A-Z0-9]|[=>78])|[\r\x08]")

START = {
    "bash": (["bash", "--noprofile", "--rcfile", "{rc}", "-i"], f"source {BASH_COMPLETION}\nPS1='{PROMPT}'\n"),
    "zsh": (
        ["zsh", "-d", "-i"],  # its ZDOTDIR is where .zshrc is
        f"autoload -Uz compinit; compinit -u -D\nunsetopt prompt_sp prompt_cr\nPS1='{PROMPT}'\n",
    ),
    "fish": (
        ["fish", "--no-config", "--init-command", "source {rc}"],
        f"function fish_prompt; printf '{PROMPT}'; end\nfunction fish_greeting; end\n",
    ),
}
"""How each shell is started, and what it reads first; {rc} is that file."""


class Shell:
    """A shell in a directory of its own, which is also its home and working directory."""

    def __init__(self, name: str, directory: Path, environment: Mapping[str, str], scripts: Sequence[Path]) -> None:
        command, beginning = START[name]
        rc = directory / (".zshrc" if name == "zsh" else f"{name}rc")
        rc.write_text(beginning + "".join(f"source {shlex.quote(str(path))}\n" for path in scripts))
        self._typed = directory / "typed"
        self._screen = ""
        self._command = [word.format(rc=rc) for word in command]
        self._directory = directory
        own = dict.fromkeys(("HOME", "ZDOTDIR", "XDG_RUNTIME_DIR"), str(directory))
        self._environment = {**environment, **own, "TERM": "xterm"}

    def __enter__(self) -> Self:
        self._terminal, theirs = pty.openpty()
        fcntl.ioctl(self._terminal, termios.TIOCSWINSZ, SCREEN)
        self._process = subprocess.Popen(
            [sys.executable, "-c", ON_TERMINAL, *self._command],
            stdin=theirs,
            stdout=theirs,
            stderr=theirs,
            cwd=self._directory,
            env=self._environment,
            start_new_session=True,
        )
        os.close(theirs)
        self.see(PROMPT)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._terminal)

    def run(self, keys: str) -> list[str]:
        """The words that the program gets after these keys and Return; \\t is TAB."""
        self._typed.unlink(missing_ok=True)
        self.press(keys + "\r", PROMPT)
        return self._typed.read_text().splitlines() if self._typed.exists() else []

    def press(self, keys: str, expected: str) -> str:
        """Press keys and wait until the expected text is on the screen; return the output until then."""
        self._screen = ""
        os.write(self._terminal, keys.encode())
        return self.see(expected)

    def see(self, expected: str) -> str:
        """Wait for a text; AssertionError with the screen if it does not appear."""
        deadline = time.monotonic() + TIMEOUT
        while expected not in (seen := ESCAPES.sub("", self._screen)):
            readable, _, _ = select.select([self._terminal], [], [], max(0.0, deadline - time.monotonic()))
            assert readable, f"{expected!r} did not come; the screen has {seen!r}"
            self._screen += os.read(self._terminal, 65536).decode(errors="replace")
        return seen


def require(name: str) -> None:
    """One clear line where a shell is missing: build/tools.sh installs them."""
    assert shutil.which(name), f"{name} is not installed: run build/tools.sh"
    assert name != "bash" or BASH_COMPLETION.exists(), "bash-completion is not installed: run build/tools.sh"


def commands_in(directory: Path, kubectl: Path, program: Program, typed: Path) -> Path:
    """A directory for PATH: kubectl and kubectl-pullsecret, which record their words, and the completer."""
    note = f"""printf '%s\\n' "$@" > {shlex.quote(str(typed))}"""
    directory.mkdir()
    ours = shlex.join(map(str, program.command))
    script(directory / "kubectl", f'case $1 in (__complete*) exec {shlex.quote(str(kubectl))} "$@";; esac', note)
    script(directory / "kubectl-pullsecret", f'case $1 in (__complete) exec {ours} "$@";; esac', note)
    script(directory / "kubectl_complete-pullsecret", f'exec {ours} __complete "$@"')
    return directory
