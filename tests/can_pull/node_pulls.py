"""What a node did for the pods: which images it asked for, and the credentials that it sent for each."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING

from can_pull.combinations import named_images
from can_pull.pod_specs import pulled_name

if TYPE_CHECKING:
    from can_pull.pull_secrets import Login
    from control_plane.api import Object
    from control_plane.node import Node

NOT_YET = {"", "ContainerCreating", "PodInitializing"}
LATE = re.compile(r'Unable to retrieve pull secret.* pod="(?P<namespace>[^/"]+)/(?P<name>[^"]+)".*failed to sync')
STATUSES = ("ephemeralContainerStatuses", "initContainerStatuses", "containerStatuses")


def is_settled(pod: Object) -> bool:
    """Whether no further image of a pod will be asked for; the fake runtime never ends an init container."""
    spec, status = pod["spec"], pod["status"]
    debug = [is_tried(one) for one in status.get("ephemeralContainerStatuses", ())]
    if not all(debug) or len(debug) < len(spec.get("ephemeralContainers", ())):
        return False
    for container, seen in zip(spec.get("initContainers", ()), status.get("initContainerStatuses", ()), strict=False):
        if not is_tried(seen):
            return False
        if "running" not in seen["state"] or container.get("restartPolicy") != "Always":
            return True
    main = [is_tried(one) for one in status.get("containerStatuses", ())]
    return len(main) == len(spec["containers"]) and all(main)


def is_tried(status: Object) -> bool:
    """Whether the node has tried to pull a container's image."""
    state = status.get("state", {})
    return bool(state) and state.get("waiting", {}).get("reason", "tried") not in NOT_YET


def tried_images(pod: Object) -> dict[str, str]:
    """The images of a pod that the node has tried to pull, by the names of containers and volumes."""
    tried = {one["name"] for field in STATUSES for one in pod["status"].get(field, ()) if is_tried(one)}
    volumes = {one["name"] for one in pod["spec"].get("volumes", ())}
    return {name: image for name, image in named_images(pod["spec"]) if name in tried | volumes}


class Sent:
    """What the node sent for all pods, by pod and image, oldest first."""

    def __init__(self, node: Node) -> None:
        self._sent: dict[tuple[str, str, str], list[Login]] = defaultdict(list)
        for pull in node.records():
            self._sent[pull.namespace, pull.pod, pull.image].append((pull.user, pull.password))

    def of(self, pod: Object, image: str) -> list[Login]:
        """The credentials that were sent for an image of a pod, ("", "") for a request without one."""
        metadata = pod["metadata"]
        return self._sent[metadata["namespace"], metadata["name"], pulled_name(image)]


def late_pods(node: Node) -> frozenset[tuple[str, str]]:
    """The pods, by namespace and name, for which the kubelet did not get a secret within its second.

    It then pulls without, and again after a back-off (kubernetes: pkg/kubelet/util/manager/watch_based_manager.go).
    """
    log = (node.directory / "kubelet.log").read_text(errors="replace")
    return frozenset((found["namespace"], found["name"]) for found in LATE.finditer(log))


def is_pulled(pod: Object, name: str) -> bool | None:
    """Whether the image of a container is on the node, which runs what it has pulled; None for a volume's."""
    for field in STATUSES:
        for one in pod["status"].get(field, ()):
            if one["name"] == name:
                return "running" in one["state"]
    return None
