"""Programs of Debian packages, unpacked into the user's cache and run from there: nothing is installed."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path


def registry_program() -> Path:
    """The registry of the distribution project: `docker-registry` on PATH, else Debian's package of that name."""
    found = shutil.which("docker-registry")
    return Path(found) if found else unpacked("docker-registry") / "usr" / "bin" / "docker-registry"


def unpacked(package: str) -> Path:
    """The files of a Debian package below one directory, downloaded when they are not there yet.

    Raises subprocess.CalledProcessError when apt-get has no such package, and FileNotFoundError without an apt-get.
    """
    home = cache() / package
    if not home.exists():
        cache().mkdir(parents=True, exist_ok=True)
        with (cache() / "lock").open("w") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX)  # another process may be unpacking it
            if not home.exists():
                _unpack(package, home)
    return home


def cache() -> Path:
    """Where packages are kept: a directory for each."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubectl-pullsecret" / "packages"


def _unpack(package: str, home: Path) -> None:
    sys.stderr.write(f"registry: fetching the package {package}, once\n")
    with tempfile.TemporaryDirectory(dir=cache()) as directory:
        download = ["apt-get", "download", "-q", "-o", "APT::Sandbox::User=root", package]
        if subprocess.run(download, cwd=directory, stdout=sys.stderr, check=False).returncode:
            subprocess.run(["apt-get", "update", "-q"], stdout=sys.stderr, check=True)
            subprocess.run(download, cwd=directory, stdout=sys.stderr, check=True)
        (archive,) = Path(directory).glob("*.deb")
        files = Path(directory) / "files"
        subprocess.run(["dpkg", "-x", archive, files], check=True)
        files.rename(home)
