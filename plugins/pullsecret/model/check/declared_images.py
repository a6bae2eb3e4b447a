"""The images of a declared pod, each with the path of its field, without those that are not filled in yet."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from pullsecret.model.images.placeholder import has_placeholder
from pullsecret.model.images.reference import discreet_image
from pullsecret.model.objects.objects import text_at

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.declared.declared import FieldPath
    from pullsecret.model.declared.pod_templates import PodTemplate

_CONTAINERS: Final = ("initContainers", "containers", "ephemeralContainers")
_FILLED_IN_LATER: Final = re.compile(r"\s*|auto|ko://.*")
"""A space for an OpenShift image trigger, `auto` for Istio's injection, and names for ko."""


class DeclaredImage(NamedTuple):
    """An image as written, and the path of its field in the object."""

    image: str
    path: FieldPath


def declared_images(template: PodTemplate) -> Iterator[DeclaredImage]:
    """The images of containers and of volumes, in their order."""
    for image in _all_images(template):
        if not (has_placeholder(image.image) or _FILLED_IN_LATER.fullmatch(image.image)):
            yield image


def _all_images(template: PodTemplate) -> Iterator[DeclaredImage]:
    for position, volume in _items(template, "volumes"):
        if image := text_at(volume, "image", "reference"):
            yield DeclaredImage(discreet_image(image), (*template.path, "volumes", position, "image", "reference"))
    for field in _CONTAINERS:
        for position, container in _items(template, field):
            yield DeclaredImage(discreet_image(text_at(container, "image")), (*template.path, field, position, "image"))


def _items(template: PodTemplate, field: str) -> Iterator[tuple[int, dict[str, object]]]:
    spec = template.pod.get("spec")
    items = spec.get(field) if isinstance(spec, dict) else None
    for position, item in enumerate(items if isinstance(items, list) else ()):
        if isinstance(item, dict):
            yield position, item
