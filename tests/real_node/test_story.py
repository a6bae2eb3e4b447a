"""Deployments on us.icr.io and cp.icr.io that cannot pull, what the program says about them, and how it mends them.

Each test is a scene: what is typed is shown, and what that said.
"""

from __future__ import annotations

import os
import signal
from typing import TYPE_CHECKING

import pytest
import yaml

from control_plane.waiting import until
from objects import all_icr_io, deployment, docker_config_secret, pod, registry_entry
from real_node.image import Image
from real_node.node import waiting_reason
from real_node.processes import running
from stage import commands_in

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from real_node.fake_registries import Stands
    from real_node.node import FullNode
    from stage import Stage

CANNOT_PULL = {"ErrImagePull", "ImagePullBackOff"}
"""In turn: the first for some seconds after each attempt."""


class ObservedNamespaces:
    """A namespace with deployments whose images lie in registries that let nobody in without a login."""

    def __init__(self, api: Api, node: FullNode, stands: Stands, stage: Stage, directory: Path) -> None:
        self.stage = stage
        self.stands = stands
        self._api = api
        self._node = node
        self._directory = directory

    def open(self, namespace: str, **images: str) -> list[Image]:
        """Type in the namespace and a deployment for each image, by name, and wait until none of them can pull."""
        made = [Image(name=name) for name in images.values()]
        self.stands.hold(*made)
        self.stage.run(f"kubectl create namespace {namespace}")
        for name, image in images.items():
            body = deployment(name, pod(name, image, self._node.name))
            (self._directory / f"{name}.yaml").write_text(yaml.safe_dump({"apiVersion": "apps/v1", **body}))
            self.stage.run(f"kubectl apply -n {namespace} -f {name}.yaml")
        until(lambda: self._waiting(namespace) == len(made), "every pod to fail", within=40)
        self.stage.run(f"kubectl get pods -n {namespace}")
        return made

    def close(self, namespace: str, *images: Image) -> None:
        """See that the deployments are well, and that the processes of their containers run."""
        self.stage.run(f"kubectl wait -n {namespace} deployment --all --for=condition=Available --timeout=60s")
        self.stage.run(f"kubectl get pods -n {namespace}")
        for image in images:
            (process,) = until(lambda: running(image.command), f"a process of {image.name}")  # noqa: B023
            self.stage.tell(f"The list of processes: {process} {' '.join(image.command)}")

    def _waiting(self, namespace: str) -> int:
        return sum(waiting_reason(pod) in CANNOT_PULL for pod in self._api.list("Pod", namespace))


@pytest.fixture
def observed(api: Api, node: FullNode, stands: Stands, stage: Stage, tmp_path: Path) -> ObservedNamespaces:
    """Where a test plays."""
    return ObservedNamespaces(api, node, stands, stage, tmp_path)


@pytest.fixture(scope="module")
def all_icr(api: Api, stands: Stands) -> None:
    """The secret that IBM Cloud puts into namespace default."""
    api.create(all_icr_io(stands.icr.password), "default")


@pytest.mark.usefixtures("all_icr")
def test_copy_attach_heals_deployments_on_public_and_private_hosts(observed: ObservedNamespaces) -> None:
    observed.stage.tell("team-a runs images of us.icr.io and private.us.icr.io, and has no credential for them.")
    images = observed.open("team-a", web="us.icr.io/acme/web:1", batch="private.us.icr.io/acme/batch:1")
    said = observed.stage.run("kubectl pullsecret doctor -n team-a", status=1)
    assert "secret/all-icr-io in namespace default" in said
    observed.stage.tell("The secret into the namespace, and its name on the service account that pods use.")
    said = observed.stage.run("kubectl pullsecret copy all-icr-io --to team-a --attach")
    observed.stage.tell("The commands that this named: pods made before never get the service account's new entry.")
    for command in commands_in(said):
        observed.stage.run(command)
    observed.close("team-a", *images)
    observed.stage.run("kubectl pullsecret doctor -n team-a")


