"""From the command line to the exit status: the only place where an error ends the program."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

from pullsecret.commands.show_help import answers_with_help
from pullsecret.errors import OutputError, PullSecretError
from pullsecret.model.go.printable import Printable
from pullsecret.report.streams import flush_output, print_error, print_message

if TYPE_CHECKING:
    from collections.abc import Sequence

_NODE_COMMAND = "containerd-hosts"
"""What runs in the pods of `generate containerd-hosts` (model/containerd/node_command.py); it is no user's command."""
INTERRUPTED = 130
"""What a shell calls the end by SIGINT: 128 + 2."""


def main(argv: Sequence[str], program: str = "kubectl pullsecret") -> int:
    """Run one command and return its exit status: 0 success, 1 a failure, 130 interrupted.

    Commands that look for problems end with 1 if they found some, and with 2 for a failure.

    Args:
        argv: the words after the program's name.
        program: what the user typed to start it; help and hints repeat it.
    """
    try:
        return _run(argv, program)
    except KeyboardInterrupt:
        # While changes are being made, the engine handles the signal, so that it can report what was done.
        print_message(Printable("note: interrupted; no changes were made"))
        return INTERRUPTED
    except (BrokenPipeError, OutputError) as error:
        # What is still buffered for standard output is dropped; silently, if only the reader is gone.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(error, OutputError):
            print_error(error)
            return error.exit_status
        return 1


def _run(argv: Sequence[str], program: str) -> int:
    try:
        status = _status_of(argv, program)
    except OutputError:
        raise
    except PullSecretError as error:
        print_error(error)
        status = error.exit_status
    flush_output()
    return status


def _status_of(argv: Sequence[str], program: str) -> int:
    if answers_with_help(argv, program):
        return 0
    if argv[:1] == [_NODE_COMMAND]:
        from pullsecret.commands.node import run_on_node  # noqa: PLC0415  it runs on nodes only

        return run_on_node(argv[1:])
    from pullsecret.commands.app import run_command_line  # noqa: PLC0415  40 ms that the help saves

    return run_command_line(argv, program)
