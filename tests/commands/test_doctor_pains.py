"""doctor on what others reported: debug containers, owners that are not known, entries without a name, and more.

What the kubelet of the control plane does not do is written into the status or the events as a kubelet writes it.
"""

from __future__ import annotations

import json
import os
import secrets
import subprocess
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from objects import deployment, docker_config_secret, named, pod, references, registry_entry
from pull_messages import CONTAINERD

if TYPE_CHECKING:
    from collections.abc import Callable

    from control_plane.api import Api, Object
    from control_plane.given import Cluster
    from control_plane.node import Node
    from program import Program


class Place:
    """A secret `regcred` in `default` for a registry, and pods in another namespace that lack it."""

    def __init__(self, api: Api, node: Node, team: str, in_default: Callable[[Object], None]) -> None:
        self.api, self.node, self.team = api, node, team
        token = secrets.token_hex(4)
        self.secret, self.image = f"regcred-{token}", f"pains-{token}.example/team/app:1"
        self.key = registry_entry("puller")
        node.accept("puller", self.key["password"])
        in_default(docker_config_secret(self.secret, {f"pains-{token}.example": self.key}))

    def template(self, **spec: object) -> Object:
        return pod("app", self.image, self.node.name, **spec)  # type: ignore[arg-type]

    def pods(self) -> list[Object]:
        return self.api.list("Pod", self.team)

    def wait_for(self, word: str) -> Object:
        """Wait for a pod whose status has this word, and return it."""
        found: list[Object] = until(
            lambda: [seen for seen in self.pods() if word in str(seen["status"])], f"a pod with {word}"
        )
        return found[0]


@pytest.fixture
def place(api: Api, node: Node, namespace: str, in_default: Callable[[Object], None]) -> Place:
    return Place(api, node, namespace, in_default)


def test_debug_container_restarts_nothing(place: Place, pullsecret: Program) -> None:
    place.api.create(docker_config_secret("own", {"other.example": place.key}), place.team)
    running = pod("app", "other.example/app:1", place.node.name, pull_secrets=[])
    place.api.patch("ServiceAccount", "default", {"imagePullSecrets": references(["own"])}, place.team)
    place.api.create(deployment("shop", running), place.team)
    shop = until(lambda: [seen for seen in place.pods() if seen["status"].get("phase") == "Running"], "the shop")[0]
    debugger = {"name": "debugger-1", "image": place.image, "imagePullPolicy": "Always"}
    name = shop["metadata"]["name"]
    change = {"spec": {"ephemeralContainers": [debugger]}}
    place.api.patch("Pod", name, change, place.team, subresource="ephemeralcontainers")
    place.wait_for("ImagePull")
    before = place.api.read("Deployment", "shop", place.team)["metadata"]["generation"]

    said = pullsecret("doctor", "-n", place.team)
    fixed = pullsecret("doctor", "-n", place.team, "--fix", "--yes")

    start = f"note: debug container debugger-1 of pod/{name} in namespace {place.team}: cannot pull {place.image}; "
    assert said.stdout.startswith(start)
    assert f"secret/{place.secret} created in namespace {place.team}" in fixed.stdout
    assert place.api.read("Deployment", "shop", place.team)["metadata"]["generation"] == before
    assert [seen["metadata"]["uid"] for seen in place.pods()] == [shop["metadata"]["uid"]]
    assert pullsecret("doctor", "-n", place.team, "-o", "name").stdout == ""


def test_owner_of_an_unknown_kind_is_left_alone(place: Place, pullsecret: Program) -> None:
    controller = place.api.create(named("ConfigMap", "controller"), place.team)["metadata"]
    owner = {"apiVersion": "example.com/v1", "kind": "Workflow", "name": "run", "uid": controller["uid"]}
    body = place.template()
    body["metadata"]["ownerReferences"] = [{**owner, "controller": True}]
    place.api.create(body, place.team)
    waiting = place.wait_for("ImagePull")

    result = pullsecret("doctor", "-n", place.team, "--fix", "--yes", expect=1)

    assert "what workflow/run does when its pod is deleted is not known" in result.stdout
    assert "delete pod" not in result.stdout
    assert (
        f"note: skipped workflow/run in namespace {place.team}: what it does when its pod is deleted" in result.stderr
    )
    assert [seen["metadata"]["uid"] for seen in place.pods()] == [waiting["metadata"]["uid"]]
    assert place.api.find("Secret", place.secret, place.team) is None


