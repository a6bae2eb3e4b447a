"""Which images pods pull with which pull secret alone, so that this one must allow it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.observed import images_of, pull_secret_names
from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.plan.waiting_pods import keys_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from pullsecret.model.check.observed import Inventory
    from pullsecret.model.objects.objects import Object


def images_by_secret(namespace: str, inventory: Inventory) -> Mapping[str, tuple[str, ...]]:
    """The images of a namespace's pods, by the only secret in the pod's list that has a key for them.

    Where several secrets have one, the kubelet tries all, and any of them may be the one that is allowed.
    """
    observed = inventory.observed
    keys = {name: keys_of(secret) for (place, name), secret in observed.secrets.present.items() if place == namespace}
    found: dict[str, dict[str, None]] = {}
    for pod in (*observed.pods.in_namespace(namespace), *inventory.pending.in_namespace(namespace)):
        for name, image in _pulled_alone(pod, keys):
            found.setdefault(name, {})[image] = None
    return {name: tuple(images) for name, images in found.items()}


def _pulled_alone(pod: Object, keys: Mapping[str, Sequence[str]]) -> Iterator[tuple[str, str]]:
    for image in images_of(pod):
        able = [name for name in pull_secret_names(pod) if matching_keys(keys.get(name, ()), image)]
        if len(able) == 1:
            yield able[0], image
