"""What IBM Cloud Container Registry requires of an image's name beyond the grammar: lengths, and a namespace.

Source: IBM Cloud documentation, Code Engine: "Accessing container registries", the table of an image name's components.
What else is in that table is in the grammar, too: a tag's 128 characters, what a name may begin and end with.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from pullsecret.model.go.printable import printable
from pullsecret.model.images.icr import is_registry_host, public_name

if TYPE_CHECKING:
    from pullsecret.model.images.reference import ImageReference

_NAMESPACE_LENGTHS: Final = range(4, 31)
_REPOSITORY_LENGTHS: Final = range(2, 256)
_NAMESPACE = re.compile(r"[a-z0-9](?:[a-z0-9_-]*[a-z0-9])?")
_SHARED_HOST: Final = "icr.io"
"""Has IBM's public images, too, in namespaces that are shorter: `icr.io/obs/...`."""


def broken_limit(reference: ImageReference) -> str:
    """Why the registry can have no image of this name; "" if it can, and for images of other registries."""
    host = reference.domain.partition(":")[0]
    if not is_registry_host(host):
        return ""
    namespace, slash, repository = reference.path.partition("/")
    if not slash:
        return f"it has no namespace; images of {host} are called {host}/NAMESPACE/REPOSITORY"
    return _broken_by_namespace(namespace, host) or _broken_by_rest(repository, reference.digest)


def _broken_by_namespace(namespace: str, host: str) -> str:
    if not _NAMESPACE.fullmatch(namespace):
        return f'namespace "{printable(namespace)}" may contain only lowercase letters, digits, - and _'
    is_short = public_name(host) == _SHARED_HOST and len(namespace) < _NAMESPACE_LENGTHS.start
    if len(namespace) in _NAMESPACE_LENGTHS or is_short:
        return ""
    return f'namespace "{printable(namespace)}" must have 4 to 30 characters'


def _broken_by_rest(repository: str, digest: str) -> str:
    if len(repository) not in _REPOSITORY_LENGTHS:
        return "the name of the repository must have 2 to 255 characters"
    return "the digest must begin with sha256:" if digest and not digest.startswith("sha256:") else ""
