"""Pods with the state that a kubelet would report, for tests that need no kubelet."""

from __future__ import annotations

from typing import TYPE_CHECKING

from objects import pod
from pull_messages import CONTAINERD

if TYPE_CHECKING:
    from control_plane.api import Api

HOST = "doctor.example"
IMAGE = f"{HOST}/team/app:1"
UNAUTHORIZED = CONTAINERD["basic-login"].of(IMAGE)


def waiting_pod(
    api: Api, namespace: str, name: str, *, own: tuple[str, ...] = (), image: str = IMAGE, **status: object
) -> None:
    """A pod on no node, whose one container has the waiting state that a kubelet would write."""
    body = pod(name, image, "", pull_secrets=own)
    del body["spec"]["nodeName"]
    api.create(body, namespace)
    shown = {"reason": "ErrImagePull", "message": UNAUTHORIZED, "phase": "Pending", **status}
    waiting = {"waiting": {"reason": shown["reason"], "message": shown["message"]}}
    container = {"name": "main", "image": image, "imageID": "", "ready": False, "restartCount": 0, "state": waiting}
    change = {"status": {"phase": shown["phase"], "containerStatuses": [container]}}
    api.patch("Pod", name, change, namespace, subresource="status")
