"""PS010 to PS012, and PS014: images in manifests whose names are not valid, or not what was meant."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.declared_images import declared_images
from pullsecret.model.check.observed import registries_of_images
from pullsecret.model.check.registry_rules import NO_PRIVATE_ENTRY, public_hosts_message
from pullsecret.model.check.rule import Match, Rule, Severity, no_fix
from pullsecret.model.go.printable import printable
from pullsecret.model.images.hub_names import unusual_hub_name
from pullsecret.model.images.icr_limits import broken_limit
from pullsecret.model.images.keyring import lookup
from pullsecret.model.images.near_misses import near_misses
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference
from pullsecret.model.images.server_keys import KeyFault, shown_key
from pullsecret.model.plan.waiting_pods import keys_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from pullsecret.model.check.declared_holders import CheckedHolder
    from pullsecret.model.declared.pod_templates import PodTemplate
    from pullsecret.model.images.server_keys import KeyProblem
    from pullsecret.model.objects.objects import Object


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


def _of_docker_hub(holder: CheckedHolder) -> Iterator[Match]:
    """Short names; with the image of the manifests that has the same name in another registry, if there is one."""
    for template in holder.templates:
        for image, path in declared_images(template):
            if name := unusual_hub_name(image):
                meant = holder.around.image_called(name.rpartition("/")[2])
                more = f"; {printable(meant)} is in the manifests, too" if meant else ""
                message = f"has image {printable(image)}, which means Docker Hub: {printable(name)}{more}"
                yield Match(message=message, place=holder.place_of(*path))


def _nearly_matched(holder: CheckedHolder) -> Iterator[Match]:
    """Images without credentials in lists that are known, and the key that was probably meant for them."""
    for template in holder.templates:
        secrets = _known_secrets(holder, template)
        keys = {key: name for name, secret in secrets.items() for key in keys_of(secret)}
        for image, path in declared_images(template) if keys else ():
            for miss in _misses(tuple(keys), image):
                declared = holder.around.parts.secret(holder.namespace, keys[miss.key])
                if declared is None or not holder.around.matches_nothing(declared):
                    message = f"has image {printable(image)}, which no entry matches; {miss.sentence}"
                    yield Match(
                        message=f"{message} ({shown_key(miss.key)} in secret/{printable(keys[miss.key])})",
                        secret_name=keys[miss.key],
                        place=holder.place_of(*path),
                    )


def _known_secrets(holder: CheckedHolder, template: PodTemplate) -> Mapping[str, Object]:
    """The secrets that a pod gets, by their names; none if the content of one of them is not known."""
    names = dict.fromkeys(filter(None, holder.around.names_for(template.pod, holder.namespace)))
    found = {name: holder.around.content(holder.namespace, name) for name in names}
    known = {name: secret for name, secret in found.items() if secret is not None}
    return known if len(known) == len(found) else {}


def _misses(keys: tuple[str, ...], image: str) -> Iterable[KeyProblem]:
    """The first key that was probably meant for an image and is good in itself; none if any key matches."""
    try:
        reference = parsed_reference(image)
    except InvalidReferenceError:
        return ()
    if lookup(keys, reference.name):
        return ()
    return [miss for miss in near_misses(keys, reference) if miss.fault is KeyFault.OTHER_IMAGE][:1]


def _public_hosts(holder: CheckedHolder) -> Iterator[Match]:
    images = [one for template in holder.templates for one in declared_images(template)]
    hosts = registries_of_images(one.image for one in images) if holder.around.needs_private else ()
    if message := public_hosts_message(hosts):
        yield Match(message=message, place=holder.place_of(*images[0].path))


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
        fix=no_fix,
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
        fix=no_fix,
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
        condition=_of_docker_hub,
        fix=no_fix,
        advice="write the registry in the image's name, or check its spelling",
    ),
    Rule(
        code="PS014",
        severity=Severity.INFO,
        title="Entry nearly matches an image",
        explanation=(
            "No entry of the pull secrets that the pods get matches the image, and one of them was probably meant for "
            "it. If the image is public, it is pulled without credentials."
        ),
        condition=_nearly_matched,
        fix=no_fix,
        advice="correct the registry in the secret, or the image",
    ),
    Rule(
        code=NO_PRIVATE_ENTRY.code,
        severity=NO_PRIVATE_ENTRY.severity,
        title=NO_PRIVATE_ENTRY.title,
        explanation=NO_PRIVATE_ENTRY.explanation,
        condition=_public_hosts,
        fix=no_fix,
        advice="change the images of the workload, and add the hosts to its pull secret",
    ),
)
"""The rules for the images of workloads in manifests."""
