"""Pods: what they wait for, which pull secrets they list, and the owner whose restart recreates them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.objects.objects import Object, mapping_at, mappings_at, name_of, text_at

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

SANDBOX = "FailedCreatePodSandBox"
"""The reason of the kubelet's event for a pod whose sandbox does not start; no status has it."""

_PARSE_ERRORS = ("unable to parse auth field", "illegal base64 data", "json: ", "invalid character")
"""With a malformed secret, the kubelet reports the error's own text as the reason for waiting."""

_GROUPS = {
    **dict.fromkeys(("deployment", "statefulset", "daemonset", "replicaset"), "apps"),
    **dict.fromkeys(("job", "cronjob"), "batch"),
    **dict.fromkeys(("pod", "replicationcontroller", "node"), ""),
}
"""The API groups of Kubernetes' own owners of pods, by kind."""

DEBUG_CONTAINERS = "ephemeralContainers"
"""The list of the containers that `kubectl debug` adds to a pod that runs."""

_STATUSES = {
    "initContainers": "initContainerStatuses",
    "containers": "containerStatuses",
    DEBUG_CONTAINERS: "ephemeralContainerStatuses",
}

_IMAGE_NAMES = re.compile(r'(?:image|reference) "([^"]+)"|docker://(\S+?):?(?=\s|$)')
"""How the kubelet and the runtimes write the image that could not be pulled."""


@dataclass(frozen=True, kw_only=True)
class Wait:
    """A waiting container: its name, the image it waits for, and the kubelet's reason and message.

    `field` is the list of the pod's spec that has the container; sidecars are in `initContainers`. `volume` is the
    volume of type image whose image it waits for; "" where that is the container's own.
    """

    container: str
    image: str
    reason: str
    message: str = ""
    field: str = "containers"
    volume: str = ""

    @property
    def is_debug(self) -> bool:
        """Whether it is a container of `kubectl debug`, which the pod runs without."""
        return self.field == DEBUG_CONTAINERS

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
        containers = {text_at(item, "name"): item for item in mappings_at(pod, "spec", field)}
        for status in mappings_at(pod, "status", statuses):
            reason = text_at(status, "state", "waiting", "reason")
            if reason:
                name = text_at(status, "name")
                message = text_at(status, "state", "waiting", "message")
                image, volume = _image_in_question(pod, containers.get(name, {}), message)
                yield Wait(container=name, image=image, reason=reason, message=message, field=field, volume=volume)


def _image_in_question(pod: Object, container: Object, message: str) -> tuple[str, str]:
    """The image that a message is about, and the volume of the container that it is for ("": it is its own).

    The kubelet reports a volume's image at each container that mounts the volume (kubernetes: kuberuntime_manager.go).
    """
    own = text_at(container, "image")
    volumes = image_volumes(pod)
    mounted = [text_at(mount, "name") for mount in mappings_at(container, "volumeMounts")] if volumes else []
    named = [one or other for one, other in _IMAGE_NAMES.findall(message)] if mounted else []
    if any(_is_written_as(own, name) for name in named):
        return own, ""
    for volume in mounted:
        image = volumes.get(volume, "")
        if image and any(_is_written_as(image, name) for name in named):
            return image, volume
    return own, ""


def _is_written_as(image: str, name: str) -> bool:
    """Whether a runtime may write an image of a spec so: with the registry and the tag that are left out in it."""
    return any(name == written or name.endswith(f"/{written}") for written in (image, f"{image}:latest"))


def image_volumes(pod: Object) -> dict[str, str]:
    """The images of a pod's volumes of type image, by the volumes' names."""
    found = {text_at(item, "name"): text_at(item, "image", "reference") for item in mappings_at(pod, "spec", "volumes")}
    return {name: image for name, image in found.items() if image}


def pull_waits(pod: Object) -> tuple[Wait, ...]:
    """The containers of a pod that wait because their image could not be pulled; none of a pod that is going."""
    if "deletionTimestamp" in mapping_at(pod, "metadata"):
        return ()
    return tuple(wait for wait in waits_of(pod) if wait.is_for_pull)


