"""Pods that do not recover on their own: the suggested command for each kind of owner really makes them run."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from golden_files import assert_golden
from objects import deployment, docker_config_secret, named, pod, references, registry_entry

if TYPE_CHECKING:
    from collections.abc import Callable

    from control_plane.api import Api, Object
    from control_plane.given import Cluster
    from control_plane.node import Node
    from program import Program

IMAGE = "reg.example/team/app:1"
PULL_REASONS = ("ErrImagePull", "ImagePullBackOff")


def waits(seen: Object) -> bool:
    statuses = seen["status"].get("containerStatuses", [{}])
    return statuses[0].get("state", {}).get("waiting", {}).get("reason", "") in PULL_REASONS


def is_running(seen: Object) -> bool:
    return bool(seen["status"].get("phase") == "Running")


def set_of(kind: str, template: Object, **spec: object) -> Object:
    """A stateful set or daemon set of pods like `template`."""
    labels = {"app": "app"}
    pods = {"metadata": {"labels": labels}, "spec": template["spec"]}
    return named(kind, "app", spec={"selector": {"matchLabels": labels}, "template": pods, **spec})


def replica_set(template: Object) -> Object:
    return set_of("ReplicaSet", template, replicas=1)


def stateful_set(template: Object) -> Object:
    return set_of("StatefulSet", template, serviceName="app", replicas=2)


def daemon_set(template: Object) -> Object:
    everywhere = {"tolerations": [{"operator": "Exists"}]}  # no controller here removes the taint of a new node
    return set_of("DaemonSet", {"spec": {**template["spec"], **everywhere}})


def job(template: Object) -> Object:
    pods = {"metadata": {"labels": {"app": "app"}}, "spec": {**template["spec"], "restartPolicy": "Never"}}
    return named("Job", "app", spec={"template": pods, "backoffLimit": 0})


def two_replicas(template: Object) -> Object:
    return deployment("app", template, replicas=2)


def itself(template: Object) -> Object:
    return template


OWNERS: dict[str, tuple[Callable[[Object], Object], int]] = {
    "deployment": (two_replicas, 2),
    "replica-set": (replica_set, 1),
    "stateful-set": (stateful_set, 1),
    "daemon-set": (daemon_set, 1),
    "job": (job, 1),
    "bare-pod": (itself, 1),
}
LISTS = {"no-list": [], "own-list": ["other"]}


def waiting_pods(api: Api, namespace: str, count: int) -> list[Object]:
    """Wait until so many pods of a namespace wait for their image, and return them."""

    def question() -> list[Object]:
        found = [seen for seen in api.list("Pod", namespace) if waits(seen)]
        return found if len(found) >= count else []

    return until(question, f"{count} waiting pods in {namespace}")


@pytest.mark.parametrize("own_list", LISTS.keys())
@pytest.mark.parametrize("kind", OWNERS.keys())
def test_suggested_command_recreates_pods_that_were_created_before_attach(
    kind: str,
    own_list: str,
    plane: Cluster,
    api: Api,
    node: Node,
    pullsecret: Program,
    namespace: str,
) -> None:
    key = registry_entry("puller")
    node.accept("puller", key["password"])
    api.create(docker_config_secret("good", {"reg.example": key}), namespace)
    builder, count = OWNERS[kind]
    owner = builder(pod("app", IMAGE, node.name, pull_secrets=LISTS[own_list]))
    api.create(owner, namespace)
    before = {seen["metadata"]["uid"] for seen in waiting_pods(api, namespace, count)}

    result = pullsecret("attach", "good", "-n", namespace)

    hint, command = result.stderr.splitlines()
    assert_golden(f"attach/hint-{kind}-{own_list}", hint, namespace=namespace)
    assert command.startswith(f"  kubectl -n {namespace} ")
    run_in_shell(command, plane, pullsecret)
    running = until(
        lambda: [seen for seen in api.list("Pod", namespace) if is_running(seen)], "a running pod", within=60
    )
    assert not {seen["metadata"]["uid"] for seen in running} & before
    assert {"name": "good"} in running[0]["spec"]["imagePullSecrets"]
    assert node.records(namespace)[-1].password == key["password"]


def run_in_shell(command: str, plane: Cluster, program: Program) -> None:
    """Run a line as a user would who pastes it into a shell."""
    environment = program.environment()
    environment["PATH"] = f"{plane.kubectl.parent}{os.pathsep}{environment.get('PATH', '')}"
    done = subprocess.run(["sh", "-c", command], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"


def test_attach_prints_words_and_no_command_for_an_owner_of_an_unknown_kind(
    api: Api, node: Node, pullsecret: Program, namespace: str
) -> None:
    owner = api.create(named("ConfigMap", "operator"), namespace)["metadata"]
    reference = {"apiVersion": "example.com/v1", "kind": "Notebook", "name": "mine", "uid": owner["uid"]}
    api.create(docker_config_secret("good", {"reg.example": registry_entry()}), namespace)
    for name, own in (("a", []), ("b", ["other"])):
        body = pod(name, IMAGE, node.name, pull_secrets=own)
        body["metadata"]["ownerReferences"] = [{**reference, "controller": True}]
        api.create(body, namespace)
    waiting_pods(api, namespace, 2)

    result = pullsecret("attach", "good", "-n", namespace)

    assert "kubectl" not in result.stderr
    lines = sorted(line.partition("). ")[2] for line in result.stderr.splitlines())
    assert lines == [
        "Add good to the imagePullSecrets of the pods in notebook/mine; if it runs once, start it again",
        "What notebook/mine does when its pod is deleted is not known; if it runs once, start it again",
    ]


def test_attach_with_a_context_and_kubeconfig_repeats_them_in_the_command(
    plane: Cluster, api: Api, node: Node, pullsecret: Program, namespace: str
) -> None:
    api.create(docker_config_secret("good", {"reg.example": registry_entry()}), namespace)
    api.patch("ServiceAccount", "default", {"imagePullSecrets": references(["good"])}, namespace)
    api.create(deployment("app", pod("app", IMAGE, node.name, pull_secrets=["other"])), namespace)
    waiting_pods(api, namespace, 1)
    flags = (f"--kubeconfig={plane.admin_kubeconfig}", "--context=test")

    result = pullsecret("attach", "good", "-n", namespace, *flags, kubeconfig=pullsecret.home / "none")

    assert result.stdout == f"serviceaccount/default unchanged in namespace {namespace}\n"
    command = result.stderr.splitlines()[-1]
    assert command.startswith(f"  kubectl {flags[0]} {flags[1]} -n {namespace} patch deployment/app -p ")
    run_in_shell(command, plane, pullsecret)
