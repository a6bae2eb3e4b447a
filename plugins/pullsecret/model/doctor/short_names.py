"""Image names without a registry, such as `app:1`: what the node asks for them."""

from __future__ import annotations

from pullsecret.model.go.printable import printable
from pullsecret.model.images.reference import HUB_DOMAIN, InvalidReferenceError, parsed_reference


def has_registry(image: str) -> bool:
    """Whether an image's name begins with its registry; an invalid name counts as one that does."""
    try:
        domain = parsed_reference(image).domain
    except InvalidReferenceError:
        return True
    first, slash, _ = image.strip().partition("/")
    return domain != HUB_DOMAIN or bool(slash and "." in first)


def name_without_registry(image: str, runtime: str) -> str:
    """What an image's name means that names no registry; "" for any other name.

    Args:
        image: the name as in the pod.
        runtime: the node's runtime with its version, "" if unknown. CRI-O looks short names up in the registries that
            its registries.conf lists (containers/image: docs/containers-registries.conf.5.md).
    """
    if has_registry(image):
        return ""
    if runtime.startswith("cri-o"):
        where = f"CRI-O may search other registries for it, but pull secrets must match {HUB_DOMAIN}"
        return f"{printable(image)} has no registry in its name; {where}"
    return f"{printable(image)} has no registry in its name, which means Docker Hub: {parsed_reference(image).name}"
