"""Mirrors that a node contacts instead of a registry, and whether a pod's pull secret is sent to them.

CRI-O sends no credentials of a pod to a mirror (containers/image clears them when the host differs): it uses only the
cluster's global pull secret there. containerd sends a mirror the credentials that match the image's own host.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pullsecret.model.objects.objects import Object, mappings_at, name_of, text_at

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.model.images.reference import ImageReference

_FIELDS = {
    "imageDigestMirrors": "ImageDigestMirrorSet",
    "imageTagMirrors": "ImageTagMirrorSet",
    "repositoryDigestMirrors": "ImageContentSourcePolicy",
}
"""The field with the rules in each of OpenShift's three kinds; its name says whether they are for digests or tags."""


class Mirroring(NamedTuple):
    """A rule that covers an image: the object that has it, the mirrors, and whether the source is never contacted."""

    holder: str
    mirrors: tuple[str, ...]
    is_only: bool


def mirroring_of(image: ImageReference, policies: Iterable[Object]) -> Mirroring | None:
    """The rule for an image; None when only its own registry is contacted.

    A digest's rules are for images by digest, a tag's for images by tag (OpenShift: config/v1).
    """
    found = [rule for policy in policies for rule in _rules(policy, image)]
    return max(found, key=lambda pair: len(pair[0]))[1] if found else None


def _rules(policy: Object, image: ImageReference) -> Iterable[tuple[str, Mirroring]]:
    for field, kind in _FIELDS.items():
        if ("Digest" in field) != bool(image.digest):
            continue
        for rule in mappings_at(policy, "spec", field):
            source, mirrors = text_at(rule, "source"), rule.get("mirrors")
            if _covers(source, image) and isinstance(mirrors, list) and mirrors:
                is_only = text_at(rule, "mirrorSourcePolicy") == "NeverContactSource"
                yield source, Mirroring(f"{kind}/{name_of(policy)}", tuple(map(str, mirrors)), is_only)


def _covers(source: str, image: ImageReference) -> bool:
    """Whether a rule's source is the image's repository, a part of its path, its host, or `*.` and its domain."""
    if source.startswith("*."):
        return image.domain.endswith(source[1:])
    return image.name == source or image.name.startswith(f"{source}/")