def test_entitled_attach_heals_a_deployment_on_cp_icr_io(observed: ObservedNamespaces) -> None:
    observed.stage.tell("team-b runs entitled software; the key is in $IBM_ENTITLEMENT_KEY.")
    images = observed.open("team-b", queue="cp.icr.io/cp/queue:1")
    said = observed.stage.run("kubectl pullsecret doctor deployment/queue -n team-b", status=1)
    assert "cp.icr.io" in said
    said = observed.stage.run("kubectl pullsecret entitled -n team-b --attach")
    for command in commands_in(said):
        observed.stage.run(command)
    observed.close("team-b", *images)


@pytest.mark.usefixtures("all_icr")
def test_doctor_fix_heals_a_deployment(observed: ObservedNamespaces) -> None:
    observed.stage.tell("team-c leaves it to doctor.")
    images = observed.open("team-c", shop="us.icr.io/acme/shop:1")
    observed.stage.run("kubectl pullsecret doctor deployment/shop -n team-c --fix")
    observed.close("team-c", *images)


def test_restart_of_a_running_pod_fails_when_its_secret_is_gone(
    observed: ObservedNamespaces, api: Api, node: FullNode, stands: Stands
) -> None:
    observed.stage.tell("A pod runs. Its secret is deleted, and then its process dies.")
    image = Image(name="us.icr.io/acme/restarted:1")
    stands.hold(image)
    observed.stage.run("kubectl create namespace team-d")
    api.wait_for("ServiceAccount", "default", "team-d")
    secret = docker_config_secret("regcred", {"us.icr.io": registry_entry(stands.icr.user, stands.icr.password)})
    api.create(secret, "team-d")
    body = pod("web", image.name, node.name, pull_secrets=["regcred"], pull_policy="IfNotPresent")
    api.create(body, "team-d")
    observed.stage.run("kubectl wait -n team-d pod/web --for=condition=Ready --timeout=30s")
    observed.stage.run("kubectl delete secret regcred -n team-d")
    for process in running(image.command):
        os.kill(process, signal.SIGKILL)
    api.wait_for("Pod", "web", "team-d", until_it=lambda pod: waiting_reason(pod) in CANNOT_PULL, within=60)
    observed.stage.run("kubectl get pods -n team-d")
    said = observed.stage.run("kubectl pullsecret doctor -n team-d", status=1)
    assert "regcred" in said
    observed.stage.tell("The same credential in a new secret: the pod is back at the kubelet's next look.")
    api.create(secret, "team-d")
    until(lambda: running(image.command), "the process to run again", within=60)
    observed.stage.run("kubectl get pods -n team-d")


def test_image_on_the_node_is_not_for_pods_without_its_secret(
    observed: ObservedNamespaces, api: Api, node: FullNode, stands: Stands
) -> None:
    observed.stage.tell(
        "An image that is on the node already, for a pod that has no secret for it (Kubernetes 1.35 and later)."
    )
    image = Image(name="us.icr.io/acme/shared:1")
    stands.hold(image)
    observed.stage.run("kubectl create namespace team-e")
    api.wait_for("ServiceAccount", "default", "team-e")
    api.create(
        docker_config_secret("regcred", {"us.icr.io": registry_entry(stands.icr.user, stands.icr.password)}), "team-e"
    )
    api.create(pod("first", image.name, node.name, pull_secrets=["regcred"], pull_policy="IfNotPresent"), "team-e")
    observed.stage.run("kubectl wait -n team-e pod/first --for=condition=Ready --timeout=30s")
    api.create(pod("second", image.name, node.name, pull_policy="IfNotPresent"), "team-e")
    api.wait_for("Pod", "second", "team-e", until_it=lambda pod: waiting_reason(pod) in CANNOT_PULL)
    observed.stage.run("kubectl get pods -n team-e")
    said = observed.stage.run("kubectl pullsecret doctor -n team-e", status=1)
    (remedy,) = (line.removeprefix("  do:").strip() for line in said.splitlines() if line.startswith("  do:"))
    observed.stage.run(remedy)
    observed.stage.run("kubectl wait -n team-e pod/second --for=condition=Ready --timeout=30s")
