"""The clients that the benchmarks compare do the same work, as a cluster with a few namespaces shows."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING

from bench.bench_cluster import NAME, BenchCluster
from bench.clients import OurClient, RawClient
from bench.comparison import compare
from bench.results import Client, Task
from control_plane.api import Api
from program import Program, pullsecret_command

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Object
    from control_plane.plane import ControlPlane

SIZE = 3


def test_clients_write_the_same_and_leave_nothing(own_plane: ControlPlane, tmp_path: Path) -> None:
    ours = Program(pullsecret_command(), tmp_path, own_plane.admin_kubeconfig)
    kubectl = Program([str(own_plane.kubectl)], tmp_path, own_plane.admin_kubeconfig)
    with closing(BenchCluster(own_plane.access)) as cluster, Api(own_plane.access) as api:
        cluster.grow(SIZE)
        OurClient(ours).copy(cluster)
        by_program = written_in(cluster, api)
        cluster.undo(cluster.names)
        RawClient().copy(cluster)
        assert written_in(cluster, api) == by_program
        cluster.undo(cluster.names)

        ran = compare(cluster, ours, kubectl, rounds=1)

        assert ran.requests(Client.RAW, Task.COPY) == 2 * SIZE
        assert ran.requests(Client.RAW, Task.ROTATE) == SIZE
        assert ran.requests(Client.KUBECTL, Task.COPY) == 4 * SIZE
        assert [copy for name in cluster.names for copy in api.list("Secret", name)] == []


def written_in(cluster: BenchCluster, api: Api) -> list[tuple[Object, Object]]:
    """What each namespace has of the copy and its attachment, without what only the server fills in."""
    found = []
    for name in cluster.names:
        secret, account = api.read("Secret", NAME, name), api.read("ServiceAccount", "default", name)
        marks = {key: secret["metadata"][key] for key in ("labels", "annotations")}
        found.append(({**marks, "type": secret["type"], "data": secret["data"]}, account["imagePullSecrets"]))
    return found
