"""`verify --probe` on a node that really pulls: what proves a pull, and that nothing of the image runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from objects import docker_config_secret, registry_entry
from real_node.image import Image
from real_node.processes import running
from scheduler import Scheduler

if TYPE_CHECKING:
    from control_plane.api import Api
    from real_node.fake_registries import FakeRegistries
    from real_node.node import FullNode
    from stage import Stage


def test_probe_proves_a_pull_and_runs_nothing(
    api: Api, node: FullNode, registries: FakeRegistries, stage: Stage
) -> None:
    stage.tell("team-p has the right key for us.icr.io in one secret, and a wrong one in another.")
    image, of_user = Image(name="us.icr.io/acme/probed:1"), Image(name="us.icr.io/acme/of-user:1", user="65534")
    registries.push(image, of_user)
    stage.run("kubectl create namespace team-p")
    stage.run("kubectl label namespace team-p pod-security.kubernetes.io/enforce=restricted")
    for name, password in (("good", registries.icr.password), ("wrong", "")):
        entry = registry_entry(registries.icr.user, password or None)
        api.create(docker_config_secret(name, {"us.icr.io": entry}), "team-p")
    api.wait_for("ServiceAccount", "default", "team-p")
    with Scheduler(api, node.name, "team-p"):
        good = stage.run(f"kubectl pullsecret verify good --probe --image {image.name} -n team-p")
        other = stage.run(f"kubectl pullsecret verify good --probe --image {of_user.name} -n team-p")
        wrong = stage.run(f"kubectl pullsecret verify wrong --probe --image {image.name} -n team-p", status=1)
    assert "pulled: by node node" in good
    assert "pulled: by node node" in other
    assert "pull failed: " in wrong
    assert "401 Unauthorized" in wrong
    events = api.list("Event", "team-p", fieldSelector="involvedObject.kind=Pod")
    assert any(event["message"].startswith("Successfully pulled image") for event in events)
    assert not [event for event in events if event["reason"] == "Started"]
    messages = " ".join(event["message"] for event in events)
    assert "container has runAsNonRoot and image will run as root" in messages
    assert "/kubectl-pullsecret/this-command-does-not-exist: no such file or directory" in messages
    assert not running(image.command) + running(of_user.command)
    stage.run("kubectl get pods -n team-p")
    assert not api.list("Pod", "team-p")
