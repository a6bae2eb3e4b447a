"""The pod of `verify --probe` is deleted although answers are lost."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from faults.faults import concurrent_change, forward, reset_after, reset_before, slow
from objects import docker_config_secret, registry_entry

if TYPE_CHECKING:
    from faults.cluster_setup import FaultSetup
    from faults.proxy import Fault, ProxiedRequest

LABEL = "kubectl-pullsecret/role=probe"
LOST = {"create": reset_after, "create-refused": reset_before, "delete": reset_after, "delete-refused": reset_before}


@pytest.mark.parametrize("lost", [*LOST, "conflict"])
def test_pod_is_gone_although_the_answer_to_a_request_is_lost(fault_setup: FaultSetup, lost: str) -> None:
    place = fault_setup.namespaces[0]
    name = f"probed-{lost}"
    fault_setup.api.create(docker_config_secret(name, {"r.example": registry_entry()}), place)

    def decide(request: ProxiedRequest) -> Fault:
        is_create = request.method == "POST" and request.nth == 1  # the first one is the dry run
        is_delete = request.method == "DELETE" and request.nth == 0
        if is_delete and lost == "conflict":
            return concurrent_change
        return LOST[lost] if {"create": is_create, "delete": is_delete}.get(lost.partition("-")[0]) else forward

    with fault_setup.proxy(decide) as proxy:
        words = ("verify", name, "--probe", "--image=r.example/a/b:1", "-n", place, "--wait=1s")
        result = fault_setup.program(*words, kubeconfig=fault_setup.kubeconfig(proxy), expect=None)

    assert result.status == 2
    assert ("may be left; it runs nothing" in result.stderr) == (lost == "create-refused")
    assert fault_setup.api.list("Pod", place, labelSelector=LABEL) == []


def test_second_signal_ends_at_once_and_says_which_pod_is_left(fault_setup: FaultSetup) -> None:
    place = fault_setup.namespaces[0]
    fault_setup.api.create(docker_config_secret("probed-left", {"r.example": registry_entry()}), place)

    def decide(request: ProxiedRequest) -> Fault:
        return slow(60.0) if request.method == "DELETE" else forward

    def is_ended() -> bool:
        process.send_signal(signal.SIGINT)
        return process.poll() is not None

    words = ("verify", "probed-left", "--probe", "--image=r.example/a/b:1", "-n", place)
    with (
        fault_setup.proxy(decide) as proxy,
        fault_setup.program.start(*words, kubeconfig=fault_setup.kubeconfig(proxy)) as process,
    ):
        (left,) = until(lambda: fault_setup.api.list("Pod", place, labelSelector=LABEL), "the pod")
        process.send_signal(signal.SIGINT)
        until(lambda: proxy.writes[-1].method == "DELETE", "its deletion to hang")
        until(is_ended, "the end of the process")
        stderr = process.communicate(timeout=30)[1]

    assert process.returncode == 130
    name = left["metadata"]["name"]
    assert f"warning: pod/{name} in namespace {place} may be left; it runs nothing, and ends by its deadline" in stderr
    fault_setup.api.delete("Pod", name, place)
