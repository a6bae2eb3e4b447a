"""Ctrl-C while the program starts: no traceback, at whatever import it comes."""

from __future__ import annotations

import signal
import subprocess
import sys

import pytest

from program import CHECKOUT

pytestmark = pytest.mark.source

PRESSING_CTRL_C = """
import os, runpy, signal, sys
moment, *sys.argv = sys.argv[1:]
class Finder:
    def find_spec(self, name, path=None, target=None):
        if name == moment:
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Finder())
runpy.run_path(sys.argv[0], run_name="__main__")
"""

MOMENTS = {
    "entry": ("pullsecret.entry.kubectl", "kubectl-pullsecret", "list"),
    "start": ("pullsecret.entry.process", "kubectl-pullsecret", "list"),
    "commands": ("pullsecret.commands.app", "kubectl-pullsecret", "list"),
    "completion": ("pullsecret.entry.complete", "kubectl_complete-pullsecret", "list"),
    "ibmcloud": ("pullsecret.entry.process", "ibmcloud-pullsecret", "list"),
}


@pytest.mark.parametrize(("module", "program", "command"), MOMENTS.values(), ids=MOMENTS.keys())
def test_interruption_while_a_module_loads_leaves_no_traceback(module: str, program: str, command: str) -> None:
    line = [sys.executable, "-c", PRESSING_CTRL_C, module, str(CHECKOUT / program), command]

    ended = subprocess.run(line, capture_output=True, text=True, timeout=60, check=False)

    is_reported = module == "pullsecret.commands.app"  # main loads it
    assert (ended.stdout, ended.stderr) == ("", "note: interrupted; no changes were made\n" if is_reported else "")
    assert ended.returncode in (-signal.SIGINT, 130)  # the same to a shell
