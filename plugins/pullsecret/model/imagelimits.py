"""What IBM Cloud Container Registry asks of an image's name beyond the grammar: lengths, and where a namespace must be.

Source: IBM Cloud documentation, Code Engine: "Accessing container registries", the table of an image name's components.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pullsecret.model.icr import is_registry_host

if TYPE_CHECKING:
    from pullsecret.model.imagereference import ImageReference

_HOST_LENGTH = 253
_HOST_PERIODS = 127
_LABEL_LENGTH = 63
_NAMESPACE_LENGTHS = range(4, 31)
_REPOSITORY_LENGTHS = range(2, 256)
_NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
_SHARED_HOST = "icr.io"
"""Holds IBM's public images, too, in namespaces that are shorter: `icr.io/obs/...`."""


def broken_limits(reference: ImageReference) -> tuple[str, ...]:
    """Why no such image can be in the registry, a sentence each; () when it can, or is in another registry.

    The rest of the table is the grammar's, too: a tag's 128 characters, what a name may begin and end with.
    """
    host = reference.domain.partition(":")[0]
    if not is_registry_host(host):
        return _broken_by_host(host)
    namespace, slash, repository = reference.path.partition("/")
    if not slash:
        return (f'"{reference.path}" has no namespace: an image of {host} is {host}/NAMESPACE/REPOSITORY',)
    return (*_broken_by_namespace(namespace, host), *_broken_by_repository(repository), *_broken_by_digest(reference))


def _broken_by_host(host: str) -> tuple[str, ...]:
    labels = host.split(".")
    if len(host) <= _HOST_LENGTH and len(labels) - 1 <= _HOST_PERIODS and max(map(len, labels)) <= _LABEL_LENGTH:
        return ()
    limits = f"{_HOST_LENGTH} characters, {_HOST_PERIODS} periods, {_LABEL_LENGTH} characters between two of them"
    return (f"the registry's name is too long: it may have {limits}",)


def _broken_by_namespace(namespace: str, host: str) -> tuple[str, ...]:
    if not _NAMESPACE.fullmatch(namespace):
        return (f'namespace "{namespace}" may hold lower-case letters, digits, hyphens and underscores only',)
    is_shared_host = host.removeprefix("private.") == _SHARED_HOST
    if len(namespace) in _NAMESPACE_LENGTHS or (is_shared_host and len(namespace) < _NAMESPACE_LENGTHS.start):
        return ()
    return (f'namespace "{namespace}" must be 4 to 30 characters long',)


def _broken_by_repository(repository: str) -> tuple[str, ...]:
    return () if len(repository) in _REPOSITORY_LENGTHS else ("the repository's name must be 2 to 255 characters long",)


def _broken_by_digest(reference: ImageReference) -> tuple[str, ...]:
    is_usual = not reference.digest or reference.digest.startswith("sha256:")
    return () if is_usual else ("the image's digest must begin with sha256:",)
