"""The server keys of pull secrets that match an image, in the order in which the kubelet tries them.

Source: kubelet pkg/credentialprovider/keyring.go. A key matches if its port is the same text, its host has the same
number of labels and each matches (`*` matches within one label), and its path is a prefix of the image's, by character.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.go.json import go_bytes
from pullsecret.model.images.dockerconfig import Registries, RegistryEntry, registries_of
from pullsecret.model.images.key_index import HUB_INDEX_KEY, key_index
from pullsecret.model.images.reference import HUB_DOMAIN, InvalidReferenceError, parsed_reference
from pullsecret.model.objects.objects import Object, name_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HUB_HOSTS = (HUB_DOMAIN, HUB_INDEX_KEY)


@dataclass(frozen=True, kw_only=True)
class PullCredential:
    """An entry that the kubelet tries for an image, and the name of its secret.

    An entry without a password is tried, too: any match disables the anonymous pull.
    """

    secret: str
    entry: RegistryEntry


@dataclass(frozen=True, kw_only=True)
class PullCredentials:
    """The kubelet's credentials for one image of a pod, in its order, or the error that prevents any pull.

    `invalid_image` is the error of the reference (reason `InvalidImageName`). `malformed` is the error of the first
    secret that cannot be parsed, `malformed_secret`: it is the message of every waiting container of the pod. Without
    errors and credentials the kubelet pulls anonymously.
    """

    credentials: tuple[PullCredential, ...] = field(default=(), repr=False)
    malformed: str = ""
    malformed_secret: str = ""
    invalid_image: str = ""


def credentials_for(secrets: Iterable[Object], image: str) -> PullCredentials:
    """The credentials that the kubelet tries for an image, written as in a pod.

    Pass the Secret objects that exist, with `data`, in the order of the pod's `imagePullSecrets`. If one secret spells
    a key in two ways, the kubelet tries them in random order (it ranges over a Go map); here it is the file's order.
    Source: kubelet pkg/kubelet/images/image_manager.go; pkg/credentialprovider/secrets (MakeDockerKeyring).
    """
    return credentials_among(((name_of(secret), registries_of(secret)) for secret in secrets), image)


def credentials_among(read: Iterable[tuple[str, Registries]], image: str) -> PullCredentials:
    """The same for secrets that are parsed already, each with its name: for many images and large secrets."""
    try:
        name = parsed_reference(image).name
    except InvalidReferenceError as error:
        return PullCredentials(invalid_image=str(error))
    keys: list[str] = []
    held: list[tuple[int, str, Registries]] = []
    for secret, found in read:
        if found.malformed:
            return PullCredentials(malformed=found.malformed, malformed_secret=secret)
        held.append((len(keys), secret, found))
        keys += found.servers
    return PullCredentials(credentials=tuple(_credential_at(position, held) for position in _order(tuple(keys), name)))


def _credential_at(position: int, held: Sequence[tuple[int, str, Registries]]) -> PullCredential:
    """The entry at a position among those of all secrets; each secret comes with the position of its first one."""
    start, name, registries = next(item for item in reversed(held) if item[0] <= position)
    return PullCredential(secret=name, entry=registries.entries[position - start])


def is_match(server_key: str, image: str) -> bool:
    """Whether an entry under this server key matches the image, written as in a pod."""
    return bool(matching_keys((server_key,), image))


def matching_keys(server_keys: Iterable[str], image: str) -> tuple[str, ...]:
    """The server keys, as typed, that the kubelet tries for an image, written as in a pod, in its order.

    Pass the keys of all pull secrets of the pod in the pod's order: the kubelet merges them. It sorts the normalized
    keys in reverse byte order, so that longer paths come first and `*` last; equal keys keep their order.
    """
    try:
        return lookup(server_keys, parsed_reference(image).name)
    except InvalidReferenceError:
        return ()


def lookup(server_keys: Iterable[str], name: str) -> tuple[str, ...]:
    """The same for a name that is normalized already: the kubelet's BasicDockerKeyring.Lookup.

    Only if nothing matches do Docker Hub images get the entries stored under exactly `index.docker.io`.
    """
    keys = server_keys if isinstance(server_keys, tuple) else tuple(server_keys)
    return tuple(keys[position] for position in _order(keys, name))


def _order(server_keys: tuple[str, ...], name: str) -> list[int]:
    """The positions of the keys that match a name, in the order in which they are tried."""
    index = key_index(server_keys)
    found = index.matching(name) or (index.hub if _is_hub_name(name) else [])
    return sorted(found, key=lambda position: go_bytes(index.keys[position] or ""), reverse=True)


def _is_hub_name(name: str) -> bool:
    """Whether a name is on Docker Hub (isDefaultRegistryMatch): its first part is not a host, or is the Hub's."""
    first, slash, _ = name.partition("/")
    if not first:
        return False
    return not slash or first in _HUB_HOSTS or not ("." in first or ":" in first)
