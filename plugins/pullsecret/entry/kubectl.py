"""Started by kubectl as its plug-in, or by its own name; and by kubectl's completion."""

from __future__ import annotations

import os
import sys


def run() -> None:
    """Run the process's command line and end it with the exit status.

    `kubectl pullsecret` puts itself away for the program of that name, so who typed what cannot be seen; as a plug-in's
    name promises (`kubectl-pullsecret`), help speaks of `kubectl pullsecret`.
    """
    name = os.path.basename(sys.argv[0])  # noqa: PTH119  pathlib costs TAB what it does not need
    if name.startswith("kubectl_complete-"):
        complete()
    if sys.argv[1:2] == ["__complete"]:  # what the shells' own scripts ask (report/shellscripts.py)
        del sys.argv[1]
        complete()
    from pullsecret.entry.process import begin, exit_process

    begin()
    from pullsecret.main import main

    exit_process(main(sys.argv[1:], "kubectl pullsecret" if name.startswith("kubectl-") else name))


def complete() -> None:
    """Answer TAB, and end the process; the entry point of `kubectl_complete-pullsecret`."""
    import gc

    gc.disable()
    from pullsecret.entry.complete import run_completion

    run_completion(sys.argv[1:])
