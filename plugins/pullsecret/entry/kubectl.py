"""Started by kubectl as its plug-in, or by its own name."""

from __future__ import annotations

import sys
from pathlib import Path

from pullsecret.main import main


def run() -> None:
    """Run the process's command line and end it with the exit status.

    `kubectl pullsecret` puts itself away for the program of that name, so who typed what cannot be seen; as a plug-in's
    name promises (`kubectl-pullsecret`), help speaks of `kubectl pullsecret`.
    """
    name = Path(sys.argv[0]).name
    program = "kubectl pullsecret" if name.startswith("kubectl-") else name
    sys.exit(main(sys.argv[1:], program))
