"""From the command line to the exit status: the only place where an error becomes text."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pullsecret.commands import app
from pullsecret.errors import OutputError, PullSecretError
from pullsecret.report.streams import say

if TYPE_CHECKING:
    from collections.abc import Sequence

INTERRUPTED = 130
"""What a shell calls the end by SIGINT: 128 + 2."""


def main(argv: Sequence[str], program: str = "kubectl pullsecret") -> int:
    """Run one command and return its exit status: 0 as asked, 1 anything failed, 130 interrupted.

    A command whose 1 is an answer ends with 2 when it failed.

    Args:
        argv: the words after the program's name.
        program: what the user typed to start it; help and hints repeat it.
    """
    try:
        return _run(argv, program)
    except KeyboardInterrupt:
        # Once changes are under way the engine hears the signal itself, so that it can say what was done.
        say("note: interrupted; no changes were made")
        return INTERRUPTED
    except (BrokenPipeError, OutputError) as error:
        # What Python still holds for standard output goes nowhere; quietly, where only nobody reads any more.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, OutputError):
            say(error.line)
        return 1


def _run(argv: Sequence[str], program: str) -> int:
    try:
        status = app.run(argv, program)
    except OutputError:
        raise
    except PullSecretError as error:
        say(error.line)
        if error.hint:
            say(error.hint)
        status = error.exit_status
    sys.stdout.flush()
    return status
