"""Running pods whose next start of a container will not find the credential that the first one had.

Source: kubernetes pkg/kubelet/images (KubeletEnsureSecretPulledImages, on from 1.35): an image on the node is used only
by pods that may pull it, for which the pod's secrets are read again.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pullsecret.model.check.finding import Finding, Problem, listed
from pullsecret.model.check.fix_commands import SECRET_ADVICE, FixTarget, copying, creating, retyped, secret_fix
from pullsecret.model.check.observed import images_of, pull_secret_names
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.icr import REGIONS
from pullsecret.model.images.keyring import matching_keys
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference
from pullsecret.model.objects.pod import owner_of
from pullsecret.model.plan.waiting_pods import keys_of
from pullsecret.model.request.suggested_command import Flag

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.check.observed import Inventory
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.observed import Key

_PUBLIC = {region.host: region.private_host for region in REGIONS}


def pod_findings(namespace: str, inventory: Inventory, *, needs_private: bool) -> Iterator[Finding]:
    """What is wrong with the pods of a namespace, a finding an owner and secret."""
    owners: dict[str, list[Object]] = {}
    for pod in inventory.observed.pods.in_namespace(namespace):
        owners.setdefault(owner_of(pod), []).append(pod)
    for owner, pods in owners.items():
        if inventory.is_known(namespace):
            yield from _lost(namespace, owner, pods, inventory)
        if needs_private:
            yield from _public(namespace, owner, pods)


def _lost(namespace: str, owner: str, pods: Sequence[Object], inventory: Inventory) -> Iterator[Finding]:
    """The secrets that are gone or unreadable, each with the images that only it can have been for."""
    images: dict[str, dict[str, None]] = {}
    for names, pulled in dict.fromkeys((pull_secret_names(pod), images_of(pod)) for pod in pods):
        for name in names:
            if _is_lost((namespace, name), inventory):
                images.setdefault(name, {}).update(dict.fromkeys(_unserved(pulled, names, namespace, inventory)))
    for name, unserved in images.items():
        if unserved:
            yield _lost_one((namespace, name), owner, tuple(unserved), inventory)


def _is_lost(key: Key, inventory: Inventory) -> bool:
    secret = inventory.observed.secrets.present.get(key)
    return secret is None or bool(registries_of(secret).malformed)


def _unserved(images: Sequence[str], names: Sequence[str], namespace: str, inventory: Inventory) -> Sequence[str]:
    """The images of a pod for which no secret in its list has a key; all of them if one secret is malformed."""
    seen = [inventory.observed.secrets.present.get((namespace, name), {}) for name in names]
    if any(registries_of(secret).malformed for secret in seen):
        return images
    keys = [key for secret in seen for key in keys_of(secret)]
    return [image for image in images if not matching_keys(keys, image)]


def _lost_one(key: Key, owner: str, images: Sequence[str], inventory: Inventory) -> Finding:
    namespace, name = key
    secret = inventory.observed.secrets.present.get(key)
    end = "a container that ends may not start again"
    finding = partial(Finding, namespace=namespace, subject=owner, about=name)
    if not inventory.exists(key):
        home = inventory.homes.get(name)
        hosts = tuple(dict.fromkeys(filter(None, map(_host_of, images))))
        fix = copying(name, home, namespace) if home else creating(name, hosts, Flag("-n", namespace))
        said = f'runs with pull secret "{name}", which is gone: {end}'
        return finding(code="PS601", message=said, fix=fix)
    malformed = Problem(code="PS101", message="")
    repair = retyped(key) if secret is None else secret_fix(malformed, FixTarget(secret=secret))
    said = f'runs with pull secret "{name}", which no kubelet can read: {end}'
    return finding(code="PS602", message=said, fix=repair, advice="" if repair else SECRET_ADVICE)


def _public(namespace: str, owner: str, pods: Sequence[Object]) -> Iterator[Finding]:
    hosts = tuple(dict.fromkeys(host for pod in pods for host in map(_host_of, images_of(pod)) if host in _PUBLIC))
    if hosts:
        said = f"pulls from {listed(hosts)}: over the private network write {listed([_PUBLIC[host] for host in hosts])}"
        yield Finding(code="PS508", namespace=namespace, subject=owner, message=said)


def _host_of(image: str) -> str:
    """The registry of an image; "" for a name that the kubelet refuses."""
    try:
        return parsed_reference(image).domain
    except InvalidReferenceError:
        return ""
