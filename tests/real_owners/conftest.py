"""Programs for stories of owners, and the table that a run ends with."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from objects import all_icr_io
from owners.programs import FLUX, HELM
from program import Program
from real_owners.ours import Ours
from real_owners.table import Table

if TYPE_CHECKING:
    from control_plane.api import Api
    from control_plane.given import Cluster

TABLE = Table()


@pytest.fixture(scope="session")
def table() -> Table:
    """The table of this run."""
    return TABLE


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print the table."""
    terminalreporter.section("what each party did")
    for line in TABLE.lines():
        terminalreporter.line(line)


@pytest.fixture(scope="module")
def kubectl_of_module(plane: Cluster, tmp_path_factory: pytest.TempPathFactory) -> Program:
    """Runs kubectl as the administrator, for what all tests of a module share."""
    return Program([str(plane.kubectl)], tmp_path_factory.mktemp("home"), plane.admin_kubeconfig)


@pytest.fixture
def ours(pullsecret: Program, api: Api, table: Table, namespace: str) -> Ours:
    """Our program in a new namespace, which has the pull secret of IBM Cloud."""
    api.create(all_icr_io(), namespace)
    return Ours(pullsecret=pullsecret, api=api, table=table, namespace=namespace)


@pytest.fixture
def helm(pullsecret: Program) -> Program:
    """Runs Helm as the administrator: `helm("upgrade", "shop", chart, "-n", namespace)`."""
    return Program([str(HELM.built())], pullsecret.home, pullsecret.kubeconfig)


@pytest.fixture
def flux(pullsecret: Program) -> Program:
    """Applies a manifest as Flux does: `flux(namespace, "shop", input=manifest)`."""
    return Program([str(FLUX.built())], pullsecret.home, pullsecret.kubeconfig)
