"""Which server keys of pull secrets the kubelet uses for an image, and in which order it tries them.

Source: kubelet pkg/credentialprovider/keyring.go. A key matches when its port is the same text, its host has as many
labels and each fits (`*` stands for any part of one label), and its path is a prefix of the image's, letter by letter.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pullsecret.model.gojson import go_bytes
from pullsecret.model.gourl import Address, address, index_key
from pullsecret.model.imagename import image_lookup_name

if TYPE_CHECKING:
    from collections.abc import Iterable

_HUB_KEY = "index.docker.io"
_HUB_HOSTS = ("docker.io", _HUB_KEY)


def is_match(server_key: str, image: str) -> bool:
    """Whether a login under this server key serves the image, written as in a pod."""
    return bool(matching((server_key,), image))


def matching(server_keys: Iterable[str], image: str) -> tuple[str, ...]:
    """The server keys, as typed, that the kubelet tries for an image, written as in a pod, in its order.

    Give the keys of all pull secrets of the pod in the pod's order: the kubelet merges them. It sorts by what is left
    of a key in reverse byte order, so that longer paths come first and `*` last; equal ones keep their order.
    """
    name = image_lookup_name(image)
    return lookup(server_keys, name) if name else ()


def lookup(server_keys: Iterable[str], name: str) -> tuple[str, ...]:
    """The same for a name that is normalised already: the kubelet's BasicDockerKeyring.Lookup.

    Only when nothing matches do Docker Hub's images get the logins stored under exactly `index.docker.io`.
    """
    indexed = [(index, key) for key in server_keys if (index := index_key(key)) is not None]
    target = address(name)
    found = [(index, key) for index, key in indexed if _is_covering(address(index), target)]
    if not found and _is_hub_name(name):
        found = [(index, key) for index, key in indexed if index == _HUB_KEY]
    return tuple(key for _, key in sorted(found, key=lambda pair: go_bytes(pair[0]), reverse=True))


def _is_covering(key: Address | None, target: Address | None) -> bool:
    return (
        key is not None
        and target is not None
        and key.port == target.port
        and len(key.labels) == len(target.labels)
        and target.path.startswith(key.path)
        and all(_is_label_match(glob, label) for glob, label in zip(key.labels, target.labels, strict=True))
    )


def _is_label_match(glob: bytes, label: bytes) -> bool:
    """Go's filepath.Match for one label: only `*` can be in a host; a bracket begins a class that no label fits."""
    if b"*" not in glob:
        return glob == label and b"[" not in glob
    return re.fullmatch(b".*".join(re.escape(part) for part in glob.split(b"*")), label, re.DOTALL) is not None


def _is_hub_name(name: str) -> bool:
    """Whether a name is one of Docker Hub (isDefaultRegistryMatch): its first part is no host, or one of the Hub's."""
    first, slash, _ = name.partition("/")
    if not first:
        return False
    return not slash or first in _HUB_HOSTS or not ("." in first or ":" in first)