def waiting_images(pod: Object) -> tuple[str, ...]:
    """The images that a pod waits for after a failed pull, those of debug containers left out: it runs without them."""
    return tuple(wait.image for wait in waits_of(pod) if wait.reason in BACK_OFF and not wait.is_debug)


def is_stopped_by_malformed_secret(pod: Object) -> bool:
    """Whether a pod cannot pull any image because one of its pull secrets cannot be parsed."""
    return any(wait.is_for_malformed_secret for wait in waits_of(pod) if not wait.is_debug)


def listed_secrets(pod: Object) -> tuple[str, ...]:
    """The pull secrets that a pod lists: fixed at creation, from its spec or its service account.

    Entries without a name, which a template renders and the kubelet ignores, are left out.
    """
    return tuple(filter(None, listed_names(pod)))


def listed_names(pod: Object) -> tuple[str, ...]:
    """The names in a pod's imagePullSecrets as they are, "" for an entry without one."""
    return tuple(text_at(entry, "name") for entry in mappings_at(pod, "spec", "imagePullSecrets"))


def has_nameless_entry(pod: Object) -> bool:
    """Whether a pod's imagePullSecrets has an entry without a name."""
    return "" in listed_names(pod)


def is_without_sandbox(pod: Object) -> bool:
    """Whether nothing of a pod has started on its node yet, nor failed: its sandbox may be what it waits for."""
    statuses = [status for field in _STATUSES.values() for status in mappings_at(pod, "status", field)]
    reasons = {text_at(status, "state", "waiting", "reason") for status in statuses}
    return bool(text_at(pod, "spec", "nodeName")) and reasons <= {"ContainerCreating", "PodInitializing"}


def is_static(pod: Object) -> bool:
    """Whether a pod is the mirror of one whose manifest is on the node: it uses neither account nor pull secret.

    (kubernetes: pkg/kubelet/types/pod_update.go, ConfigMirrorAnnotationKey and ConfigSourceAnnotationKey.)
    """
    marks = mapping_at(pod, "metadata", "annotations")
    source = marks.get("kubernetes.io/config.source", "api")
    return "kubernetes.io/config.mirror" in marks or source != "api" or _controller_of(pod).startswith("node/")


def account_of(pod: Object) -> str:
    """The name of a pod's service account."""
    return text_at(pod, "spec", "serviceAccountName") or "default"


def owner_of(pod: Object) -> str:
    """The owner whose restart recreates the pod, as `kind/name`: a deployment rather than its replica set.

    A deployment calls its replica sets `<deployment>-<pod-template-hash>` (kubernetes: deployment controller).
    """
    if is_static(pod):
        return f"pod/{name_of(pod)}"
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
    return controller_of(pod) or f"pod/{name_of(pod)}"


def controller_of(item: Object) -> str:
    """The controller of any object, as `kind/name`; "" for none.

    A kind of another group that is called as one of Kubernetes' own has its group: `job.batch.volcano.sh/a`. So has a
    pod that controls others, as Spark's driver does, which is no standalone pod for them: `pod.v1/driver`. Without a
    controller, an owner that is a custom resource counts as one.
    """
    references = mappings_at(item, "metadata", "ownerReferences")
    for reference in sorted(references, key=lambda one: one.get("controller") is not True):
        kind, group = text_at(reference, "kind").lower(), text_at(reference, "apiVersion").rpartition("/")[0]
        is_foreign = kind not in _GROUPS or group not in ("", _GROUPS[kind])
        if reference.get("controller") is True or "." in group:
            suffix = f".{group}" if is_foreign and kind in _GROUPS else ".v1" if kind == "pod" else ""
            return f"{kind}{suffix}/{text_at(reference, 'name')}"
    return ""


def is_run_by_crio(pod: Object) -> bool:
    """Whether CRI-O runs a pod, by the IDs of its containers: `cri-o://…`."""
    return any(
        text_at(one, "containerID").startswith("cri-o://") for one in mappings_at(pod, "status", "containerStatuses")
    )
