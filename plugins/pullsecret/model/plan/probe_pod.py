"""The pod that proves a pull on a node: what it is, whether the cluster left it as sent, and what its status proves.

It has the image, the secret in its own imagePullSecrets, and a command that no image has. The kubelet pulls the image
before it looks at anything else, and then cannot start the container: nothing of the image runs. Seen with kubelet
1.36, containerd 1.6 and runc 1.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final

from pullsecret.model.objects.objects import Kind, Object, mapping_at, mappings_at, name_of, point_in_time, text_at
from pullsecret.model.objects.pod import listed_names, waits_of
from pullsecret.model.objects.sibling import ROLE

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

PROBE: Final = "probe"
"""The value of the label `kubectl-pullsecret/role` of these pods, by which those of a killed run are found."""

PROBE_SELECTOR: Final = f"{ROLE}={PROBE}"
COMMAND: Final = ("/kubectl-pullsecret/this-command-does-not-exist",)
_PREFIX = "pullsecret-probe-"
_CONTAINER = "probe"
_RESOURCES = {"cpu": "10m", "memory": "32Mi"}

_AFTER_PULL = frozenset({"CreateContainerConfigError", "CreateContainerError", "RunContainerError"})
"""The kubelet creates and starts a container only when it has its image (kubelet: kuberuntime_container.go).

The first is the one of an image whose user is root, which the pod does not allow. CRI-O looks the command up when it
creates the container, containerd when it starts it.
"""

_NO_ATTEMPT = ("pull QPS exceeded",)
"""The kubelet did not contact the registry, and will."""

_GRACE = 2
"""Seconds in which a run gives up on its pod, and deletes it, after the pod's time is over."""

_HARMLESS_VOLUMES = frozenset({"emptyDir", "downwardAPI", "configMap"})


class Pull(Enum):
    """What is known of the pull."""

    DONE = "done"
    FAILED = "failed"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class PullProbe:
    """An image to pull in a namespace with these secrets; `seconds` is the time for it, the download included."""

    namespace: str
    secrets: tuple[str, ...]
    image: str
    seconds: float = 120.0


@dataclass(frozen=True, kw_only=True)
class ProbeResult:
    """What a probe has shown: the node that pulled, or the message of the one that could not, or why nothing is known.

    `left` is the name of the pod if it could not be deleted, else "".
    """

    pull: Pull
    message: str = ""
    node: str = ""
    left: str = ""

    @property
    def is_proven(self) -> bool:
        """Whether a node has pulled the image."""
        return self.pull is Pull.DONE


def probe_pod(probe: PullProbe, suffix: str) -> Object:
    """The pod of a probe; `suffix` makes its name one that no other run has.

    It may run in a namespace of the Pod Security Standard `restricted`. It asks for no user, because OpenShift gives it
    one, and elsewhere an image that would run as root is pulled, too, before the kubelet refuses to run it.
    """
    container = {
        "name": _CONTAINER,
        "image": probe.image,
        "imagePullPolicy": "Always",
        "command": list(COMMAND),
        "resources": {"limits": _RESOURCES, "requests": _RESOURCES},
        "securityContext": {"allowPrivilegeEscalation": False, "capabilities": {"drop": ["ALL"]}},
    }
    spec = {
        "containers": [container],
        "imagePullSecrets": [{"name": name} for name in probe.secrets],
        "restartPolicy": "Never",
        "activeDeadlineSeconds": max(1, round(probe.seconds)),
        "terminationGracePeriodSeconds": 0,
        "automountServiceAccountToken": False,
        "enableServiceLinks": False,
        "securityContext": {"runAsNonRoot": True, "seccompProfile": {"type": "RuntimeDefault"}},
    }
    metadata = {
        "name": f"{_PREFIX}{suffix}",
        "namespace": probe.namespace,
        "labels": {ROLE: PROBE, "sidecar.istio.io/inject": "false"},
        "annotations": {"linkerd.io/inject": "disabled"},
    }
    return {"apiVersion": Kind.POD.group, "kind": Kind.POD.title, "metadata": metadata, "spec": spec}


def change_by_admission(sent: Object, admitted: Object) -> str:
    """What admission did to the pod so that it is no probe any more, or would do more than pull; "" for nothing.

    Defaults, tolerations, labels of others and a stricter security context are no such change.
    """
    return next(_changes(sent, admitted), "")


def _changes(sent: Object, admitted: Object) -> Iterator[str]:
    for field, what in (("initContainers", "init container"), ("ephemeralContainers", "ephemeral container")):
        for added in mappings_at(admitted, "spec", field):
            yield f'adds {what} "{_name_in(added)}"'
    wanted = mappings_at(sent, "spec", "containers")[0]
    containers = mappings_at(admitted, "spec", "containers")
    for added in containers:
        if _name_in(added) != _CONTAINER:
            yield f'adds container "{_name_in(added)}"'
    if len(containers) != 1:
        yield "removes the container"
        return
    yield from _changes_of_container(wanted, containers[0])
    yield from _changes_of_pod(sent, admitted)


