"""How a process of ours begins and ends: without what only a long-lived one needs."""

from __future__ import annotations

import atexit
import gc
import os
import sys
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from typing import NoReturn

GARBAGE: Final = 100_000
"""After how many new objects Python looks for garbage: at start-up there is none, and a hundred looks cost 10 ms."""


def begin() -> None:
    """Make the start fast, and the streams take any text: escapes stand for what the locale cannot encode."""
    gc.set_threshold(GARBAGE)
    for stream in (sys.stdout, sys.stderr):
        if (reconfigure := getattr(stream, "reconfigure", None)) is not None:
            reconfigure(errors="backslashreplace")


def exit_process(status: int) -> NoReturn:
    """End the process at once: taking its modules and threads apart would cost 10 to 30 ms, and leave nothing behind.

    What is registered to run at the end does run, and what was printed is out.
    """
    try:
        atexit._run_exitfuncs()  # noqa: SLF001  the only way to run them and not the rest
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # nobody reads any more
        status = status or 1
    finally:
        os._exit(status)
