"""Seeded combinations: pull secrets, a service account and a workload, in manifests or in the cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from random import Random
from typing import TYPE_CHECKING

from can_pull.pod_specs import container, distinct, pod_spec
from can_pull.pull_secrets import PullSecret, pull_secret
from can_pull.workloads import BUILDERS, BY_CONTROLLERS, EXISTING, manifest
from objects import references

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from control_plane.api import Object


class Asked(Enum):
    """How the program is asked."""

    MANIFEST = "can-pull -f FILE"
    WORKLOAD = "can-pull TYPE/NAME"
    IMAGE = "can-pull IMAGE"


ASKED = (*(Asked.MANIFEST, Asked.WORKLOAD) * 3, Asked.MANIFEST, Asked.IMAGE)
"""Images are asked about the least, as each combination takes a run of its own."""


@dataclass(frozen=True, kw_only=True)
class Placed:
    """Something that the cluster has before the run (`there`), that a manifest declares (`declared`), or both."""

    there: Object | None = None
    declared: Object | None = None


@dataclass(frozen=True, kw_only=True)
class Combination:
    """One combination; its objects have no namespace.

    `secrets` are those of the cluster and of the manifest together, as they are once the manifest is applied.
    `changed` is the service account as it is once pods were made from the one before; `debug` is an ephemeral container
    that a pod gets later.
    """

    seed: int
    asked: Asked
    kind: str
    spec: Object = field(repr=False)
    objects: tuple[Placed, ...] = field(repr=False)
    secrets: tuple[PullSecret, ...] = field(repr=False)
    changed: Object | None = field(default=None, repr=False)
    debug: Object | None = field(default=None, repr=False)
    accepts_nothing: bool = False
    """Whether the registries refuse every credential, so that the kubelet tries all of them."""

    @property
    def name(self) -> str:
        """The name of the workload, and of the pods or the beginning of their names."""
        return name_of(self.seed)

    @property
    def workload(self) -> Object:
        """The workload as a manifest."""
        return manifest(self.kind, self.name, self.spec)

    @property
    def declared(self) -> list[Object]:
        """The manifests, with the workload's."""
        found = [placed.declared for placed in self.objects if placed.declared]
        return [*found, self.workload] if self.asked is Asked.MANIFEST else found

    @property
    def is_revised(self) -> bool:
        """Whether a manifest changes something that the cluster has, which is unknown without the cluster."""
        return any(placed.there and placed.declared for placed in self.objects)


def name_of(seed: int) -> str:
    """The name of a combination, with which those of its objects begin."""
    return f"c{seed}"


def combination(seed: int, node: str, image_name: Callable[[Random], str], *, has_volumes: bool = True) -> Combination:
    """The combination of a seed, with images as `image_name` makes them; without volumes, none is of an image."""
    random = Random(seed)  # noqa: S311  a scene
    asked = ASKED[seed % len(ASKED)]
    kind = (
        random.choice(tuple(BUILDERS if asked is Asked.MANIFEST else EXISTING)) if asked is not Asked.IMAGE else "Pod"
    )
    spec = pod_spec(random, node, image_name, is_plain=asked is Asked.IMAGE)
    if not has_volumes:
        spec.pop("volumes", None)
    secrets = [
        pull_secret(random, f"{name_of(seed)}-{number}", images_of(spec))
        for number in range(random.choice((0, 1, 2, 2, 3)))
    ]
    # Only a pod that the test itself creates is known to be refused; controllers try again for long.
    may_be_refused = asked is not Asked.WORKLOAD and (kind not in BY_CONTROLLERS or kind == "Pod")
    accounts, changed = _account(random, seed, asked, [secret.name for secret in secrets])
    has_account = bool(accounts) or (may_be_refused and random.random() < 0.15)
    if has_account:
        field_name = "serviceAccount" if asked is Asked.MANIFEST and random.random() < 0.2 else "serviceAccountName"
        spec[field_name] = f"{name_of(seed)}-puller"
    if asked is not Asked.IMAGE and random.random() < 0.4:
        spec["imagePullSecrets"] = references(_listed(random, seed, [secret.name for secret in secrets]))
    elif random.random() < 0.2:
        spec["imagePullSecrets"] = random.choice(([], None))
    if accounts and may_be_refused and random.random() < 0.2:
        accounts = [_restricted(placed) for placed in accounts]
    return Combination(
        seed=seed,
        asked=asked,
        kind=kind,
        spec=spec,
        objects=(*accounts, *(_placed(random, secret, asked) for secret in secrets)),
        secrets=tuple(secrets),
        changed=changed,
        debug=_debug(random, image_name) if asked is Asked.WORKLOAD and kind == "Pod" else None,
        accepts_nothing=has_account and random.random() < 0.55,
    )


