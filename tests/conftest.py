"""Fixtures for all tests: a cluster, a node, namespaces, users with few permissions, and the program under test."""

from __future__ import annotations

import os
import re
import secrets
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from control_plane import given, shared
from control_plane.api import Api
from control_plane.given import Cluster, GivenCluster
from control_plane.node import Node
from control_plane.plane import ControlPlane
from control_plane.shared import SharedPlane
from control_plane.versions import is_at_least
from ibmcloud_api.setup import CloudSetup
from namespaces import Namespaces
from openshift.cluster import OpenShift
from program import Program, pullsecret_command
from registry.registry_setup import Registries
from rights import Rights

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from control_plane.api import Object


def pytest_configure() -> None:
    """Handle SIGINT, also in the processes that tests start, even if the tests run in the background of a shell.

    A shell without job control has its background jobs ignore SIGINT, and their children inherit that.
    """
    signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    """Ignore the tests of the standalone programs and packages unless they are named, as in build/binary-test.sh."""
    folders = {"binary", "packages", "portable"}
    is_wanted = any(folders.intersection(Path(argument).parts) for argument in config.args)
    return True if collection_path.name in folders and not is_wanted else None


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out the tests that need a later Kubernetes than the one that is tested against, and say which."""
    needed = {item: mark.args[0] for item in items for mark in item.iter_markers("needs_kubernetes")}
    left_out = [item for item, least in needed.items() if not is_at_least(least)]
    if left_out:
        items[:] = [item for item in items if item not in left_out]
        config.hook.pytest_deselected(items=left_out)
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        if reporter is not None:  # processes that run tests side by side have none
            reporter.write_line("".join(f"left out: {one.nodeid} needs Kubernetes {needed[one]}\n" for one in left_out))


@pytest.fixture(scope="session")
def plane() -> Iterator[Cluster]:
    """The cluster of `$KUBECTL_PULLSECRET_TEST_KUBECONFIG`, one that all processes share, or one for this session."""
    kubeconfig, description = os.environ.get(given.VARIABLE), os.environ.get(shared.VARIABLE)
    if description:
        yield SharedPlane(Path(description))
        return
    with GivenCluster(Path(kubeconfig)) if kubeconfig else ControlPlane() as cluster:
        yield cluster


@pytest.fixture
def own_plane() -> Iterator[ControlPlane]:
    """A cluster for one test alone, which may take its API server away."""
    with ControlPlane() as cluster:
        yield cluster


@pytest.fixture(scope="session")
def api(plane: Cluster) -> Iterator[Api]:
    """The administrator's client, which is independent of the product."""
    with Api(plane.access) as client:
        yield client


@pytest.fixture(scope="session")
def node(plane: Cluster) -> Iterator[Node]:
    """A node for pods with its name as nodeName."""
    with Node(plane.access, f"node-{secrets.token_hex(3)}") as joined:
        yield joined


@pytest.fixture(scope="session")
def registries(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registries]:
    """Real registries with Basic authentication, and with a token server."""
    with Registries(tmp_path_factory.mktemp("registries") / "ground") as running:
        yield running


@pytest.fixture(scope="module")
def cloud_setup(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CloudSetup]:
    """A stand-in for IBM Cloud, and a real registry that accepts the keys that its IAM made."""
    with CloudSetup(tmp_path_factory.mktemp("ibm-cloud")) as running:
        yield running


@pytest.fixture(scope="session")
def openshift(registries: Registries) -> Iterator[OpenShift]:
    """A cluster of its own with what OpenShift has beyond Kubernetes; see tests/openshift/cluster.py."""
    with OpenShift({"SSL_CERT_FILE": str(registries.authority.certificate.path)}) as running:
        yield running


@pytest.fixture
def projects(openshift: OpenShift, request: pytest.FixtureRequest) -> Iterator[Namespaces]:
    """Creates namespaces in the OpenShift cluster, as `namespaces` does in the other one."""
    made = Namespaces(openshift.api, slug_of(request))
    yield made
    made.delete()


@pytest.fixture
def os_restricted(openshift: OpenShift) -> Iterator[Rights]:
    """Creates users of the OpenShift cluster with few permissions, as `restricted` does in the other one."""
    rights = Rights(openshift.plane, openshift.api)
    yield rights
    rights.revoke()


@pytest.fixture(scope="session")
def os_node(openshift: OpenShift) -> Iterator[Node]:
    """A node of the OpenShift cluster."""
    with Node(openshift.plane.access, f"node-{secrets.token_hex(3)}") as joined:
        yield joined


@pytest.fixture
def os_pullsecret(openshift: OpenShift, tmp_path: Path) -> Program:
    """Runs the program in the OpenShift cluster, as the administrator by default."""
    return Program(pullsecret_command(), home_in(tmp_path), openshift.kubeconfig)


@pytest.fixture
def os_kubectl(openshift: OpenShift, tmp_path: Path) -> Program:
    """Runs kubectl in the OpenShift cluster, as the administrator by default."""
    return Program([str(openshift.plane.kubectl)], home_in(tmp_path), openshift.kubeconfig)


@pytest.fixture
def namespaces(api: Api, request: pytest.FixtureRequest) -> Iterator[Namespaces]:
    """Creates namespaces: `namespaces(3, labels={"team": "a"})` gives their names."""
    made = Namespaces(api, slug_of(request))
    yield made
    made.delete()


@pytest.fixture
def namespace(namespaces: Namespaces) -> str:
    """A new namespace, with its default service account."""
    return namespaces(1)[0]


@pytest.fixture
def in_default(api: Api) -> Iterator[Callable[[Object], None]]:
    """Creates secrets in `default`, where all tests see them: give them names and registries of their own."""
    names: list[str] = []

    def create(secret: Object) -> None:
        names.append(secret["metadata"]["name"])
        api.create(secret, "default")

    yield create
    for name in names:
        api.delete("Secret", name, "default")


@pytest.fixture
def restricted(plane: Cluster, api: Api) -> Iterator[Rights]:
    """Creates users with few permissions: `restricted(Grant(rule("get list", "secrets")))` gives a kubeconfig."""
    rights = Rights(plane, api)
    yield rights
    rights.revoke()


@pytest.fixture
def pullsecret(plane: Cluster, tmp_path: Path) -> Program:
    """Runs the program as the administrator by default: `pullsecret("copy", "-n", namespace)`."""
    return Program(pullsecret_command(), home_in(tmp_path), plane.admin_kubeconfig)


@pytest.fixture
def offline(tmp_path: Path) -> Program:
    """Runs the program without a cluster and without a kubeconfig."""
    return Program(pullsecret_command(), home_in(tmp_path))


@pytest.fixture
def kubectl(plane: Cluster, tmp_path: Path) -> Program:
    """Runs kubectl as the administrator by default: `kubectl("get", "secrets", "-n", namespace)`."""
    return Program([str(plane.kubectl)], home_in(tmp_path), plane.admin_kubeconfig)


def slug_of(request: pytest.FixtureRequest) -> str:
    """The beginning of the names of a test's namespaces."""
    return re.sub(r"[^a-z0-9]+", "-", request.node.name.lower().removeprefix("test_"))[:40].strip("-")


def home_in(directory: Path) -> Path:
    """The home directory of a test's programs, empty at first."""
    home = directory / "home"
    home.mkdir(exist_ok=True)
    return home
