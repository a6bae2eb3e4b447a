"""Which pulls prove that a namespace still pulls with its changed secrets: an image for each secret and registry."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.images.credential_checks import image_checks, images_to_pull
from pullsecret.model.objects.objects import name_of, namespace_of
from pullsecret.model.objects.pod import listed_secrets
from pullsecret.model.plan.probe_pod import PullProbe

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.model.objects.objects import Object


def canary_probes(
    secrets: Iterable[Object], pods: Sequence[Object], images: Sequence[str], hosts: frozenset[str]
) -> tuple[PullProbe, ...]:
    """The pulls to try in the namespace of the secrets.

    Args:
        secrets: the secrets that were changed, as they are now.
        pods: the pods of the namespace; the images of those that reference a secret are used.
        images: the images that the user named, which are used before those of pods.
        hosts: the registries for which the secrets were changed.
    """
    return tuple(probe for secret in secrets for probe in _probes_of(secret, pods, images, hosts))


def _probes_of(
    secret: Object, pods: Sequence[Object], images: Sequence[str], hosts: frozenset[str]
) -> Iterator[PullProbe]:
    """One image for each registry; a credential goes to no host that only a pod names (`image_checks`)."""
    name = name_of(secret)
    of_pods = [image for pod in pods if name in listed_secrets(pod) for image in images_to_pull(pod)]
    checks = (
        *image_checks(secret, images, all_images=False),
        *image_checks(secret, of_pods, all_images=False, is_named=False),
    )
    done: set[str] = set()
    for check in checks:
        host = next((query.host for query in check.queries), "")
        if host in hosts and host not in done:
            done.add(host)
            yield PullProbe(namespace=namespace_of(secret), secrets=(name,), image=check.image)
