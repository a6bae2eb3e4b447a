"""A host with the plug-in installed, and the SDK's linter."""

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
    """The host, whose user is the cluster's administrator."""
    host = Host(home_in(tmp_path), plane.admin_kubeconfig)
    host.install(plugin_file(tmp_path))
    return host


@pytest.fixture
def uninstalled(tmp_path: Path) -> Host:
    """The host before it knows the plug-in."""
    return Host(home_in(tmp_path))


@pytest.fixture(scope="session")
def linter() -> Path:
    """A program around the SDK's own parser and linter. Go keeps what it compiled, so this is slow once only."""
    program = cache() / "ibmcloud-linter"
    with only_one(cache()):
        subprocess.run(
            [find_go(cache()), "build", "-trimpath", "-buildvcs=false", "-o", program, "."],
            cwd=SOURCES,
            env={**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local", "GOFLAGS": ""},
            check=True,
        )
    return program
