"""Images that OpenShift imports into image streams: what is asked for, and what became of it.

Source: openshift/oc: pkg/cli/tag/tag.go; openshift-apiserver: pkg/image/apiserver/registry/imagestreamtag/rest.go and
imagestream/strategy.go; openshift/api: image/v1.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pullsecret.errors import RefusedError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import Kind, mapping_at, mappings_at, merged, name_of, namespace_of, text_at

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object

_DOCKER_IMAGE = "DockerImage"
_ASK_AGAIN = 0
"""The generation of a tag that the server must import again."""


class ReferencePolicy(Enum):
    """Where pods pull the image of a tag from."""

    LOCAL = "local"
    SOURCE = "source"

    @property
    def type(self) -> str:
        """The field's value."""
        return self.value.capitalize()


@dataclass(frozen=True, kw_only=True)
class WantedImport:
    """An image for a tag: as it is to be imported, and whether the tag may have referred to another image before."""

    image: str
    policy: ReferencePolicy = ReferencePolicy.LOCAL
    is_scheduled: bool = False
    overwrite: bool = False


@dataclass(frozen=True, kw_only=True)
class ImportResult:
    """What became of the import of a tag: `digest` of the image, or why it failed; neither is known while it runs.

    `reason` is the server's, such as Unauthorized. `repository` is where the internal registry has the stream.
    """

    digest: str = ""
    reason: str = ""
    message: str = ""
    repository: str = ""

    @property
    def is_known(self) -> bool:
        """Whether the import has ended."""
        return bool(self.digest or self.reason)


def tag_of(stream: Object, tag: str) -> Object | None:
    """The ImageStreamTag of an image stream, as a write of it is judged; None if the stream has no such tag.

    A GET of the tag itself finds none before an image was imported.
    """
    reference = next((each for each in mappings_at(stream, "spec", "tags") if text_at(each, "name") == tag), None)
    if reference is None:
        return None
    about = mapping_at(stream, "metadata")
    return {
        "apiVersion": Kind.IMAGE_STREAM_TAG.group,
        "kind": Kind.IMAGE_STREAM_TAG.title,
        "metadata": {
            "name": f"{name_of(stream)}:{tag}",
            "namespace": namespace_of(stream),
            **{key: about[key] for key in ("resourceVersion", "uid") if key in about},
            "annotations": mapping_at(reference, "annotations"),
        },
        "tag": {key: value for key, value in reference.items() if key != "annotations"},
    }


def imported(current: Object | None, wanted: WantedImport, *, key: tuple[str, str], is_done: bool) -> Object:
    """The ImageStreamTag as it should be.

    Args:
        current: the present one, as `tag_of` has it, or None.
        wanted: the image.
        key: the namespace, and the name `STREAM:TAG`.
        is_done: whether the image of the present one was imported: if not, it is imported again.

    Raises:
        RefusedError: the tag refers to another image.
    """
    namespace, name = key
    if current is None:
        return {
            "apiVersion": Kind.IMAGE_STREAM_TAG.group,
            "kind": Kind.IMAGE_STREAM_TAG.title,
            "metadata": {"name": name, "namespace": namespace},
            "tag": _reference(name.partition(":")[2], wanted),
        }
    before = mapping_at(current, "tag")
    source = mapping_at(before, "from")
    is_same = source.get("kind") == _DOCKER_IMAGE and source.get("name") == wanted.image
    if not is_same and not wanted.overwrite:
        what = f'imagestreamtags "{name}" in namespace {namespace} refers to {_shown_source(before)}'
        raise RefusedError(f"{what}; use --overwrite to import {wanted.image} into it")
    if is_same and is_done and _policies(before) == _policies(_reference("", wanted)):
        return current
    renewed = merged(before, {"from": None, "reference": None})
    importing = merged(mapping_at(before, "importPolicy"), {"scheduled": True if wanted.is_scheduled else None})
    return {**current, "tag": {**renewed, **_reference(text_at(before, "name"), wanted), "importPolicy": importing}}


def _reference(tag: str, wanted: WantedImport) -> Object:
    """A tag's reference, as `oc tag --source=docker` sends it."""
    return {
        "name": tag,
        "from": {"kind": _DOCKER_IMAGE, "name": wanted.image},
        "generation": _ASK_AGAIN,
        "importPolicy": {"scheduled": True} if wanted.is_scheduled else {},
        "referencePolicy": {"type": wanted.policy.type},
    }


def _policies(reference: Object) -> tuple[str, bool]:
    """What this program asks for in a reference; a missing reference policy is that to the source."""
    policy = text_at(reference, "referencePolicy", "type") or ReferencePolicy.SOURCE.type
    return policy, mapping_at(reference, "importPolicy").get("scheduled") is True


def _shown_source(reference: Object) -> str:
    """What a tag refers to, as a user knows it."""
    source = mapping_at(reference, "from")
    name = printable(text_at(source, "name") or "no image")
    return name if source.get("kind") == _DOCKER_IMAGE else f"{printable(text_at(source, 'kind'))} {name}".strip()


def result_in(stream: Object, tag: str) -> ImportResult:
    """What became of the import that the tag asks for last; an image of an earlier one does not count."""
    reference = next((each for each in mappings_at(stream, "spec", "tags") if text_at(each, "name") == tag), {})
    asked = _generation(reference)
    events = next((each for each in mappings_at(stream, "status", "tags") if text_at(each, "tag") == tag), {})
    repository = text_at(stream, "status", "dockerImageRepository")
    for condition in mappings_at(events, "conditions"):
        is_failure = text_at(condition, "type") == "ImportSuccess" and condition.get("status") == "False"
        if is_failure and _generation(condition) >= asked:
            reason = text_at(condition, "reason") or "Unknown"
            return ImportResult(reason=reason, message=text_at(condition, "message"), repository=repository)
    latest = next(iter(mappings_at(events, "items")), {})
    digest = text_at(latest, "image") if latest and _generation(latest) >= asked else ""
    return ImportResult(digest=digest, repository=repository)


def _generation(item: Object) -> int:
    value = item.get("generation")
    return value if isinstance(value, int) else 0


def refers_to(stream: Object, tag: str, image: str) -> bool:
    """Whether a tag of a stream refers to an image."""
    return any(
        text_at(each, "name") == tag and text_at(each, "from", "name") == image
        for each in mappings_at(stream, "spec", "tags")
    )
