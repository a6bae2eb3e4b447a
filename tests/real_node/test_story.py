"""Deployments on us.icr.io and cp.icr.io that cannot pull, what the program reports, and how it fixes them.

Each test prints the commands that it runs and their output.
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
    from real_node.fake_registries import FakeRegistries
    from real_node.node import FullNode
    from stage import Stage

CANNOT_PULL = {"ErrImagePull", "ImagePullBackOff"}
"""They alternate: the first is there for some seconds after each attempt."""


class FailingDeployments:
    """A namespace with deployments whose images are in registries that require a login."""

    def __init__(self, api: Api, node: FullNode, registries: FakeRegistries, stage: Stage, directory: Path) -> None:
        self.stage = stage
        self.registries = registries
        self._api = api
        self._node = node
        self._directory = directory

    def open(self, namespace: str, **images: str) -> list[Image]:
        """Create the namespace and a deployment for each image, by name, and wait until none can pull."""
        created = [Image(name=name) for name in images.values()]
        self.registries.push(*created)
        self.stage.run(f"kubectl create namespace {namespace}")
        for name, image in images.items():
            body = deployment(name, pod(name, image, self._node.name))
            (self._directory / f"{name}.yaml").write_text(yaml.safe_dump({"apiVersion": "apps/v1", **body}))
            self.stage.run(f"kubectl apply -n {namespace} -f {name}.yaml")
        until(lambda: self._waiting(namespace) == len(created), "every pod to fail", within=40)
        self.stage.run(f"kubectl get pods -n {namespace}")
        return created

    def close(self, namespace: str, *images: Image) -> None:
        """Wait until the deployments are available and the processes of their containers run."""
        self.stage.run(f"kubectl wait -n {namespace} deployment --all --for=condition=Available --timeout=60s")
        self.stage.run(f"kubectl get pods -n {namespace}")
        for image in images:
            (process,) = until(lambda: running(image.command), f"a process of {image.name}")  # noqa: B023
            self.stage.tell(f"The list of processes: {process} {' '.join(image.command)}")

    def _waiting(self, namespace: str) -> int:
        return sum(waiting_reason(pod) in CANNOT_PULL for pod in self._api.list("Pod", namespace))


@pytest.fixture
def deployments(
    api: Api, node: FullNode, registries: FakeRegistries, stage: Stage, tmp_path: Path
) -> FailingDeployments:
    """The deployments of a test."""
    return FailingDeployments(api, node, registries, stage, tmp_path)


@pytest.fixture(scope="module")
def all_icr(api: Api, registries: FakeRegistries) -> None:
    """The secret that IBM Cloud creates in namespace default."""
    api.create(all_icr_io(registries.icr.password), "default")


@pytest.mark.usefixtures("all_icr")
def test_copy_attach_fixes_deployments_on_public_and_private_hosts(deployments: FailingDeployments) -> None:
    deployments.stage.tell("team-a runs images from us.icr.io and private.us.icr.io, and has no credentials for them.")
    images = deployments.open("team-a", web="us.icr.io/acme/web:1", batch="private.us.icr.io/acme/batch:1")
    said = deployments.stage.run("kubectl pullsecret doctor -n team-a", status=1)
    assert "secret/all-icr-io in namespace default" in said
    deployments.stage.tell("Copy the secret to the namespace, and attach it to the service account of the pods.")
    said = deployments.stage.run("kubectl pullsecret copy all-icr-io --to team-a --attach")
    deployments.stage.tell(
        "Run the commands in the output: existing pods do not get the new entry of the service account."
    )
    for command in commands_in(said):
        deployments.stage.run(command)
    deployments.close("team-a", *images)
    deployments.stage.run("kubectl pullsecret doctor -n team-a")


def test_entitled_attach_fixes_a_deployment_on_cp_icr_io(deployments: FailingDeployments) -> None:
    deployments.stage.tell("team-b runs entitled software; the key is in $IBM_ENTITLEMENT_KEY.")
    images = deployments.open("team-b", queue="cp.icr.io/cp/queue:1")
    said = deployments.stage.run("kubectl pullsecret doctor deployment/queue -n team-b", status=1)
    assert "cp.icr.io" in said
    said = deployments.stage.run("kubectl pullsecret entitled -n team-b --attach")
    for command in commands_in(said):
        deployments.stage.run(command)
    deployments.close("team-b", *images)


@pytest.mark.usefixtures("all_icr")
def test_doctor_fix_fixes_a_deployment(deployments: FailingDeployments) -> None:
    deployments.stage.tell("team-c runs doctor --fix.")
    images = deployments.open("team-c", shop="us.icr.io/acme/shop:1")
    deployments.stage.run("kubectl pullsecret doctor deployment/shop -n team-c --fix --yes")
    deployments.close("team-c", *images)


def test_restart_of_a_running_pod_fails_when_its_secret_is_gone(
    deployments: FailingDeployments, api: Api, node: FullNode, registries: FakeRegistries
) -> None:
    deployments.stage.tell("A pod is running. Its secret is deleted, and then its process ends.")
    image = Image(name="us.icr.io/acme/restarted:1")
    registries.push(image)
    deployments.stage.run("kubectl create namespace team-d")
    api.wait_for("ServiceAccount", "default", "team-d")
    secret = docker_config_secret(
        "regcred", {"us.icr.io": registry_entry(registries.icr.user, registries.icr.password)}
    )
    api.create(secret, "team-d")
    body = pod("web", image.name, node.name, pull_secrets=["regcred"], pull_policy="IfNotPresent")
    api.create(body, "team-d")
    deployments.stage.run("kubectl wait -n team-d pod/web --for=condition=Ready --timeout=30s")
    deployments.stage.run("kubectl delete secret regcred -n team-d")
    for process in running(image.command):
        os.kill(process, signal.SIGKILL)
    api.wait_for("Pod", "web", "team-d", until_it=lambda pod: waiting_reason(pod) in CANNOT_PULL, within=60)
    deployments.stage.run("kubectl get pods -n team-d")
    said = deployments.stage.run("kubectl pullsecret doctor -n team-d", status=1)
    assert "regcred" in said
    deployments.stage.tell("The same credentials in a new secret: the pod recovers at the kubelet's next sync.")
    api.create(secret, "team-d")
    until(lambda: running(image.command), "the process to run again", within=60)
    deployments.stage.run("kubectl get pods -n team-d")


def test_image_on_the_node_is_refused_to_pods_without_its_secret(
    deployments: FailingDeployments, api: Api, node: FullNode, registries: FakeRegistries
) -> None:
    deployments.stage.tell(
        "A pod without a secret uses an image that is already on the node (Kubernetes 1.35 and later)."
    )
    image = Image(name="us.icr.io/acme/shared:1")
    registries.push(image)
    deployments.stage.run("kubectl create namespace team-e")
    api.wait_for("ServiceAccount", "default", "team-e")
    api.create(
        docker_config_secret("regcred", {"us.icr.io": registry_entry(registries.icr.user, registries.icr.password)}),
        "team-e",
    )
    api.create(pod("first", image.name, node.name, pull_secrets=["regcred"], pull_policy="IfNotPresent"), "team-e")
    deployments.stage.run("kubectl wait -n team-e pod/first --for=condition=Ready --timeout=30s")
    api.create(pod("second", image.name, node.name, pull_policy="IfNotPresent"), "team-e")
    api.wait_for("Pod", "second", "team-e", until_it=lambda pod: waiting_reason(pod) in CANNOT_PULL)
    deployments.stage.run("kubectl get pods -n team-e")
    said = deployments.stage.run("kubectl pullsecret doctor -n team-e", status=1)
    (fix,) = (line.removeprefix("  Fix:").strip() for line in said.splitlines() if line.startswith("  Fix:"))
    deployments.stage.run(fix)
    deployments.stage.run("kubectl wait -n team-e pod/second --for=condition=Ready --timeout=30s")
