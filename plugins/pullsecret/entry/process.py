"""How a process begins and ends: without what only a long-lived one needs."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import TYPE_CHECKING, Final

from pullsecret.entry.early_interrupt import raise_interrupts
from pullsecret.system.terminal import output_format

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import NoReturn

GARBAGE: Final = 100_000
"""Python collects garbage after so many new objects: at the start there is none, and 100 collections take 10 ms."""


def begin_process() -> None:
    """Make the start fast, and let the streams accept any text: what the locale cannot encode is escaped."""
    gc.set_threshold(GARBAGE)
    _open_closed_streams()
    for stream in (sys.stdout, sys.stderr):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="backslashreplace", **output_format())


def _open_closed_streams() -> None:
    """Open the null device for each standard stream that is closed, as Go programs do (Go: runtime/fds_unix.go).

    Otherwise the next file or connection would take the stream's number, and get what is printed.
    """
    for name, mode in (("stdin", "r"), ("stdout", "w"), ("stderr", "w")):
        if getattr(sys, name) is None:
            stream = open(os.devnull, mode)  # noqa: PTH123, SIM115  pathlib is slow to import; open to the end
            os.set_inheritable(stream.fileno(), True)  # noqa: FBT003  it takes no keyword
            setattr(sys, name, stream)


def run_main(argv: Sequence[str], program: str) -> NoReturn:
    """Run a command line and end with its exit status; an interruption while the program loads ended it silently."""
    try:
        from pullsecret.main import main

        raise_interrupts()
        status = main(argv, program)
    except KeyboardInterrupt:
        status = 128 + 2  # as a shell calls the end by SIGINT
    exit_process(status)


def exit_process(status: int) -> NoReturn:
    """End the process without the 10 to 30 ms of finalizing its modules and threads.

    Functions that are registered with atexit do run, and the output is flushed.
    """
    try:
        atexit._run_exitfuncs()  # noqa: SLF001  the only way to run them and not the rest
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # the reader is gone
        status = status or 1
    finally:
        os._exit(status)
