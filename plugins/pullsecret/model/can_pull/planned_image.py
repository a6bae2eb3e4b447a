"""The images that a pod pulls, each with the container or the volume that it is for."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pullsecret.model.doctor.evidence import PlannedPod
from pullsecret.model.images.reference import discreet_image
from pullsecret.model.objects.objects import mappings_at, text_at
from pullsecret.model.objects.pod import DEBUG_CONTAINERS, Wait

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.objects.objects import Object

_CONTAINERS: Final = ("initContainers", "containers", DEBUG_CONTAINERS)
_NEVER: Final = "Never"
_WAITING: Final = "ErrImagePull"


@dataclass(frozen=True, kw_only=True)
class PlannedImage:
    """An image of a pod's spec; `path` leads to its name in the spec.

    `container` is "" for the image of a volume, and `volume` for that of a container. `is_never_pulled` is the pull
    policy `Never`: the node has the image, or the container does not start.
    """

    image: str
    path: tuple[str | int, ...]
    container: str = ""
    volume: str = ""
    is_never_pulled: bool = False

    @property
    def wait(self) -> Wait:
        """The wait of a pod whose pull of this image failed."""
        field = str(self.path[0]) if self.container else "containers"
        return Wait(container=self.container, image=self.image, reason=_WAITING, field=field, volume=self.volume)


def planned_images(pod: Object) -> tuple[PlannedImage, ...]:
    """The images that the kubelet pulls for a pod: those of its containers, of any kind, and of its volumes."""
    return (*_images_of_containers(pod), *_images_of_volumes(pod))


def _images_of_containers(pod: Object) -> Iterator[PlannedImage]:
    for field in _CONTAINERS:
        for position, container in enumerate(mappings_at(pod, "spec", field)):
            yield PlannedImage(
                image=discreet_image(text_at(container, "image")),
                path=(field, position, "image"),
                container=text_at(container, "name"),
                is_never_pulled=text_at(container, "imagePullPolicy") == _NEVER,
            )


def _images_of_volumes(pod: Object) -> Iterator[PlannedImage]:
    for position, volume in enumerate(mappings_at(pod, "spec", "volumes")):
        if image := text_at(volume, "image", "reference"):
            yield PlannedImage(
                image=discreet_image(image),
                path=("volumes", position, "image", "reference"),
                volume=text_at(volume, "name"),
                is_never_pulled=text_at(volume, "image", "pullPolicy") == _NEVER,
            )


def planned_pod(pod: Object, *, has_own_list: bool) -> PlannedPod:
    """A pod that would wait for each of its images."""
    return PlannedPod(waits=tuple(image.wait for image in planned_images(pod)), has_own_list=has_own_list)
