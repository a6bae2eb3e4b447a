"""The pods that wait for an image and that new entries of the global pull secret help.

The kubelet tries the credentials of the pod's own pull secrets first and those of the node after them, so a wrong
secret of the pod only costs a failed attempt. A malformed one stops every pull of the pod before that (kubernetes:
pkg/kubelet/images/image_manager.go, pkg/credentialprovider/secrets).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference
from pullsecret.model.objects.objects import name_of, namespace_of, text_at
from pullsecret.model.objects.pod import is_stopped_by_malformed_secret, owner_of, pull_waits
from pullsecret.model.openshift.mirrors import mirroring_of, node_key_for

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from pullsecret.model.objects.objects import Object


@dataclass(frozen=True, kw_only=True)
class HelpedPods:
    """The waiting pods of one owner, `kind/name`, whose image has an entry now.

    `obstacle` is why they do not get the image all the same; "" if they do once their nodes have the entry.
    """

    namespace: str
    owner: str
    image: str
    pods: tuple[str, ...]
    obstacle: str = ""


def helped_pods(
    pods: Iterable[Object],
    keys: Iterable[str],
    unreached: Collection[str] = frozenset(),
    mirrors: Iterable[Object] = (),
) -> tuple[HelpedPods, ...]:
    """The waiting pods that entries help, by their owners, in the order of the pods.

    Args:
        pods: pods of any namespaces.
        keys: the registry keys of the entries, as written.
        unreached: the names of the nodes that do not get the entries.
        mirrors: the objects with the mirrors of images, which nodes contact with their own credentials only.
    """
    written, policies = tuple(keys), tuple(mirrors)
    found: dict[tuple[str, str, str, str], list[str]] = {}
    for pod in pods:
        image = _image_with_entry(pod, written, policies)
        if image:
            obstacle = _obstacle(pod, unreached)
            found.setdefault((namespace_of(pod), owner_of(pod), image, obstacle), []).append(name_of(pod))
    return tuple(
        HelpedPods(namespace=namespace, owner=owner, image=image, pods=tuple(names), obstacle=obstacle)
        for (namespace, owner, image, obstacle), names in found.items()
    )


def _image_with_entry(pod: Object, keys: tuple[str, ...], policies: tuple[Object, ...]) -> str:
    """The first image that a pod waits for and that a key is used for; "" for none."""
    images = (wait.image for wait in pull_waits(pod) if not wait.is_debug)
    return next((image for image in images if _is_used_for(keys, image, policies)), "")


def _is_used_for(keys: tuple[str, ...], image: str, policies: tuple[Object, ...]) -> bool:
    """Whether a node uses one of the keys for an image: at a mirror, or at its registry unless that is left out."""
    try:
        mirroring = mirroring_of(parsed_reference(image), policies)
    except InvalidReferenceError:
        return False
    if mirroring and any(node_key_for(keys, repository) for repository in mirroring.repositories):
        return True
    return not (mirroring and mirroring.is_only) and bool(matching_keys(keys, image))


def _obstacle(pod: Object, unreached: Collection[str]) -> str:
    if is_stopped_by_malformed_secret(pod):
        return "the kubelet cannot parse a pull secret that the pod lists, which stops every pull"
    if text_at(pod, "spec", "nodeName") in unreached:
        return "its node does not get the change"
    return ""