def _changes_of_container(wanted: Object, found: Object) -> Iterable[str]:
    if found.get("image") != wanted.get("image"):
        yield f'changes the image to "{text_at(found, "image")}"'
    if found.get("command") != wanted.get("command") or found.get("args"):
        yield "changes the command"
    if found.get("imagePullPolicy") != wanted.get("imagePullPolicy"):
        yield f"changes imagePullPolicy to {text_at(found, 'imagePullPolicy')}"
    for field in ("lifecycle", "startupProbe", "livenessProbe", "readinessProbe", "envFrom"):
        if found.get(field):
            yield f"adds {field}"


def _changes_of_pod(sent: Object, admitted: Object) -> Iterable[str]:
    if listed_names(admitted) != listed_names(sent):
        yield f"changes imagePullSecrets to {', '.join(listed_names(admitted)) or 'none'}"
    for volume in mappings_at(admitted, "spec", "volumes"):
        if not set(volume) - {"name"} <= _HARMLESS_VOLUMES:
            yield f'adds volume "{_name_in(volume)}"'
    for field in ("restartPolicy", "activeDeadlineSeconds", "automountServiceAccountToken"):
        if mapping_at(admitted, "spec").get(field) != mapping_at(sent, "spec").get(field):
            yield f"changes {field}"
    if text_at(admitted, "metadata", "labels", ROLE) != PROBE:
        yield f"removes the label {ROLE}"


def _name_in(item: Object) -> str:
    """The name of a container or a volume."""
    return text_at(item, "name")


def result_of(pod: Object) -> ProbeResult | None:
    """What the status of a probe's pod proves; None while the pull is under way."""
    node = text_at(pod, "spec", "nodeName")
    for status in mappings_at(pod, "status", "containerStatuses"):
        state = mapping_at(status, "state")
        if text_at(status, "imageID") or state.get("running") or _has_started(state):
            return ProbeResult(pull=Pull.DONE, node=node)
    for wait in waits_of(pod):
        if wait.reason in _AFTER_PULL:
            return ProbeResult(pull=Pull.DONE, node=node)
        if wait.is_for_pull and not any(text in wait.message for text in _NO_ATTEMPT):
            return ProbeResult(pull=Pull.FAILED, node=node, message=wait.message or wait.reason)
    if text_at(pod, "status", "phase") == "Failed" or "deletionTimestamp" in mapping_at(pod, "metadata"):
        return ProbeResult(pull=Pull.UNKNOWN, node=node, message=_end_of(pod))
    return None


def _has_started(state: Object) -> bool:
    """Whether a container has ended, or could not be started, which takes its image; not: its pod ended before that.

    A container of a pod that ends before its image is there is reported with the reason ContainerStatusUnknown.
    """
    reason = text_at(state, "terminated", "reason")
    return bool(reason) and reason != "ContainerStatusUnknown"


def _end_of(pod: Object) -> str:
    reason, message = text_at(pod, "status", "reason"), text_at(pod, "status", "message")
    return ": ".join(filter(None, (reason, message))) or "the pod was deleted"


def why_waiting(pod: Object) -> str:
    """Why a pod that is not done has come no further, as far as its status tells."""
    for condition in mappings_at(pod, "status", "conditions"):
        if text_at(condition, "type") == "PodScheduled" and text_at(condition, "status") == "False":
            return f"no node for the pod: {text_at(condition, 'message') or text_at(condition, 'reason')}"
    if not text_at(pod, "spec", "nodeName"):
        return "no node for the pod yet"
    return f"the pull on node {text_at(pod, 'spec', 'nodeName')} has not ended"


def leftovers(pods: Sequence[Object], now: str) -> tuple[Object, ...]:
    """The pods of probes that were killed, which nothing deletes: those whose time is over for good.

    A label can be forged: a pod that could run something is not among them. `now` is the server's time.
    """
    return tuple(pod for pod in pods if _is_probe(pod) and _is_overdue(pod, now))


def _is_probe(pod: Object) -> bool:
    containers = mappings_at(pod, "spec", "containers")
    commands = [container.get("command") for container in containers]
    has_others = mappings_at(pod, "spec", "initContainers") or mappings_at(pod, "spec", "ephemeralContainers")
    return name_of(pod).startswith(_PREFIX) and commands == [list(COMMAND)] and not has_others


def _is_overdue(pod: Object, now: str) -> bool:
    """Whether the run that created the pod has given up on it, or is dead."""
    created, current = point_in_time(text_at(pod, "metadata", "creationTimestamp")), point_in_time(now)
    seconds = mapping_at(pod, "spec").get("activeDeadlineSeconds")
    if not (created and current and isinstance(seconds, int)):
        return False
    return (current - created).total_seconds() > seconds + _GRACE
