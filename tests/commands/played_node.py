"""A node that the test plays: it judges each pod by its list and the secrets there, as kubelet and registry would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from command_effects import entries_of

from control_plane.api import ApiError
from pull_messages import CONTAINERD, CRI_O

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from waiting_cluster import Waiting

    from control_plane.api import Api, Object

PUBLIC = "public.example"
"""The registry whose images need no credentials."""
PARSE_ERROR = "unable to parse auth field, must be formatted as base64(username:password)"
MESSAGES = {**CONTAINERD, **{f"cri-o-{name}": row for name, row in CRI_O.items()}}
WORKFLOW = "1"
"""The uid of an owner of a custom kind, which the cluster does not have."""

CONTROLLERS = ("Deployment", "ReplicaSet", "StatefulSet", "DaemonSet", "Job")


class PlayedNode:
    """Writes the status of pods; `accepted` are the passwords that the registries take."""

    def __init__(self, api: Api, places: Mapping[str, Waiting], accepted: Collection[str]) -> None:
        self._api = api
        self._places = places
        self._accepted = accepted

    def settle(self) -> Mapping[str, Sequence[bool]]:
        """Judge every pod, and collect those whose owner is gone; returns by namespace which of them run."""
        secrets = {(item["metadata"]["namespace"], item["metadata"]["name"]): item for item in self._api.list("Secret")}
        owners = {item["metadata"]["uid"] for kind in CONTROLLERS for item in self._api.list(kind)} | {WORKFLOW}
        found: dict[str, list[bool]] = {}
        for item in self._api.list("Pod"):
            namespace = item["metadata"]["namespace"]
            if namespace not in self._places or "deletionTimestamp" in item["metadata"]:
                continue
            if not owners.issuperset(reference["uid"] for reference in item["metadata"].get("ownerReferences", ())):
                self._api.delete("Pod", item["metadata"]["name"], namespace)
                continue
            held = [secrets.get((namespace, one.get("name"))) for one in item["spec"].get("imagePullSecrets", ())]
            wait = self._judge(self._places[namespace], item, [one for one in held if one])
            found.setdefault(namespace, []).append(not wait)
            self._write(item, wait)
        return found

    def _judge(self, place: Waiting, item: Object, held: Sequence[Object]) -> tuple[str, str] | None:
        container = item["spec"]["containers"][0]
        image = container["image"]
        host = image.partition("/")[0]
        malformed = [one for one in held if "@@" in json.dumps(entries_of(one))]
        if image != image.lower() or " " in image:
            return "InvalidImageName", MESSAGES["upper-case"].of(image)
        if container["imagePullPolicy"] == "Never":
            return "ErrImageNeverPull", MESSAGES["never"].of(image)
        if malformed:
            return PARSE_ERROR, PARSE_ERROR
        if place.message and image == (place.image or image):
            return "ErrImagePull", MESSAGES[place.message].of(image)
        if image.endswith(":gone"):
            return "ErrImagePull", MESSAGES["no-such-tag"].of(image)
        logins = [
            entries_of(one).get(host, {}).get("password")
            for one in held
            if one["type"].startswith("kubernetes.io/docker")
        ]
        is_open = host == PUBLIC or any(login in self._accepted for login in logins)
        return None if is_open else ("ErrImagePull", MESSAGES[place.refusal].of(image))

    def _write(self, item: Object, wait: tuple[str, str] | None) -> None:
        state: Object = {"running": {}} if wait is None else {"waiting": {"reason": wait[0], "message": wait[1]}}
        was = item["status"].get("containerStatuses", [{}])[0].get("state", {})
        if next(iter(was), "") == next(iter(state)) and was.get("waiting", {}) == state.get("waiting", {}):
            return
        ready = {"type": "Ready", "status": "True" if wait is None else "False"}
        status = {"name": "main", "image": "", "imageID": "", "ready": wait is None, "restartCount": 0, "state": state}
        change = {
            "phase": "Running" if wait is None else "Pending",
            "conditions": [ready],
            "containerStatuses": [status],
        }
        metadata = item["metadata"]
        try:
            self._api.patch("Pod", metadata["name"], {"status": change}, metadata["namespace"], subresource="status")
        except ApiError as error:
            if error.status != 404:  # it was deleted meanwhile
                raise
