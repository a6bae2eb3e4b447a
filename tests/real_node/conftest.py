"""Fixtures for the cluster, the node and the registries in the box; others are in tests/conftest.py."""

from __future__ import annotations

import os
import shlex
import sys
from typing import TYPE_CHECKING

import pytest
from rich.console import Console

from program import pullsecret_command
from real_node.box import NAME
from real_node.cluster_setup import Setup, running_setup
from stage import Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from control_plane.plane import ControlPlane
    from real_node.fake_registries import FakeRegistries
    from real_node.node import FullNode


def pytest_collection_modifyitems() -> None:
    """Fail with the right command outside of a box."""
    if NAME not in os.environ:
        raise pytest.UsageError("the tests of tests/real_node run in a box of their own: ./build/real-node.sh")


def pytest_report_teststatus(report: pytest.CollectReport | pytest.TestReport) -> tuple[str, str, str] | None:
    """Print no dot for a test that passed: its commands and their output are enough."""
    return ("passed", "", "PASSED") if report.when == "call" and report.passed else None


@pytest.fixture(scope="session")
def setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Setup]:
    """Everything, in a directory in the box."""
    with running_setup(tmp_path_factory.mktemp("setup")) as setup:
        yield setup


@pytest.fixture(scope="session")
def plane(setup: Setup) -> ControlPlane:
    """The cluster."""
    return setup.plane


@pytest.fixture(scope="session")
def node(setup: Setup) -> FullNode:
    """The node."""
    return setup.node


@pytest.fixture(scope="session")
def registries(setup: Setup) -> FakeRegistries:
    """The registries."""
    return setup.registries


@pytest.fixture
def stage(plane: ControlPlane, registries: FakeRegistries, tmp_path: Path) -> Stage:
    """The shell for commands: the program under test first on PATH, then kubectl, and the entitlement key."""
    program = tmp_path / "bin" / "kubectl-pullsecret"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.join(pullsecret_command())} "$@"\n')
    program.chmod(0o755)
    environment = {
        "PATH": os.pathsep.join([str(program.parent), str(plane.kubectl.parent), os.environ["PATH"]]),
        "HOME": str(tmp_path),  # kubectl keeps a cache there
        "KUBECONFIG": str(plane.admin_kubeconfig),
        "IBM_ENTITLEMENT_KEY": registries.entitled.password,
    }
    console = Console(file=sys.__stdout__, soft_wrap=True, highlight=False)
    return Stage(console, tmp_path, environment)
