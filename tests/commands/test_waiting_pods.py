"""The hints for pods that wait for an image, and what then becomes of them on a real kubelet."""

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
SOON = "is waiting for an image and will recover at its next attempt, within about 5 minutes"
NEVER = "will not recover on its own"


def reason_of(seen: Object) -> str:
    """Why a pod's container waits; empty before the kubelet has seen it, and when it runs."""
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
    """A pull secret that the API server accepts and the kubelet cannot parse: its `auth` has no colon."""
    return docker_config_secret(name, {"reg.example": {"auth": encoded(made_up_password())}})


def test_pods_that_reference_a_copied_secret_recover_and_the_others_are_reported(
    api: Api, node: Node, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    key = registry_entry("puller")
    node.accept("puller", key["password"])
    for name in ("late", "broken"):
        api.create(docker_config_secret(name, {"reg.example": key}), home)
    api.create(broken_secret("broken"), team)
    api.create(pod("references-it", IMAGE, node.name, pull_secrets=["late"]), team)
    api.create(pod("references-a-broken-one", IMAGE, node.name, pull_secrets=["broken"]), team)
    api.create(pod("created-before", IMAGE, node.name), team)
    for name in ("references-it", "created-before"):
        api.wait_for("Pod", name, team, until_it=is_waiting_for_its_image)
    stopped = api.wait_for("Pod", "references-a-broken-one", team, until_it=has_a_reason)
    before = len(attempts(node, team, "created-before"))

    result = pullsecret("copy", "late", "broken", "--from", home, "-n", team, "--overwrite", "--attach")

    (status,) = stopped["status"]["containerStatuses"]
    assert "unable to parse auth field" in str(status["state"]["waiting"])  # the reason; the message before 1.33
    reported = set(result.stderr.splitlines())
    assert f"note: pod/references-it in namespace {team} {SOON}" in reported
    assert f"note: pod/references-a-broken-one in namespace {team} {SOON}" in reported
    assert any(line.startswith(f"note: pod/created-before in namespace {team} {NEVER}") for line in reported)
    for name in ("references-it", "references-a-broken-one"):
        api.wait_for("Pod", name, team, until_it=is_running, within=90)
        assert attempts(node, team, name)[-1] == key["password"]
    until(
        lambda: len(attempts(node, team, "created-before")) > before,
        "another attempt of the other pod",
        within=90,
    )
    assert set(attempts(node, team, "created-before")) == {""}
    assert is_waiting_for_its_image(api.read("Pod", "created-before", team))


def attempts(node: Node, namespace: str, name: str) -> list[str]:
    """The passwords that the kubelet sent for a pod, "" for none, oldest first."""
    return [pull.password for pull in node.records(namespace) if pull.pod == name]


def test_pod_created_after_attach_runs_with_the_right_credentials(
    api: Api, node: Node, pullsecret: Program, namespace: str
) -> None:
    key = registry_entry("puller")
    node.accept("puller", key["password"])
    api.create(docker_config_secret("good", {"reg.example": key}), namespace)

    result = pullsecret("attach", "good", "-n", namespace)
    api.create(pod("app", IMAGE, node.name), namespace)

    api.wait_for("Pod", "app", namespace, until_it=is_running)
    assert attempts(node, namespace, "app") == [key["password"]]
    assert result.stderr == ""


def test_attach_reports_that_a_pod_which_references_the_secret_recovers(
    api: Api, node: Node, pullsecret: Program, namespace: str
) -> None:
    api.create(pod("app", IMAGE, node.name, pull_secrets=["good"]), namespace)
    api.wait_for("Pod", "app", namespace, until_it=is_waiting_for_its_image)
    api.create(docker_config_secret("good", {"reg.example": registry_entry()}), namespace)

    result = pullsecret("attach", "good", "-n", namespace)

    assert result.stderr == f"note: pod/app in namespace {namespace} {SOON}\n"


NOT_HELPED = {
    "another-registry": {"image": "other.example/team/app:1"},
    "another-path": {"image": "reg.example/other/app:1"},
    "another-account": {"image": IMAGE, "serviceAccountName": "puller"},
}


@pytest.mark.parametrize("spec", NOT_HELPED.values(), ids=NOT_HELPED.keys())
def test_attach_reports_nothing_for_pods_that_the_secret_does_not_help(
    spec: dict[str, str], api: Api, node: Node, pullsecret: Program, namespace: str
) -> None:
    api.create({"kind": "ServiceAccount", "metadata": {"name": "puller"}}, namespace)
    api.create(docker_config_secret("good", {"reg.example/team": registry_entry()}), namespace)
    rest = {key: value for key, value in spec.items() if key != "image"}
    api.create(pod("app", spec["image"], node.name, **rest), namespace)
    api.wait_for("Pod", "app", namespace, until_it=is_waiting_for_its_image)

    result = pullsecret("attach", "good", "-n", namespace)

    assert result.stderr == ""


def test_copy_without_a_change_promises_no_recovery(
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


def test_copy_of_a_malformed_secret_promises_no_recovery(
    api: Api, node: Node, pullsecret: Program, namespaces: Namespaces
) -> None:
    home, team = namespaces(2)
    api.create(broken_secret("broken"), home)
    api.create(broken_secret("broken"), team)
    api.create(pod("app", IMAGE, node.name, pull_secrets=["broken"]), team)
    api.wait_for("Pod", "app", team, until_it=has_a_reason)

    result = pullsecret("copy", "broken", "--from", home, "-n", team, "--overwrite", "--check=off")

    assert result.stderr.startswith(f"warning: secret/broken in namespace {home} is malformed")
    assert SOON not in result.stderr


def test_dry_run_reports_nothing_about_pods(api: Api, node: Node, pullsecret: Program, namespace: str) -> None:
    api.create(docker_config_secret("good", {"reg.example": registry_entry()}), namespace)
    api.create(pod("app", IMAGE, node.name), namespace)
    api.wait_for("Pod", "app", namespace, until_it=is_waiting_for_its_image)

    result = pullsecret("attach", "good", "-n", namespace, "--dry-run=server")

    assert result.stderr == ""