def _restricted(placed: Placed) -> Placed:
    """A service account that lets its pods use no other pull secrets than its own."""
    marks = {"kubernetes.io/enforce-mountable-secrets": "true"}

    def restricted(account: Object | None) -> Object | None:
        return account and {**account, "metadata": {**account["metadata"], "annotations": marks}}

    return Placed(there=restricted(placed.there), declared=restricted(placed.declared))


def _debug(random: Random, image_name: Callable[[Random], str]) -> Object | None:
    return container("debug", *distinct(random, image_name, 1)) if random.random() < 0.7 else None


def images_of(spec: Object) -> list[str]:
    """The images of a pod's spec, those of volumes included."""
    return [image for _, image in named_images(spec)]


def named_images(spec: Object) -> Iterator[tuple[str, str]]:
    """The images of a pod's spec, each with the name of its container or volume."""
    for field_name in ("initContainers", "containers", "ephemeralContainers"):
        for one in spec.get(field_name, ()):
            yield one["name"], one["image"]
    for volume in spec.get("volumes", ()):
        if "image" in volume:
            yield volume["name"], volume["image"]["reference"]


def _listed(random: Random, seed: int, names: list[str]) -> list[str]:
    """Names as a list of pull secrets has them: in any order, some left out or repeated, or not existing."""
    listed = [name for name in random.sample(names, len(names)) if random.random() < 0.85]
    listed += listed[:1] if random.random() < 0.1 else []
    chance = random.random()
    if chance < 0.15:
        listed.insert(random.randint(0, len(listed)), f"{name_of(seed)}-missing" if chance < 0.1 else "")
    return listed


def _account(random: Random, seed: int, asked: Asked, names: list[str]) -> tuple[list[Placed], Object | None]:
    """The service account, none for `default`, and what it becomes after pods were made from it."""
    if random.random() < 0.15:
        return [], None

    def account() -> Object:
        lists = references(_listed(random, seed, names))
        return {
            "apiVersion": "v1",
            "kind": "ServiceAccount",
            "metadata": {"name": f"{name_of(seed)}-puller"},
            **({"imagePullSecrets": lists} if lists or random.random() < 0.5 else {}),
        }

    if asked is Asked.MANIFEST:
        is_there, is_declared = random.choice(((True, False), (False, True), (False, True), (True, True)))
        return [Placed(there=account() if is_there else None, declared=account() if is_declared else None)], None
    changed = account() if asked is Asked.WORKLOAD and random.random() < 0.5 else None
    return [Placed(there=account())], changed


def _placed(random: Random, secret: PullSecret, asked: Asked) -> Placed:
    """The secret where it is: in the cluster, in the manifest, or in both, where the cluster's is an older one."""
    is_declared = asked is Asked.MANIFEST and random.random() < 0.6
    if not is_declared:
        return Placed(there=secret.body)
    is_revised = random.random() < 0.2 and not secret.is_immutable
    return Placed(there=_older(secret) if is_revised else None, declared=secret.body)


def _older(secret: PullSecret) -> Object:
    """The secret before its entries were added."""
    return PullSecret(name=secret.name, type=secret.type, entries=()).body
