"""The entry point for kubectl, which runs it as a plugin, for its own name, and for kubectl's completion."""

from __future__ import annotations

import os
import sys

from pullsecret.entry.early_interrupt import end_silently


def run() -> None:
    """Run the process's command line and end it with the exit status.

    kubectl replaces its own process with the plugin, so that what the user typed is unknown; under the plugin's name,
    `kubectl-pullsecret`, the help says `kubectl pullsecret`.
    """
    end_silently()
    name = os.path.basename(sys.argv[0])  # noqa: PTH119  pathlib is slow to import
    if name.startswith("kubectl_complete-"):
        complete()
    if sys.argv[1:2] == ["__complete"]:  # run by the shells' own scripts (report/shell_scripts.py)
        del sys.argv[1]
        complete()
    from pullsecret.entry.process import begin_process, run_main

    begin_process()
    run_main(sys.argv[1:], "kubectl pullsecret" if name.startswith("kubectl-") else name)


def complete() -> None:
    """Answer a completion request and end the process; the entry point of `kubectl_complete-pullsecret`."""
    end_silently()
    import gc

    gc.disable()
    from pullsecret.entry.complete import run_completion

    run_completion(sys.argv[1:])
