"""The story of docs/guides/rotate-a-key.md: what it shows is what these commands print on a real node.

`KUBECTL_PULLSECRET_UPDATE_GOLDEN=1 build/real-node.sh` writes what they print now into the guide.
"""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from objects import deployment, docker_config_secret, pod, registry_entry
from real_node.fake_registries import TEAM_HOSTS, Login
from real_node.image import Image
from scheduler import Scheduler
from shown_output import assert_shown

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from real_node.fake_registries import FakeRegistries
    from real_node.node import FullNode
    from stage import Stage

IMAGES = {
    "billing": ("registry.example.com/shop/billing:1",),
    "shop": ("registry.example.com/shop/web:1", "registry.example.org/tools/cache:1"),
    "stock": ("registry.example.org/shop/stock:1",),
}
"""The images by namespace; a deployment has the name of its image."""
ROTATE = "kubectl pullsecret rotate registry-robot -A --username robot-2 --password-env NEW_PASSWORD"
PROBED = "Error: container has runAsNonRoot and image will run as root"
"""What the kubelet says of a pod of --probe after it has pulled an image of root."""
CAREFULLY = f"{ROTATE} --canary shop --probe --yes"


class Team:
    """Three namespaces with deployments, whose registries have one login, and a shell with the new password."""

    def __init__(self, api: Api, node: FullNode, registries: FakeRegistries, stage: Stage) -> None:
        self.api, self.node, self.registries = api, node, registries
        self.new = Login(user="robot-2")
        # The box has no CA bundle with the registries' authority, as the administrator's machine would.
        trust = {"SSL_CERT_FILE": str(registries.authority)}
        self.stage = stage.with_variables(NEW_PASSWORD=self.new.password, **trust)

    def open(self) -> None:
        """Create the source, its copies, attached, and the deployments, and wait until all pods run."""
        login = self.registries.robot
        entry = registry_entry(login.user, login.password)
        self.api.create(docker_config_secret("registry-robot", dict.fromkeys(TEAM_HOSTS, entry)), "default")
        for namespace in IMAGES:
            self.stage.ask(f"kubectl create namespace {namespace}")
        self.stage.ask(f"kubectl pullsecret copy registry-robot --to {','.join(IMAGES)} --attach")
        for namespace, images in IMAGES.items():
            for image in images:
                self.registries.push(Image(name=image))
                name = image.rpartition("/")[2].partition(":")[0]
                self.api.create(deployment(name, pod(name, image, self.node.name)), namespace)
        self.wait()

    def wait(self) -> None:
        """Wait until every pod runs, and those before it are gone."""
        count = sum(map(len, IMAGES.values()))
        until(lambda: [runs(pod) for pod in self.pods()] == [True] * count, "all pods to run", within=60)

    def pods(self) -> list[Object]:
        return [pod for namespace in IMAGES for pod in self.api.list("Pod", namespace)]

    def messages(self, reason: str) -> list[str]:
        """The messages of the pods' events with a reason, in all namespaces."""
        found = [event for namespace in IMAGES for event in self.api.list("Event", namespace)]
        return [event["message"] for event in found if event["reason"] == reason]

    def show(self, name: str, *commands: str, status: int = 0) -> str:
        """Run commands, and compare the guide's block of this name with what they print."""
        said = [f"$ {command}\n{self.stage.run(command, status=status)}" for command in commands]
        text = "\n".join(said)
        assert_shown(name, text, {})
        return text

    def probes(self) -> list[Object]:
        return self.api.list("Pod", labelSelector="kubectl-pullsecret/role=probe")


def runs(body: Object) -> bool:
    """Whether a pod runs, and is not going to end."""
    statuses = body["status"].get("containerStatuses", [])
    return "deletionTimestamp" not in body["metadata"] and bool(statuses) and "running" in statuses[0]["state"]


@pytest.fixture
def team(api: Api, node: FullNode, registries: FakeRegistries, stage: Stage) -> Team:
    """The team, whose pods run."""
    made = Team(api, node, registries, stage)
    made.open()
    return made


def test_rotation_with_an_interruption_and_the_old_key_revoked_loses_no_pull(team: Team) -> None:
    team.stage.tell("Four deployments in three namespaces pull from two registries, with one key, which is rotated.")
    team.registries.accept(team.registries.robot, team.new)
    team.show("rotate_before", "kubectl pullsecret list registry-robot -A")
    team.show("rotate_dry_run", f"{ROTATE} --dry-run=server")

    team.stage.tell("Ctrl-C, while the pod of --probe waits for its node.")
    said = team.stage.run_interrupted(CAREFULLY, signal.SIGINT, team.probes)
    begun, skipped, rest = said.partition("note: skipped")
    assert_shown("rotate_interrupted", f"$ {CAREFULLY}\n{begun}^C\n{skipped}{rest}", {})
    assert team.probes() == []
    team.show("rotate_status", "kubectl pullsecret rotate registry-robot -A --status")
    team.stage.tell("Meanwhile a pod starts in a namespace that has the old key still: it pulls.")
    team.stage.run("kubectl delete pod -n stock --all")
    team.wait()

    with Scheduler(team.api, team.node.name, "shop"):
        team.show("rotate_again", CAREFULLY)
    assert team.probes() == []
    team.stage.tell("The registries forget the old login.")
    team.registries.accept(team.new)
    restarts = [f"kubectl rollout restart deployment -n {namespace}" for namespace in IMAGES]
    before = {pod["metadata"]["uid"] for pod in team.pods()}
    for command in restarts:
        team.stage.run(command)
    until(lambda: before.isdisjoint(pod["metadata"]["uid"] for pod in team.pods()), "all pods to be new", within=60)
    team.wait()
    team.show("rotate_verified", "kubectl pullsecret verify registry-robot -A")
    team.show("rotate_finished", "kubectl pullsecret rotate registry-robot -A --finish")
    team.stage.run("kubectl get pods -A")
    assert len(team.messages("Started")) == 2 * 4 + 1
    assert not [text for text in team.messages("Failed") if not text.startswith(PROBED)], "a pod lost a pull"
