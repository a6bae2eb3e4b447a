"""`verify --probe`: a node pulls the image for a pod that runs nothing, and the pod is gone however the run ends."""

from __future__ import annotations

import signal
from typing import TYPE_CHECKING

import pytest

from control_plane.waiting import until
from objects import docker_config_secret, registry_entry
from rights import grants_of
from scheduler import Scheduler

if TYPE_CHECKING:
    from collections.abc import Iterator

    from control_plane.api import Api, Object
    from control_plane.node import Node
    from namespaces import Namespaces
    from program import Program, Result
    from rights import Rights

IMAGE = "registry.example.com/acme/web:1"
POLICIES = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicies"
BINDINGS = "/apis/admissionregistration.k8s.io/v1/mutatingadmissionpolicybindings"


@pytest.fixture
def team(api: Api, node: Node, namespaces: Namespaces) -> str:
    """A namespace of the Pod Security Standard `restricted`, with a good and a wrong secret."""
    (name,) = namespaces(1, labels={"pod-security.kubernetes.io/enforce": "restricted"})
    good, wrong = registry_entry("puller"), registry_entry("puller")
    node.accept("puller", good["password"])
    for secret, entry in (("good", good), ("wrong", wrong)):
        api.create(docker_config_secret(secret, {"registry.example.com": entry}), name)
    return name


def probe(program: Program, namespace: str, secret: str, *flags: str, expect: int) -> Result:
    words = ("verify", secret, "--probe", f"--image={IMAGE}", "-n", namespace, *flags)
    return program(*words, expect=expect)


def pods_in(api: Api, namespace: str) -> list[Object]:
    return api.list("Pod", namespace)


def test_node_pulls_with_the_permissions_of_the_table(
    api: Api, node: Node, pullsecret: Program, restricted: Rights, team: str
) -> None:
    words = ("verify", "good", "--probe", f"--image={IMAGE}", "--no-headers", f"--namespace={team}")
    kubeconfig = restricted(*grants_of(*words))

    with Scheduler(api, node.name, team):
        result = pullsecret(*words, kubeconfig=kubeconfig)

    assert result.stdout.split(maxsplit=3) == [team, "good", IMAGE, f"pulled: by node {node.name}\n"]
    assert result.stderr == ""
    assert {pull.image for pull in node.records(team)} == {IMAGE}
    assert pods_in(api, team) == []


def test_refused_pull_has_the_nodes_message(api: Api, node: Node, pullsecret: Program, team: str) -> None:
    with Scheduler(api, node.name, team):
        result = probe(pullsecret, team, "wrong", expect=1)

    assert "pull failed: " in result.stdout
    assert result.stderr == "note: the registry rejected all matching credentials, or they may not pull this image\n"
    assert pods_in(api, team) == []


def test_what_is_known_without_a_node_creates_no_pod(api: Api, pullsecret: Program, team: str) -> None:
    absent = probe(pullsecret, team, "absent", expect=2)
    other = pullsecret("verify", "good", "--probe", "--image=other.example/a:1", "-n", team, expect=1)

    assert absent.stderr == 'Error from server (NotFound): secrets "absent" not found\n'
    assert "no entry for this image" in other.stdout
    assert not [event for event in api.list("Event", team) if event["involvedObject"]["kind"] == "Pod"]


def test_pod_without_a_node_is_given_up(api: Api, pullsecret: Program, team: str) -> None:
    result = probe(pullsecret, team, "good", "--wait=1s", expect=2)

    assert "not probed: no node for the pod yet after 1s" in result.stdout
    assert pods_in(api, team) == []


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["INT", "TERM"])
def test_signal_deletes_the_pod(api: Api, pullsecret: Program, team: str, number: signal.Signals, status: int) -> None:
    with pullsecret.start("verify", "good", "--probe", f"--image={IMAGE}", "-n", team) as process:
        until(lambda: pods_in(api, team), "the pod")
        process.send_signal(number)
        stdout, _ = process.communicate(timeout=30)

    assert process.returncode == status
    assert "not probed: interrupted" in stdout
    assert pods_in(api, team) == []


def test_pod_of_a_killed_run_is_found_by_its_label_and_deleted_by_the_next(
    api: Api, pullsecret: Program, team: str
) -> None:
    words = ("verify", "good", "--probe", f"--image={IMAGE}", "-n", team, "--wait=1s")
    with pullsecret.start(*words) as process:
        (left,) = until(lambda: pods_in(api, team), "the pod")
        process.kill()
        process.communicate(timeout=30)
    (found,) = api.list("Pod", team, labelSelector="kubectl-pullsecret/role=probe")
    assert found["metadata"]["uid"] == left["metadata"]["uid"]
    assert found["spec"]["activeDeadlineSeconds"] == 1

    until(lambda: pullsecret(*words, expect=2).status and not pods_in(api, team), "a run that finds it overdue")


@pytest.fixture
def injected(api: Api, namespace: str) -> Iterator[str]:
    """A namespace with the secret `good`, where an admission policy adds an init container to pods."""
    api.create(docker_config_secret("good", {"registry.example.com": registry_entry()}), namespace)
    added = '[{"name": "injected", "image": "mesh.example/init"}]'
    patch = f'[JSONPatch{{op: "add", path: "/spec/initContainers", value: {added}}}]'
    selector = {"matchLabels": {"kubernetes.io/metadata.name": namespace}}
    pods = {"apiGroups": [""], "apiVersions": ["v1"], "operations": ["CREATE"], "resources": ["pods"]}
    spec = {
        "matchConstraints": {"namespaceSelector": selector, "resourceRules": [pods]},
        "reinvocationPolicy": "Never",
        "failurePolicy": "Fail",
        "mutations": [{"patchType": "JSONPatch", "jsonPatch": {"expression": patch}}],
    }
    head = {"apiVersion": "admissionregistration.k8s.io/v1", "metadata": {"name": namespace}}
    api.request("POST", POLICIES, {**head, "kind": "MutatingAdmissionPolicy", "spec": spec})
    binding = {**head, "kind": "MutatingAdmissionPolicyBinding", "spec": {"policyName": namespace}}
    api.request("POST", BINDINGS, binding)
    yield namespace
    api.request("DELETE", f"{BINDINGS}/{namespace}")
    api.request("DELETE", f"{POLICIES}/{namespace}")


@pytest.mark.needs_kubernetes("1.36")
def test_pod_that_admission_would_change_is_not_created(api: Api, pullsecret: Program, injected: str) -> None:
    until(lambda: is_injected(api, injected), "the policy to be in effect", within=60)

    result = probe(pullsecret, injected, "good", expect=2)

    assert f'admission in namespace {injected} adds init container "injected"' in result.stdout
    assert pods_in(api, injected) == []


def is_injected(api: Api, namespace: str) -> bool:
    body = {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "x"}}
    body["spec"] = {"containers": [{"name": "x", "image": "x"}]}
    return "initContainers" in api.request("POST", f"/api/v1/namespaces/{namespace}/pods?dryRun=All", body)["spec"]
