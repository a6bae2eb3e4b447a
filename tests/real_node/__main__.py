"""Run a command in a box, after building and downloading what it needs there: `python -m real_node COMMAND...`."""

from __future__ import annotations

import subprocess
import sys

from control_plane.build import BuildError, binary
from real_node.box import BoxError, check_machine, run_in_box
from real_node.image import program
from real_node.runtime import PACKAGES
from registry.package import registry_program, unpacked


def prepare() -> None:
    """Fill the user's cache, because a box has no network; raises BuildError, and what unpacked() raises."""
    binary()
    program()
    registry_program()
    for package in PACKAGES:
        unpacked(package)


def main(command: list[str]) -> int:
    """Check the machine, prepare, run the command, and return its exit status."""
    try:
        check_machine()
        prepare()
        return run_in_box(command)
    except (BoxError, BuildError, FileNotFoundError, subprocess.CalledProcessError) as error:
        sys.stderr.write(f"error: {error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
