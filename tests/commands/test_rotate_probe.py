"""`rotate --canary NS --probe`: a node pulls with the new credential before any other namespace gets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from rotated_cluster import HOST, USERNAME, set_up

from objects import pod
from rights import grants_of
from scheduler import Scheduler

if TYPE_CHECKING:
    from rotated_cluster import Rotated

    from control_plane.api import Api
    from control_plane.node import Node
    from namespaces import Namespaces
    from program import Program
    from rights import Rights

IMAGE = f"{HOST}/acme/web:1"


@pytest.fixture
def scene(api: Api, node: Node, pullsecret: Program, namespaces: Namespaces) -> Rotated:
    """A source and two copies; a pod in the first team uses one."""
    made = set_up(api, pullsecret, namespaces, 2)
    node.accept(USERNAME, made.old)
    api.create(pod("web", IMAGE, node.name, pull_secrets=["icr"]), made.teams[0])
    return made


def test_rotation_goes_on_when_a_node_has_pulled_with_the_new_credential(
    scene: Rotated, api: Api, node: Node, restricted: Rights
) -> None:
    """The user has exactly the permissions that `generate rbac` prints for the command."""
    node.accept(USERNAME, scene.new)
    flags = ("--canary", scene.teams[0], "--probe")
    words = ("rotate", "icr", "--from", scene.home, "-l", f"scene={scene.label}", "--password-env=NEW", *flags)
    scene.program.kubeconfig = restricted(*grants_of(*words))

    with Scheduler(api, node.name, scene.teams[0]):
        result = scene.rotate(*flags)

    assert scene.held_everywhere() == {"home": "new", "0": "new", "1": "new"}
    assert f"note: node {node.name} pulled {IMAGE} with secret/icr in namespace {scene.teams[0]}" in result.stderr
    assert [item["metadata"]["name"] for item in api.list("Pod", scene.teams[0])] == ["web"]


def test_rotation_stops_after_the_canary_when_no_node_pulls_with_the_new_credential(
    scene: Rotated, api: Api, node: Node
) -> None:
    with Scheduler(api, node.name, scene.teams[0]):
        result = scene.rotate("--canary", scene.teams[0], "--probe", expect=1)

    assert scene.held_everywhere() == {"home": "new", "0": "new", "1": "old"}
    assert (
        f"stopped after the canary namespace {scene.teams[0]}: {IMAGE} was not pulled with secret/icr" in result.stderr
    )
    assert [item["metadata"]["name"] for item in api.list("Pod", scene.teams[0])] == ["web"]
    scene.rotate("--undo")
    assert scene.held_everywhere() == {"home": "old", "0": "old", "1": "old"}


def test_rotation_without_an_image_to_pull_is_refused_before_any_write(scene: Rotated) -> None:
    refused = scene.rotate("--canary", scene.teams[1], "--probe", expect=1)
    unnamed = scene.rotate("--probe", expect=1)

    assert "name one with --image" in refused.stderr
    assert unnamed.stderr.startswith("error: --probe requires --canary")
    assert scene.held_everywhere() == {"home": "old", "0": "old", "1": "old"}


def test_pod_that_the_server_refuses_stops_the_rotation_before_any_write(scene: Rotated, api: Api) -> None:
    least = {"type": "Container", "min": {"memory": "1Gi"}}
    api.create({"kind": "LimitRange", "metadata": {"name": "least"}, "spec": {"limits": [least]}}, scene.teams[0])

    refused = scene.rotate("--canary", scene.teams[0], "--probe", expect=1)

    assert "minimum memory usage per Container is 1Gi" in refused.stderr
    assert scene.held_everywhere() == {"home": "old", "0": "old", "1": "old"}