def test_deployment_of_an_operator_is_not_patched(place: Place, pullsecret: Program) -> None:
    controller = place.api.create(named("ConfigMap", "controller"), place.team)["metadata"]
    owner = {"apiVersion": "example.com/v1", "kind": "Kafka", "name": "events", "uid": controller["uid"]}
    body = deployment("app", place.template())
    body["metadata"]["ownerReferences"] = [{**owner, "controller": True}]
    place.api.create(body, place.team)
    place.wait_for("ImagePull")
    before = place.api.read("Deployment", "app", place.team)["metadata"]["generation"]

    result = pullsecret("doctor", "-n", place.team, "--fix", "--yes")

    assert "rollout restart" not in result.stdout
    assert place.api.read("Deployment", "app", place.team)["metadata"]["generation"] == before
    assert [seen["status"]["phase"] for seen in place.pods()] == ["Running"]


def test_entry_without_a_name_is_replaced_in_the_template(place: Place, plane: Cluster, pullsecret: Program) -> None:
    pullsecret("copy", place.secret, "--to", place.team, "--attach")
    body = deployment("app", place.template())
    body["spec"]["template"]["spec"]["imagePullSecrets"] = [{"name": ""}]
    place.api.create(body, place.team)
    place.wait_for("ImagePull")

    found = json.loads(pullsecret("doctor", "-n", place.team, "-o", "json", expect=1).stdout)["items"][0]
    preview = pullsecret("doctor", "-n", place.team, "--fix", "--dry-run=server")
    (finding,) = json.loads(pullsecret("check", "-n", place.team, "-o", "json", expect=1).stdout)["items"]
    run(found["commands"][0], plane, pullsecret)

    assert (found["cause"], finding["code"]) == ("EntryWithoutName", "PS603")
    assert f"deployment/app patched in namespace {place.team} (server dry run)" in preview.stdout
    until(lambda: [seen["status"]["phase"] for seen in place.pods()] == ["Running"], "a pod that runs")
    template = place.api.read("Deployment", "app", place.team)["spec"]["template"]
    assert template["spec"]["imagePullSecrets"] == references([place.secret])


@pytest.mark.parametrize("how", ["check", "attach", "detach"])
def test_entry_without_a_name_is_removed_from_an_account(
    how: str, place: Place, plane: Cluster, pullsecret: Program
) -> None:
    place.api.create(docker_config_secret("other", {"other.example": place.key}), place.team)
    place.api.patch("ServiceAccount", "default", {"imagePullSecrets": [{}, {"name": "other"}, {}]}, place.team)

    (finding,) = json.loads(pullsecret("check", "-n", place.team, "-o", "json", expect=1).stdout)["items"]
    if how == "check":
        run(finding["command"], plane, pullsecret)
    else:
        pullsecret(how, "other" if how == "attach" else "gone", "-n", place.team)

    assert (finding["code"], finding["subject"]) == ("PS509", "serviceaccount/default")
    assert place.api.read("ServiceAccount", "default", place.team)["imagePullSecrets"] == references(["other"])
    assert pullsecret("check", "-n", place.team).stdout == ""


