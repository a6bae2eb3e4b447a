"""What tests and judges packages, built or installed once."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from control_plane.build import cache, only_one
from control_plane.toolchain import find_go
from packages.offered import Release
from release.cache import ensure_cached
from release.checkout import LOCKS
from release.python import pip

SOURCES = Path(__file__).parent / "krew"
TOOLS = ("krew", "validate-krew-manifest")


@pytest.fixture(scope="session")
def krew() -> Path:
    """A directory with krew and its checker of manifests, of go.mod's version. Go keeps what it compiled."""
    directory = cache() / "krew"
    with only_one(cache()):
        directory.mkdir(exist_ok=True)
        subprocess.run(
            [
                *(find_go(cache()), "build", "-trimpath", "-buildvcs=false", "-o", f"{directory}/"),
                *(f"sigs.k8s.io/krew/cmd/{tool}" for tool in TOOLS),
            ],
            cwd=SOURCES,
            env={**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": ""},
            check=True,
        )
    return directory


@pytest.fixture(scope="session")
def judges() -> Path:
    """A directory with the programs of build/locks/judges.txt, as Python modules."""
    lock = LOCKS / "judges.txt"

    def install(directory: Path) -> None:
        subprocess.run([*pip("install"), "--target", directory, "--requirement", lock], check=True)

    return ensure_cached("judges", (lock,), install)


@pytest.fixture
def release(tmp_path: Path) -> Release:
    """A release to hash and to sign."""
    directory = tmp_path / "dist"
    directory.mkdir()
    return Release(directory)
