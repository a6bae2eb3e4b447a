"""A fake IBM Cloud CLI with the plugin installed, and the linter of the SDK."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from conftest import home_in
from control_plane.build import cache, only_one
from control_plane.toolchain import find_go
from ibmcloud.host import Host, plugin_file

if TYPE_CHECKING:
    from control_plane.given import Cluster

SOURCES = Path(__file__).parent / "linter"


@pytest.fixture
def ibmcloud(plane: Cluster, tmp_path: Path) -> Host:
    """The fake IBM Cloud CLI, whose user is the administrator of the cluster."""
    host = Host(home_in(tmp_path), plane.admin_kubeconfig)
    host.install(plugin_file(tmp_path))
    return host


@pytest.fixture
def uninstalled(tmp_path: Path) -> Host:
    """The fake IBM Cloud CLI without the plugin."""
    return Host(home_in(tmp_path))


@pytest.fixture(scope="session")
def linter() -> Path:
    """A program around the SDK's own parser and linter. Slow only once, because Go caches what it compiled."""
    program = cache() / "ibmcloud-linter"
    with only_one(cache()):
        subprocess.run(
            [find_go(cache()), "build", "-trimpath", "-buildvcs=false", "-o", program, "."],
            cwd=SOURCES,
            env={**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": ""},
            check=True,
        )
    return program