def test_workload_with_several_causes_is_restarted_once(place: Place, pullsecret: Program) -> None:
    place.api.create(docker_config_secret("here", {"here.example": place.key}), place.team)
    body = place.template()
    second = {"name": "second", "image": "here.example/team/app:1", "imagePullPolicy": "Always"}
    body["spec"]["containers"].append(second)
    place.api.create(deployment("app", body), place.team)
    until(lambda: str(place.pods()).count("ErrImagePull") + str(place.pods()).count("BackOff") >= 2, "both images")

    result = pullsecret("doctor", "-n", place.team, "--fix", "--dry-run=client")

    assert result.stdout.count("cannot pull") == 2
    assert result.stdout.count("deployment/app restarted") == 1


@pytest.mark.needs_kubernetes("1.35")  # for image volumes
def test_what_a_node_reports_of_other_waits_is_judged(place: Place, pullsecret: Program) -> None:
    weights = "models.example.net/acme/weights:1"
    volumes = [{"name": "weights", "image": {"reference": weights}}]
    mounts = [{"name": "weights", "mountPath": "/weights"}]
    report(place, "volume", CONTAINERD["basic-login"].of(weights), volumes=volumes, mounts=mounts)
    report(place, "static", CONTAINERD["basic-login"].of(place.image), annotations=STATIC)
    report(place, "sandbox", "", reason="ContainerCreating", nodeName="gone")
    sandbox = "registry.example.com/pause:3.9"
    message = (
        f'Failed to create pod sandbox: rpc error: code = Unknown desc = failed to get sandbox image "{sandbox}": '
    )
    tell(place, "sandbox", message + CONTAINERD["basic-login"].of(sandbox))

    result = pullsecret("doctor", "-n", place.team, "-o", "json", expect=1)

    found = {
        pod: item for item in json.loads(result.stdout)["items"] for owner in item["owners"] for pod in owner["pods"]
    }
    assert {name: item["cause"] for name, item in found.items()} == {
        "volume": "NoSecret",
        "static": "StaticPod",
        "sandbox": "SandboxImage",
    }
    assert [found[name]["images"] for name in ("volume", "sandbox")] == [[weights], [sandbox]]
    assert found["static"]["owners"] == [{"owner": "pod/static", "pods": ["static"]}]
    assert found["static"]["commands"] == found["sandbox"]["commands"] == []


STATIC = {"kubernetes.io/config.mirror": "c0ffee", "kubernetes.io/config.source": "file"}


def report(
    place: Place,
    name: str,
    message: str,
    *,
    reason: str = "ErrImagePull",
    annotations: Object | None = None,
    volumes: list[Object] | None = None,
    mounts: list[Object] | None = None,
    **spec: object,
) -> None:
    """A pod on no node, whose container has the waiting state that a kubelet would write."""
    body = pod(name, place.image, "", **{"volumes": volumes or [], **spec})  # type: ignore[arg-type]
    body["spec"]["containers"][0]["volumeMounts"] = mounts or []
    if not spec:
        del body["spec"]["nodeName"]
    body["metadata"]["annotations"] = {key: value for key, value in (annotations or {}).items() if "mirror" not in key}
    place.api.create(body, place.team)
    state = {"waiting": {"reason": reason, "message": message}}
    status = {"name": "main", "image": place.image, "imageID": "", "ready": False, "restartCount": 0, "state": state}
    change = {"status": {"phase": "Pending", "containerStatuses": [status]}}
    place.api.patch("Pod", name, change, place.team, subresource="status")


def tell(place: Place, name: str, message: str) -> None:
    """The kubelet's event for a pod whose sandbox does not start."""
    seen = place.api.read("Pod", name, place.team)["metadata"]
    about = {"kind": "Pod", "name": name, "namespace": place.team, "uid": seen["uid"]}
    body = {"reason": "FailedCreatePodSandBox", "message": message, "type": "Warning", "count": 1}
    place.api.create(
        named("Event", name, **body, involvedObject=about, lastTimestamp=seen["creationTimestamp"]), place.team
    )


def run(command: str, plane: Cluster, program: Program) -> None:
    """Run a line as a user would who pastes it into a shell."""
    environment = program.environment()
    environment["PATH"] = f"{plane.kubectl.parent}{os.pathsep}{environment.get('PATH', '')}"
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
