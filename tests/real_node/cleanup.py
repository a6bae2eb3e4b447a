"""Remove the cgroups of a box when standard input ends: `python -m real_node.cleanup NAME`."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from pathlib import Path

from control_plane.waiting import until

HIERARCHIES = Path("/sys/fs/cgroup")
PATIENCE = 20.0  # seconds for the kernel to end a box full of processes


def cgroups_of(name: str) -> list[Path]:
    """The directories of a box: one in each hierarchy of cgroup v1, a single one in v2."""
    return [path for path in (HIERARCHIES / name, *HIERARCHIES.glob(f"*/{name}")) if path.is_dir()]


def make_cgroups(name: str) -> None:
    """Create the cgroups of a box, for the kubelet and its containers."""
    roots = [HIERARCHIES] if (HIERARCHIES / "cgroup.controllers").exists() else hierarchies_of_v1()
    for root in roots:
        (root / name).mkdir()


def hierarchies_of_v1() -> list[Path]:
    """The directories where controllers are mounted, without links to them."""
    return [path for path in HIERARCHIES.iterdir() if path.is_dir() and not path.is_symlink()]


def remove_cgroups(name: str) -> bool:
    """Remove all cgroups without processes, from the leaves up, and return whether none is left."""
    for top in cgroups_of(name):
        for path, _, _ in os.walk(top, topdown=False):
            remove(Path(path))
    return not cgroups_of(name)


def remove(path: Path) -> None:
    """Remove one cgroup, unless it has processes; its files are the kernel's and do not matter."""
    with suppress(OSError):
        path.rmdir()


def main() -> None:
    """Wait for the end of standard input, then remove the cgroups."""
    sys.stdin.read()
    until(lambda: remove_cgroups(sys.argv[1]), f"the end of cgroups {sys.argv[1]}", within=PATIENCE)


if __name__ == "__main__":
    main()
