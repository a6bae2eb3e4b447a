"""Pods: what they wait for, which pull secrets they list, and the owner whose restart recreates them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.objects.objects import Object, mappings_at, name_of, text_at

if TYPE_CHECKING:
    from collections.abc import Iterable

BACK_OFF = frozenset({"ErrImagePull", "ImagePullBackOff"})
"""The two reasons that alternate while a pull fails."""

PULL_REASONS = BACK_OFF | {
    "InvalidImageName",
    "ErrImageNeverPull",
    "ImageInspectError",
    "RegistryUnavailable",
    "SignatureValidationFailed",
}
"""All reasons for waiting for an image (kubelet: pkg/kubelet/images/types.go)."""

_PARSE_ERRORS = ("unable to parse auth field", "illegal base64 data", "json: ", "invalid character")
"""With a malformed secret, the kubelet reports the error's own text as the reason for waiting."""

_STATUSES = {
    "initContainers": "initContainerStatuses",
    "containers": "containerStatuses",
    "ephemeralContainers": "ephemeralContainerStatuses",
}


@dataclass(frozen=True, kw_only=True)
class Wait:
    """A waiting container: its name and image as in the pod, and the kubelet's reason and message."""

    container: str
    image: str
    reason: str
    message: str = ""

    @property
    def is_for_pull(self) -> bool:
        """Whether it waits because its image could not be pulled."""
        return self.reason in PULL_REASONS or self.is_for_malformed_secret

    @property
    def is_for_malformed_secret(self) -> bool:
        """Whether the kubelet could not parse a secret that the pod references."""
        return self.reason.startswith(_PARSE_ERRORS)


def waits_of(pod: Object) -> Iterable[Wait]:
    """The waiting containers of a pod, for any reason, init containers first."""
    for field, statuses in _STATUSES.items():
        images = {text_at(item, "name"): text_at(item, "image") for item in mappings_at(pod, "spec", field)}
        for status in mappings_at(pod, "status", statuses):
            reason = text_at(status, "state", "waiting", "reason")
            if reason:
                container = text_at(status, "name")
                message = text_at(status, "state", "waiting", "message")
                yield Wait(container=container, image=images.get(container, ""), reason=reason, message=message)


def pull_waits(pod: Object) -> tuple[Wait, ...]:
    """The containers of a pod that wait because their image could not be pulled."""
    return tuple(wait for wait in waits_of(pod) if wait.is_for_pull)


def waiting_images(pod: Object) -> tuple[str, ...]:
    """The images that a pod's containers, init containers included, are waiting for after a failed pull."""
    return tuple(wait.image for wait in waits_of(pod) if wait.reason in BACK_OFF)


def is_stopped_by_malformed_secret(pod: Object) -> bool:
    """Whether a pod cannot pull any image because one of its pull secrets cannot be parsed."""
    return any(wait.is_for_malformed_secret for wait in waits_of(pod))


def listed_secrets(pod: Object) -> tuple[str, ...]:
    """The pull secrets that a pod lists: fixed at creation, from its spec or its service account."""
    return tuple(text_at(entry, "name") for entry in mappings_at(pod, "spec", "imagePullSecrets"))


def account_of(pod: Object) -> str:
    """The name of a pod's service account."""
    return text_at(pod, "spec", "serviceAccountName") or "default"


def owner_of(pod: Object) -> str:
    """The owner whose restart recreates the pod, as `kind/name`: a deployment rather than its replica set.

    A deployment calls its replica sets `<deployment>-<pod-template-hash>` (kubernetes: deployment controller).
    """
    kind, _, name = _controller_of(pod).partition("/")
    suffix = "-" + text_at(pod, "metadata", "labels", "pod-template-hash")
    if kind == "replicaset" and suffix != "-" and name.endswith(suffix):
        return f"deployment/{name.removesuffix(suffix)}"
    return f"{kind}/{name}"


def is_of(pod: Object, subject: str) -> bool:
    """Whether the subject, `kind/name`, is this pod or one of its owners.

    A cron job calls its jobs `<cronjob>-<minutes since 1970>` (kubernetes: cronjob controller, getJobName).
    """
    if subject in (f"pod/{name_of(pod)}", _controller_of(pod), owner_of(pod)):
        return True
    kind, _, name = subject.partition("/")
    return kind == "cronjob" and re.fullmatch(rf"job/{re.escape(name)}-\d+", _controller_of(pod)) is not None


def _controller_of(pod: Object) -> str:
    """The controller that created the pod, as `kind/name`; a standalone pod is its own."""
    for reference in mappings_at(pod, "metadata", "ownerReferences"):
        if reference.get("controller") is True:
            return f"{text_at(reference, 'kind').lower()}/{text_at(reference, 'name')}"
    return f"pod/{name_of(pod)}"
