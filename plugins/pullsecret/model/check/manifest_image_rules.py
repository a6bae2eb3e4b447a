"""PS010 to PS012: images in manifests that nothing can be pulled from by their names, or not what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.declared_images import declared_images
from pullsecret.model.check.observed import registries_of_images
from pullsecret.model.check.registry_rules import NO_PRIVATE_ENTRY, public_hosts_message
from pullsecret.model.check.rule import Match, Rule, Severity
from pullsecret.model.go.printable import printable
from pullsecret.model.images.hub_names import unusual_hub_name
from pullsecret.model.images.icr_limits import broken_limit
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from pullsecret.model.check.declared_holders import CheckedHolder
    from pullsecret.model.check.rule import FixOrAdvice


def _of_images(message: Callable[[str], str]) -> Callable[[CheckedHolder], Iterable[Match]]:
    """A condition on each image; it holds where there is a message."""

    def condition(holder: CheckedHolder) -> Iterator[Match]:
        for template in holder.templates:
            for image, path in declared_images(template):
                if said := message(image):
                    yield Match(message=said, place=holder.place_of(*path))

    return condition


def _invalid(image: str) -> str:
    try:
        parsed_reference(image)
    except InvalidReferenceError as error:
        return f'has image "{printable(image)}", whose name is not valid: {printable(str(error))}'
    return ""


def _beyond_limits(image: str) -> str:
    try:
        problem = broken_limit(parsed_reference(image))
    except InvalidReferenceError:
        return ""
    where = "which cannot be in IBM Cloud Container Registry"
    return f"has image {printable(image)}, {where}: {problem}" if problem else ""


def _of_docker_hub(image: str) -> str:
    name = unusual_hub_name(image)
    return f"has image {printable(image)}, which means Docker Hub: {printable(name)}" if name else ""


def _public_hosts(holder: CheckedHolder) -> Iterator[Match]:
    images = [one for template in holder.templates for one in declared_images(template)]
    hosts = registries_of_images(one.image for one in images) if holder.around.needs_private else ()
    if message := public_hosts_message(hosts):
        yield Match(message=message, place=holder.place_of(*images[0].path))


def _none(_: CheckedHolder, __: Match) -> FixOrAdvice:
    return None


MANIFEST_IMAGE_RULES: tuple[Rule[CheckedHolder], ...] = (
    Rule(
        code="PS010",
        severity=Severity.ERROR,
        title="Invalid image name",
        explanation=(
            "The kubelet does not pull an image whose name it cannot parse (InvalidImageName): names are in lowercase, "
            "and tags have at most 128 characters. Often a template had no value for the repository or the tag. "
            "Images with a placeholder such as ${IMAGE} are not checked."
        ),
        condition=_of_images(_invalid),
        fix=_none,
        advice="correct the image, or the value that it is rendered from",
    ),
    Rule(
        code="PS011",
        severity=Severity.WARNING,
        title="Image name beyond the limits of IBM Cloud Container Registry",
        explanation=(
            "Images of the registry are called HOST/NAMESPACE/REPOSITORY. A namespace has 4 to 30 lowercase letters, "
            "digits, hyphens and underscores, a repository has 2 to 255 characters, and a digest is a SHA-256. No "
            "image can have another name there."
        ),
        condition=_of_images(_beyond_limits),
        fix=_none,
        advice="correct the image",
    ),
    Rule(
        code="PS012",
        severity=Severity.INFO,
        title="Image name without an organization means Docker Hub",
        explanation=(
            "`app:1` is `docker.io/library/app:1`, where only Docker's own images are, and this is none that is known. "
            "An image that was built on a machine, or belongs to another registry, needs the registry in its name."
        ),
        condition=_of_images(_of_docker_hub),
        fix=_none,
        advice="write the registry in the image's name, or check its spelling",
    ),
    Rule(
        code=NO_PRIVATE_ENTRY.code,
        severity=NO_PRIVATE_ENTRY.severity,
        title=NO_PRIVATE_ENTRY.title,
        explanation=NO_PRIVATE_ENTRY.explanation,
        condition=_public_hosts,
        fix=_none,
        advice="change the images of the workload, and add the hosts to its pull secret",
    ),
)
"""The rules for the images of workloads in manifests."""
