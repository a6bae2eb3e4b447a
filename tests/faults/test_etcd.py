"""etcd is full, or forgets the revision of a list that is being read."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from control_plane.api import Api
from control_plane.plane import ControlPlane
from faults.etcd import Etcd
from faults.faults import forward
from faults.jobs import Before
from namespaces import Namespaces
from objects import docker_config_secret, registry_entry

if TYPE_CHECKING:
    from collections.abc import Iterator

    from faults.cluster_setup import FaultSetup
    from faults.proxy import Exchange, Fault, ProxiedRequest

NO_SPACE = "Error from server: etcdserver: mvcc: database space exceeded"
SECRETS = 1100
"""Three pages of a list."""
SOON = 30.0
"""Seconds: the patience with a server that fails, and some more for a busy machine."""


@pytest.fixture(scope="module")
def etcd_plane() -> Iterator[ControlPlane]:
    """A cluster for these tests alone, whose API server reads later pages from etcd."""
    with ControlPlane("--feature-gates=ListFromCacheSnapshot=false") as plane:
        yield plane


@pytest.fixture(scope="module")
def etcd_api(etcd_plane: ControlPlane) -> Iterator[Api]:
    with Api(etcd_plane.access) as api:
        yield api


@pytest.fixture(scope="module")
def etcd_namespaces(etcd_api: Api) -> list[str]:
    return Namespaces(etcd_api, "etcd")(9)


@pytest.fixture
def etcd(etcd_plane: ControlPlane) -> Etcd:
    return Etcd(etcd_plane)


@pytest.fixture
def setup(fault_setup: FaultSetup, etcd_plane: ControlPlane, etcd_api: Api, etcd_namespaces: list[str]) -> FaultSetup:
    """That cluster, reachable through proxies."""
    return replace(fault_setup, plane=etcd_plane, api=etcd_api, namespaces=etcd_namespaces)


@pytest.mark.parametrize("command", ["copy", "create", "recreate", "attach"])
def test_run_ends_soon_and_changes_nothing_while_etcd_is_full(setup: FaultSetup, etcd: Etcd, command: str) -> None:
    before = {"recreate": Before.IMMUTABLE, "attach": Before.STALE}.get(command, Before.NOTHING)
    job = setup.job(command, f"full-{command}", dict.fromkeys(setup.namespaces[:5], before))
    was = setup.create_objects(job)

    with etcd.without_space():
        began = time.monotonic()
        result = setup.run(job, "--request-timeout=3s")
        seconds = time.monotonic() - began

    lines = [line for line in result.stderr.splitlines() if "database space exceeded" in line]
    assert result.status == 1
    assert lines == [f"error: 5 namespaces: {NO_SPACE}"], result.stderr
    assert seconds < SOON
    assert setup.snapshot(job) == was
    setup.complete(job, was)


def test_secret_is_kept_in_its_sibling_when_etcd_is_full_after_its_deletion(setup: FaultSetup, etcd: Etcd) -> None:
    job = setup.job("recreate", "full-later", {setup.namespaces[0]: Before.IMMUTABLE})
    was = setup.create_objects(job)

    def fill(exchange: Exchange) -> None:
        etcd.raise_alarm()
        forward(exchange)

    def decide(request: ProxiedRequest) -> Fault:
        return fill if (request.method, request.nth) == ("DELETE", 1) else forward

    try:
        with setup.proxy(decide) as proxy:
            result = setup.run(job, "--request-timeout=3s", proxy=proxy)
    finally:
        etcd.end_alarm()
    now = setup.snapshot(job)

    (kept,) = now.siblings.values()
    assert kept["data"] == was.secrets[setup.namespaces[0]]["data"]
    assert f"the previous secret/full-later is kept in secret/{kept['metadata']['name']} in " in result.stderr
    assert NO_SPACE in result.stderr
    setup.complete(job, was)


@pytest.fixture(scope="module")
def many_secrets(etcd_api: Api) -> list[str]:
    """The names of so many pull secrets that a list has several pages."""
    (namespace,) = Namespaces(etcd_api, "pages")(1)
    names = [f"page-{number:04}" for number in range(SECRETS)]
    secret = docker_config_secret("any", {"reg.example": registry_entry()})
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda name: etcd_api.create({**secret, "metadata": {"name": name}}, namespace), names))
    return [namespace, *names]


def test_list_whose_revision_etcd_forgets_is_read_again_and_complete(
    setup: FaultSetup, etcd: Etcd, many_secrets: list[str]
) -> None:
    namespace, *names = many_secrets
    expired: list[int] = []

    def forget(exchange: Exchange) -> None:
        setup.api.create(docker_config_secret(f"newer-{len(expired)}", {}), setup.namespaces[0])
        etcd.compact()
        answer = exchange.forward()
        expired.append(int(answer.status.split()[0]))
        exchange.reply(answer)

    def decide(request: ProxiedRequest) -> Fault:
        is_second_page = request.path.endswith(f"/{namespace}/secrets") and "continue=" in request.query
        return forget if is_second_page and not expired else forward

    with setup.proxy(decide) as proxy:
        result = setup.program("list", "-n", namespace, "-o", "name", kubeconfig=setup.kubeconfig(proxy))

    assert expired == [410]
    assert result.stdout.split() == [f"secret/{name}" for name in names]
    assert result.stderr == ""
