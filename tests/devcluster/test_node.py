"""The node of the other tests sends credentials as a kubelet does, and records them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from control_plane.node import PUBLIC, Node
from control_plane.waiting import until
from objects import deployment, docker_config_secret, pod, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api, Object

PRIVATE_IMAGE = "reg.example/team/app:1"


def waiting_reason(seen: Object) -> str:
    statuses = seen["status"].get("containerStatuses", [{}])
    reason: str = statuses[0].get("state", {}).get("waiting", {}).get("reason", "")
    return reason


def is_running(seen: Object) -> bool:
    return bool(seen["status"].get("phase") == "Running")


def is_refused(seen: Object) -> bool:
    return waiting_reason(seen) in {"ErrImagePull", "ImagePullBackOff"}


def test_pod_with_the_right_credentials_runs_and_they_are_recorded(api: Api, node: Node, namespace: str) -> None:
    key = registry_entry("puller")
    node.accept("puller", key["password"])
    api.create(docker_config_secret("good", {"reg.example": key}), namespace)

    api.create(pod("app", PRIVATE_IMAGE, node.name, pull_secrets=["good"]), namespace)

    api.wait_for("Pod", "app", namespace, until_it=is_running)
    (pull,) = node.records(namespace)
    assert (pull.image, pull.pod, pull.user, pull.password) == (PRIVATE_IMAGE, "app", "puller", key["password"])
    assert key["password"] not in repr(pull)


def test_pod_with_a_public_image_runs_without_credentials(api: Api, node: Node, namespace: str) -> None:
    api.create(pod("app", f"{PUBLIC}/app:1", node.name), namespace)

    api.wait_for("Pod", "app", namespace, until_it=is_running)
    assert [pull.user for pull in node.records(namespace)] == [""]


def test_pod_with_credentials_that_are_rejected_by_now_does_not_run(api: Api, node: Node, namespace: str) -> None:
    key = registry_entry()
    node.accept("puller", key["password"])
    node.refuse("puller", key["password"])
    api.create(docker_config_secret("revoked", {"reg.example": key}), namespace)

    api.create(pod("app", PRIVATE_IMAGE, node.name, pull_secrets=["revoked"]), namespace)

    seen = api.wait_for("Pod", "app", namespace, until_it=is_refused)
    assert "401 Unauthorized" in seen["status"]["containerStatuses"][0]["state"]["waiting"]["message"]
    assert [pull.password for pull in node.records(namespace)] == [key["password"]]


def test_pod_of_a_deployment_recovers_once_the_secret_of_its_service_account_exists(
    api: Api, node: Node, namespace: str
) -> None:
    key = registry_entry()
    node.accept("puller", key["password"])
    api.patch("ServiceAccount", "default", {"imagePullSecrets": [{"name": "late"}]}, namespace)
    api.create(deployment("app", pod("app", PRIVATE_IMAGE, node.name)), namespace)
    (waiting,) = until(lambda: api.list("Pod", namespace), "the deployment's pod")
    name = waiting["metadata"]["name"]
    api.wait_for("Pod", name, namespace, until_it=is_refused)

    api.create(docker_config_secret("late", {"reg.example": key}), namespace)

    recovered = api.wait_for("Pod", name, namespace, until_it=is_running, within=60)
    assert recovered["metadata"]["uid"] == waiting["metadata"]["uid"]
    pulls = [pull.password for pull in node.records(namespace)]
    assert (pulls[0], pulls[-1]) == ("", key["password"])
