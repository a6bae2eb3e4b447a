"""Random pod specs: containers, init and sidecar containers and image volumes, each with an image of its own."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from random import Random

    from control_plane.api import Object


def pod_spec(random: Random, node: str, image_name: Callable[[Random], str], *, is_plain: bool) -> Object:
    """A spec for a node without scheduler and network; a plain one has nothing but containers."""
    images = distinct(random, image_name, 5)
    spec: Object = {
        "nodeName": node,
        "hostNetwork": True,
        "automountServiceAccountToken": False,
        "terminationGracePeriodSeconds": 0,
        "tolerations": [{"operator": "Exists"}],  # no controller here removes the taint of a new node
        "containers": [container(f"main-{number}", images.pop()) for number in range(random.choice((1, 1, 2)))],
    }
    if is_plain:
        return spec
    if random.random() < 0.2:
        sidecar = {"restartPolicy": "Always"} if random.random() < 0.6 else {}
        spec["initContainers"] = [{**container("first", images.pop()), **sidecar}]
    if random.random() < 0.15:
        spec["volumes"] = [{"name": "model", "image": {"reference": images.pop(), "pullPolicy": "Always"}}]
    return spec


def container(name: str, image: str) -> Object:
    """A container whose image is pulled each time."""
    return {"name": name, "image": image, "imagePullPolicy": "Always"}


def distinct(random: Random, image_name: Callable[[Random], str], count: int) -> list[str]:
    """Images that the API server accepts, no two of which the kubelet would pull under one name."""
    found: dict[str, str] = {}
    while len(found) < count:
        image = image_name(random)
        if image and image == image.strip() and image.isprintable() and not image.startswith("-"):
            found.setdefault(pulled_name(image), image)
    return list(found.values())


def pulled_name(image: str) -> str:
    """An image as the kubelet asks the runtime for it: with a tag or a digest (applyDefaultImageTag)."""
    return image if "@" in image or ":" in image.rpartition("/")[2] else f"{image}:latest"
