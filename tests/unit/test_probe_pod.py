"""The pod that proves a pull: whether it is as sent, what its status proves, and which ones a killed run has left."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pull_messages import CONTAINERD
from pullsecret.model.objects.objects import Object, mapping_at, mappings_at, merged
from pullsecret.model.plan.probe_pod import (
    COMMAND,
    PROBE_SELECTOR,
    Pull,
    PullProbe,
    change_by_admission,
    leftovers,
    probe_pod,
    result_of,
    why_waiting,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

IMAGE = "us.icr.io/acme/web:1"
SENT = probe_pod(PullProbe(namespace="team-a", secrets=("all-icr-io",), image=IMAGE), "1234")
CREATED, NOW = "2026-11-28T10:00:00Z", "2026-11-28T10:03:01Z"
REFUSAL = CONTAINERD["basic-login"].of(IMAGE)


def with_spec(**spec: object) -> Object:
    return merged(SENT, {"spec": spec})


def with_container(**fields: object) -> Object:
    return with_spec(containers=[{**mappings_at(SENT, "spec", "containers")[0], **fields}])


def with_status(state: Mapping[str, object], *, image_id: str = "", **status: object) -> Object:
    container = {"name": "probe", "state": state, "imageID": image_id}
    return merged(with_spec(nodeName="node-1"), {"status": {"containerStatuses": [container], **status}})


def waiting(reason: str, message: str = "") -> Object:
    return with_status({"waiting": {"reason": reason, "message": message}}, phase="Pending")


def test_pod_has_neither_token_nor_privileges_and_ends() -> None:
    spec = mapping_at(SENT, "spec")
    (container,) = mappings_at(SENT, "spec", "containers")

    assert (spec["automountServiceAccountToken"], spec["restartPolicy"]) == (False, "Never")
    assert (spec["activeDeadlineSeconds"], spec["imagePullSecrets"]) == (120, [{"name": "all-icr-io"}])
    assert (container["imagePullPolicy"], container["command"]) == ("Always", list(COMMAND))
    assert container["securityContext"] == {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}}


SIDECAR = {"name": "istio-proxy", "image": "mesh.example/proxy"}
CHANGES = {
    "defaults": (with_spec(serviceAccountName="default", tolerations=[{}], dnsPolicy="ClusterFirst"), ""),
    "a user of the namespace": (with_spec(securityContext={"runAsUser": 1000, "runAsNonRoot": True}), ""),
    "a volume without secrets": (with_spec(volumes=[{"name": "tmp", "emptyDir": {}}]), ""),
    "a variable": (with_container(env=[{"name": "A", "value": "b"}]), ""),
    "a container": (
        with_spec(containers=[*mappings_at(SENT, "spec", "containers"), SIDECAR]),
        'adds container "istio-proxy"',
    ),
    "an init container": (with_spec(initContainers=[SIDECAR]), 'adds init container "istio-proxy"'),
    "another image": (with_container(image="mirror.example/a"), 'changes the image to "mirror.example/a"'),
    "another command": (with_container(command=["/vault-env", *COMMAND]), "changes the command"),
    "arguments": (with_container(args=["x"]), "changes the command"),
    "another pull policy": (
        with_container(imagePullPolicy="IfNotPresent"),
        "changes imagePullPolicy to IfNotPresent",
    ),
    "a hook": (with_container(lifecycle={"postStart": {}}), "adds lifecycle"),
    "another pull secret": (
        with_spec(imagePullSecrets=[{"name": "all-icr-io"}, {"name": "other"}]),
        "changes imagePullSecrets to all-icr-io, other",
    ),
    "a secret": (with_spec(volumes=[{"name": "s", "secret": {"secretName": "x"}}]), 'adds volume "s"'),
    "a token": (with_spec(volumes=[{"name": "t", "projected": {"sources": []}}]), 'adds volume "t"'),
    "a token of the account": (with_spec(automountServiceAccountToken=True), "changes automountServiceAccountToken"),
    "restarts": (with_spec(restartPolicy="Always"), "changes restartPolicy"),
    "no deadline": (with_spec(activeDeadlineSeconds=None), "changes activeDeadlineSeconds"),
    "no label": (
        merged(SENT, {"metadata": {"labels": {"kubectl-pullsecret/role": None}}}),
        "removes the label kubectl-pullsecret/role",
    ),
    "no container": (with_spec(containers=[]), "removes the container"),
}


@pytest.mark.parametrize(("admitted", "change"), CHANGES.values(), ids=CHANGES.keys())
def test_change_by_admission(admitted: Object, change: str) -> None:
    assert change_by_admission(SENT, admitted) == change


STATUSES = {
    "nothing yet": (SENT, None),
    "being pulled": (waiting("ContainerCreating"), None),
    "not tried yet": (waiting("ErrImagePull", "pull QPS exceeded"), None),
    "no such command": (
        with_status({"terminated": {"reason": "StartError", "exitCode": 128}}, image_id="sha256:1", phase="Failed"),
        (Pull.DONE, ""),
    ),
    "an image of root": (waiting("CreateContainerConfigError", "image will run as root"), (Pull.DONE, "")),
    "no such command with CRI-O": (waiting("CreateContainerError", "not found"), (Pull.DONE, "")),
    "something runs": (with_status({"running": {"startedAt": CREATED}}), (Pull.DONE, "")),
    "refused": (waiting("ErrImagePull", REFUSAL), (Pull.FAILED, REFUSAL)),
    "refused again": (waiting("ImagePullBackOff", REFUSAL), (Pull.FAILED, REFUSAL)),
    "a malformed secret": (
        waiting("illegal base64 data at input byte 0"),
        (Pull.FAILED, "illegal base64 data at input byte 0"),
    ),
    "an invalid image": (waiting("InvalidImageName", "invalid"), (Pull.FAILED, "invalid")),
    "its deadline": (
        with_status(
            {"terminated": {"reason": "ContainerStatusUnknown", "exitCode": 137}},
            phase="Failed",
            reason="DeadlineExceeded",
            message="Pod was active too long",
        ),
        (Pull.UNKNOWN, "DeadlineExceeded: Pod was active too long"),
    ),
    "evicted": (merged(SENT, {"status": {"phase": "Failed", "reason": "Evicted"}}), (Pull.UNKNOWN, "Evicted")),
    "deleted": (merged(SENT, {"metadata": {"deletionTimestamp": NOW}}), (Pull.UNKNOWN, "the pod was deleted")),
}


@pytest.mark.parametrize(("pod", "expected"), STATUSES.values(), ids=STATUSES.keys())
def test_status_of_the_pod_proves_the_pull(pod: Object, expected: tuple[Pull, str] | None) -> None:
    found = result_of(pod)

    assert (found and (found.pull, found.message)) == expected


def test_why_a_pod_that_is_not_done_has_come_no_further() -> None:
    full = {"type": "PodScheduled", "status": "False", "message": "0/3 nodes are available"}

    assert why_waiting(SENT) == "no node for the pod yet"
    assert (
        why_waiting(merged(SENT, {"status": {"conditions": [full]}})) == "no node for the pod: 0/3 nodes are available"
    )
    assert why_waiting(with_spec(nodeName="node-1")) == "the pull on node node-1 has not ended"


def created(pod: Object, name: str, at: str = CREATED) -> Object:
    return merged(pod, {"metadata": {"name": name, "creationTimestamp": at}})


def test_leftovers_are_overdue_pods_that_could_not_run_anything() -> None:
    old = created(SENT, "pullsecret-probe-old")
    others = (
        created(SENT, "pullsecret-probe-new", "2026-11-28T10:01:00Z"),
        created(SENT, "of-somebody-else"),
        created(with_container(command=["/bin/sh"]), "pullsecret-probe-forged"),
        created(with_spec(initContainers=[SIDECAR]), "pullsecret-probe-injected"),
        created(with_spec(activeDeadlineSeconds=None), "pullsecret-probe-endless"),
        merged(SENT, {"metadata": {"creationTimestamp": None}}),
    )

    assert leftovers((old, *others), NOW) == (old,)
    assert PROBE_SELECTOR == "kubectl-pullsecret/role=probe"
