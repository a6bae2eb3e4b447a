"""What a command says of the pods that wait for an image, and what then becomes of them on a real kubelet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from objects import docker_config_secret, encoded, made_up_password, pod, registry_entry

if TYPE_CHECKING:
    from control_plane.api import Api, Object
    from control_plane.node import Node
    from namespaces import Namespaces
    from program import Program

IMAGE = "reg.example/team/app:1"
SOON = "waits for an image and comes up by itself at its next attempt, within about five minutes"
NEVER = "will not come up by itself"


def reason_of(seen: Object) -> str:
    """Why a pod's container waits; empty before the kubelet saw it, and when it runs."""
    statuses = seen["status"].get("containerStatuses", [{}])
    reason: str = statuses[0].get("state", {}).get("waiting", {}).get("reason", "")
    return reason


def has_a_reason(seen: Object) -> bool:
    return reason_of(seen) not in {"", "ContainerCreating"}


def is_running(seen: Object) -> bool:
    return bool(seen["status"].get("phase") == "Running")


def is_waiting_for_its_image(seen: Object) -> bool:
    return reason_of(seen) in {"ErrImagePull", "ImagePullBackOff"}


def broken_secret(name: str) -> Object:
    """A pull secret that the API server takes and the kubelet cannot parse: its `auth` has no colon."""
    return docker_config_secret(name, {"reg.example": {"auth": encoded(made_up_password())}})


def test_copy_heals_pods_that_name_the_secret_and_says_which_it_cannot_heal(
    api: Api, node: Node, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    key = registry_entry("robot")
    node.accept("robot", key["password"])
    for name in ("late", "broken"):
        api.create(docker_config_secret(name, {"reg.example": key}), home)
    api.create(broken_secret("broken"), team)
    api.create(pod("names-it", IMAGE, node.name, pull_secrets=["late"]), team)
    api.create(pod("names-a-broken-one", IMAGE, node.name, pull_secrets=["broken"]), team)
    api.create(pod("made-before", IMAGE, node.name), team)
    for name in ("names-it", "made-before"):
        api.wait_for("Pod", name, team, until_it=is_waiting_for_its_image)
    stopped = api.wait_for("Pod", "names-a-broken-one", team, until_it=has_a_reason)
    before = len(attempts(node, team, "made-before"))

    result = pullsecret("copy", "late", "broken", "--from", home, "-n", team, "--overwrite", "--attach")

    assert reason_of(stopped).startswith("unable to parse auth field")
    told = set(result.stderr.splitlines())
    assert f"pod/names-it in namespace {team} {SOON}" in told
    assert f"pod/names-a-broken-one in namespace {team} {SOON}" in told
    assert any(line.startswith(f"pod/made-before in namespace {team} {NEVER}") for line in told)
    for name in ("names-it", "names-a-broken-one"):
        api.wait_for("Pod", name, team, until_it=is_running, within=90)
        assert attempts(node, team, name)[-1] == key["password"]
    until(
        lambda: len(attempts(node, team, "made-before")) > before, "another attempt of the pod made before", within=90
    )
    assert set(attempts(node, team, "made-before")) == {""}
    assert is_waiting_for_its_image(api.read("Pod", "made-before", team))


def attempts(node: Node, namespace: str, name: str) -> list[str]:
    """The passwords that the kubelet sent for a pod, "" for none, oldest first."""
    return [pull.password for pull in node.records(namespace) if pull.pod == name]


def test_pod_made_after_attach_runs_with_the_right_credential(
    api: Api, node: Node, pullsecret: Program, namespace: str
) -> None:
    key = registry_entry("robot")
    node.accept("robot", key["password"])
    api.create(docker_config_secret("good", {"reg.example": key}), namespace)

    result = pullsecret("attach", "good", "-n", namespace)
    api.create(pod("app", IMAGE, node.name), namespace)

    api.wait_for("Pod", "app", namespace, until_it=is_running)
    assert attempts(node, namespace, "app") == [key["password"]]
    assert result.stderr == ""


def test_attach_tells_that_a_pod_which_names_the_secret_comes_up_by_itself(
    api: Api, node: Node, pullsecret: Program, namespace: str
) -> None:
    api.create(pod("app", IMAGE, node.name, pull_secrets=["good"]), namespace)
    api.wait_for("Pod", "app", namespace, until_it=is_waiting_for_its_image)
    api.create(docker_config_secret("good", {"reg.example": registry_entry()}), namespace)

    result = pullsecret("attach", "good", "-n", namespace)

    assert result.stderr == f"pod/app in namespace {namespace} {SOON}\n"


PASSED_OVER = {
    "another-registry": {"image": "other.example/team/app:1"},
    "another-path": {"image": "reg.example/other/app:1"},
    "another-account": {"image": IMAGE, "serviceAccountName": "robot"},
}


@pytest.mark.parametrize("spec", PASSED_OVER.values(), ids=PASSED_OVER.keys())
def test_attach_says_nothing_of_pods_that_the_secret_does_not_help(
    spec: dict[str, str], api: Api, node: Node, pullsecret: Program, namespace: str
) -> None:
    api.create({"kind": "ServiceAccount", "metadata": {"name": "robot"}}, namespace)
    api.create(docker_config_secret("good", {"reg.example/team": registry_entry()}), namespace)
    rest = {key: value for key, value in spec.items() if key != "image"}
    api.create(pod("app", spec["image"], node.name, **rest), namespace)
    api.wait_for("Pod", "app", namespace, until_it=is_waiting_for_its_image)

    result = pullsecret("attach", "good", "-n", namespace)

    assert result.stderr == ""


def test_copy_that_changes_nothing_promises_nothing(
    api: Api, node: Node, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(docker_config_secret("stale", {"reg.example": registry_entry()}), home)
    pullsecret("copy", "stale", "--from", home, "-n", team)
    api.create(pod("app", IMAGE, node.name, pull_secrets=["stale"]), team)
    api.wait_for("Pod", "app", team, until_it=is_waiting_for_its_image)

    result = pullsecret("copy", "stale", "--from", home, "-n", team)

    assert result.stdout == f"secret/stale unchanged in namespace {team}\n"
    assert result.stderr == ""


def test_copy_of_a_broken_secret_promises_nothing(
    api: Api, node: Node, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(broken_secret("broken"), home)
    api.create(broken_secret("broken"), team)
    api.create(pod("app", IMAGE, node.name, pull_secrets=["broken"]), team)
    api.wait_for("Pod", "app", team, until_it=has_a_reason)

    result = pullsecret("copy", "broken", "--from", home, "-n", team, "--overwrite")

    assert result.stderr.startswith(f"warning: secret/broken in namespace {home} is malformed")
    assert SOON not in result.stderr


def test_dry_run_tells_nothing_of_pods(api: Api, node: Node, pullsecret: Program, namespace: str) -> None:
    api.create(docker_config_secret("good", {"reg.example": registry_entry()}), namespace)
    api.create(pod("app", IMAGE, node.name), namespace)
    api.wait_for("Pod", "app", namespace, until_it=is_waiting_for_its_image)

    result = pullsecret("attach", "good", "-n", namespace, "--dry-run=server")

    assert result.stderr == ""
