"""The cluster of the other tests works as they expect."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
from itertools import chain
from typing import TYPE_CHECKING

import pytest

from control_plane.api import Api, ApiError
from control_plane.plane import ControlPlane, free_port
from control_plane.waiting import until
from objects import all_icr_io, docker_config_of, docker_config_secret, registry_entry, rule, service_account
from rights import Grant, Rights

if TYPE_CHECKING:
    from control_plane.given import Cluster
    from namespaces import Namespaces
    from program import Program

START_AND_TELL = """
import sys
from control_plane.node import Node
from control_plane.plane import ControlPlane
with ControlPlane() as plane, Node(plane.access) as node:
    print(*plane.pids, node.pid)
    print(plane.directory, node.directory, flush=True)
    sys.stdin.read()
"""


def is_alive(pid: int) -> bool:
    """Whether a process runs; a zombie does not."""
    state = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, text=True, check=False).stdout
    return bool(state.strip()) and not state.startswith("Z")


def test_namespaces_many_at_once_each_have_a_default_service_account(api: Api, namespaces: Namespaces) -> None:
    names = namespaces(12, labels={"team": "a"})

    assert names == sorted(names)
    labels = [api.read("Namespace", name)["metadata"]["labels"] for name in names]
    assert [label["team"] for label in labels] == ["a"] * 12
    assert all(api.read("ServiceAccount", "default", name) for name in names)


def test_secret_as_ibm_creates_it_is_read_as_it_was_sent(api: Api, namespace: str) -> None:
    sent = all_icr_io()

    api.create(sent, namespace)

    assert docker_config_of(api.read("Secret", "all-icr-io", namespace)) == docker_config_of(sent)
    assert len(docker_config_of(sent)["auths"]) == 26


def test_kubectl_as_administrator_lists_what_the_api_client_created(
    plane: Cluster, kubectl: Program, api: Api, namespace: str
) -> None:
    api.create(docker_config_secret("one", {"reg.example": registry_entry()}), namespace)

    seen = kubectl("get", "secrets", "-o", "name", kubeconfig=plane.admin_kubeconfig_in(namespace))

    assert seen.stdout == "secret/one\n"


def test_patch_of_an_object_keeps_its_other_fields(api: Api, namespace: str) -> None:
    made = api.create(service_account("puller", ["one"]), namespace)

    api.patch("ServiceAccount", "puller", {"metadata": {"labels": {"a": "b"}}}, namespace)

    seen = api.read("ServiceAccount", "puller", namespace)
    assert seen["imagePullSecrets"] == made["imagePullSecrets"] == [{"name": "one"}]
    assert seen["metadata"]["labels"] == {"a": "b"}


def test_user_with_few_permissions_is_refused_everything_else(
    kubectl: Program, namespaces: Namespaces, restricted: Rights
) -> None:
    granted, other = namespaces(2)

    kubeconfig = restricted(
        Grant(rule("list", "namespaces")), Grant(rule("get list", "secrets"), namespace=granted), namespace=granted
    )

    kubectl("get", "namespaces", kubeconfig=kubeconfig)
    kubectl("get", "secrets", kubeconfig=kubeconfig)
    refused = kubectl("get", "secrets", "-n", other, kubeconfig=kubeconfig, expect=1)
    assert refused.stderr.startswith("Error from server (Forbidden): secrets is forbidden: User ")


def test_restarted_apiserver_has_its_address_and_its_objects(own_plane: ControlPlane) -> None:
    address = own_plane.server
    with Api(own_plane.access) as api:
        api.create(docker_config_secret("kept", {"reg.example": registry_entry()}), "default")
        own_plane.stop_apiserver()
        with pytest.raises(ConnectionRefusedError):
            api.read("Secret", "kept", "default")

        own_plane.start_apiserver()

        assert own_plane.server == address
        assert api.read("Secret", "kept", "default")
        with pytest.raises(ApiError, match="404 NotFound"):
            api.read("Secret", "lost", "default")


def test_apiserver_whose_port_is_taken_gets_another(monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = other.getsockname()[1]
        ports = chain([taken], iter(free_port, None))
        monkeypatch.setattr("control_plane.plane.free_port", lambda: next(ports))

        with ControlPlane() as cluster:
            assert cluster.server.startswith("https://127.0.0.1:")
            assert not cluster.server.endswith(f":{taken}")


def test_cluster_whose_python_is_killed_leaves_no_process() -> None:
    command = [sys.executable, "-c", START_AND_TELL]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    with subprocess.Popen(command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as python:
        assert python.stdout
        pids = [int(word) for word in python.stdout.readline().split()]
        directories = python.stdout.readline().split()
        assert len(pids) == 4
        assert all(is_alive(pid) for pid in pids)

        python.send_signal(signal.SIGKILL)

    until(lambda: not any(is_alive(pid) for pid in pids), f"the end of {pids}", within=10)
    for directory in directories:  # files may stay after a SIGKILL, processes may not
        shutil.rmtree(directory)
