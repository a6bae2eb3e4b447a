"""The cluster, the node and the registries in the box; what else a test may ask for is in tests/conftest.py."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from program import pullsecret_command
from real_node.box import NAME
from real_node.cluster_setup import Ground, made_ground
from stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from control_plane.plane import ControlPlane
    from real_node.fake_registries import Stands
    from real_node.node import FullNode


def pytest_collection_modifyitems() -> None:
    """Say where these tests run when they are asked for elsewhere."""
    if NAME not in os.environ:
        raise pytest.UsageError("the tests of tests/real_node run in a box of their own: ./build/real-node.sh")


def pytest_report_teststatus(report: pytest.CollectReport | pytest.TestReport) -> tuple[str, str, str] | None:
    """No dot for a test that passed: what it showed stands for it."""
    return ("passed", "", "PASSED") if report.when == "call" and report.passed else None


@pytest.fixture(scope="session")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    """Everything, in a directory in the box."""
    with made_ground(tmp_path_factory.mktemp("ground")) as ground:
        yield ground


@pytest.fixture(scope="session")
def plane(ground: Ground) -> ControlPlane:
    """The cluster."""
    return ground.plane


@pytest.fixture(scope="session")
def node(ground: Ground) -> FullNode:
    """The node."""
    return ground.node


@pytest.fixture(scope="session")
def stands(ground: Ground) -> Stands:
    """The registries."""
    return ground.stands


@pytest.fixture
def stage(plane: ControlPlane, stands: Stands, tmp_path: Path) -> Stage:
    """Where commands are typed: the program under test first on PATH, then kubectl, and the entitlement key."""
    program = tmp_path / "bin" / "kubectl-pullsecret"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.join(pullsecret_command())} "$@"\n')
    program.chmod(0o755)
    environment = {
        "PATH": os.pathsep.join([str(program.parent), str(plane.kubectl.parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),  # kubectl keeps a cache there
        "KUBECONFIG": str(plane.admin_kubeconfig),
        "IBM_ENTITLEMENT_KEY": stands.entitled.password,
    }
    console = Console(file=sys.__stdout__, soft_wrap=True, highlight=False)
    return Stage(console, tmp_path, environment)
