"""The API server stops answering while doctor --fix writes: it goes on afterwards, and tells what is gone."""

from __future__ import annotations

import secrets
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from faults.faults import forward, reset_after, reset_before
from objects import docker_config_secret, pod, registry_entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from control_plane.api import Api, Object
    from control_plane.node import Node
    from faults.cluster_setup import FaultSetup
    from faults.proxy import Fault, ProxiedRequest

WRITES = {
    "copy": ("POST", "secrets", 0),
    "attach": ("PATCH", "default", 0),
    "delete-pod": ("DELETE", "app", 0),
    "create-pod": ("POST", "pods", 1),
}
"""What --recreate-pods writes for a standalone pod: method, last part of the path, and which of these it is."""


@dataclass(kw_only=True)
class Outage:
    """From a write on, whose answer is lost as well, the server answers nothing for some seconds."""

    write: str
    seconds: float
    fault: Fault
    ends: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: ProxiedRequest) -> Fault:
        with self.lock:
            if not self.ends and (request.method, request.path.rpartition("/")[2], request.nth) == WRITES[self.write]:
                self.ends = time.monotonic() + self.seconds
                return self.fault
        return reset_before if time.monotonic() < self.ends else forward


@pytest.fixture
def team(api: Api, node: Node, namespace: str, in_default: Callable[[Object], None]) -> str:
    """A namespace with a standalone pod that waits for an image; `default` has the credentials."""
    token = secrets.token_hex(4)
    key = registry_entry("puller")
    node.accept("puller", key["password"])
    in_default(docker_config_secret(f"regcred-{token}", {f"fix-{token}.example": key}))
    api.create(pod("app", f"fix-{token}.example/team/app:1", node.name), namespace)
    until(lambda: "ImagePull" in str(api.read("Pod", "app", namespace)["status"]), "a pod that waits")
    return namespace


@pytest.mark.parametrize("fault", [reset_before, reset_after], ids=["unprocessed", "processed"])
@pytest.mark.parametrize("write", WRITES)
def test_doctor_fix_goes_on_after_a_short_outage(
    fault_setup: FaultSetup, api: Api, team: str, write: str, fault: Fault
) -> None:
    outage = Outage(write=write, seconds=2.0, fault=fault)
    with fault_setup.proxy(outage) as proxy:
        result = fault_setup.program(
            "doctor", "-n", team, "--fix", "--recreate-pods", "--yes", kubeconfig=fault_setup.kubeconfig(proxy)
        )

    assert outage.ends, "the outage never began"
    assert result.stdout.splitlines()[-1].endswith(f"in namespace {team} has pulled its images")
    assert api.read("Pod", "app", team)["status"]["phase"] == "Running"


def test_doctor_fix_that_cannot_create_a_pod_again_says_so(fault_setup: FaultSetup, api: Api, team: str) -> None:
    outage = Outage(write="create-pod", seconds=3600.0, fault=reset_before)
    with fault_setup.proxy(outage) as proxy:
        result = fault_setup.program(
            *("doctor", "-n", team, "--fix", "--recreate-pods", "--yes"),
            kubeconfig=fault_setup.kubeconfig(proxy),
            expect=None,
        )

    assert outage.ends, "the outage never began"
    assert result.status == 1
    assert f"pod/app in namespace {team} was deleted and may not have been created again" in result.stderr
    assert '"kind":"Pod"' in result.stderr
    assert api.find("Pod", "app", team) is None
