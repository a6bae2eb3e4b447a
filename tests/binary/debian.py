"""Root directories with other versions of Debian, and what runs in them."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

from binary.programs import apart
from control_plane.build import cache, only_one
from program import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

MIRROR = CHECKOUT / "build" / "interpreter" / "mirror.sh"


def debian_root(release: str, *packages: str) -> Path:
    """Install a minimal Debian once in the user's cache, which takes a minute, and return it. Both need root."""
    directory = cache().parent / "-".join((release, *packages))
    with only_one(cache()):
        if not directory.exists():
            unfinished = directory.with_name(f"{directory.name}-unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            mirror = subprocess.run([MIRROR], capture_output=True, text=True, check=True).stdout.strip()
            options = ["--variant=minbase", *(f"--include={package}" for package in packages)]
            subprocess.run(["debootstrap", *options, release, unfinished, mirror], check=True)
            unfinished.rename(directory)
    return directory


def within(root: Path, **mounted: Path) -> list[str]:
    """Return the beginning of a command line in a root, with directories of this machine: `opt=path` is /opt there."""
    steps = (f"mount --bind {path} {root}/{name}" for name, path in mounted.items())
    return [*apart("mount --make-rprivate /", *steps), "chroot", str(root)]
