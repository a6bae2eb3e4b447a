"""An image's name as the kubelet looks it up: with its registry, without tag and digest.

Source: kubelet pkg/util/parsers/parsers.go; github.com/distribution/reference normalize.go and regexp.go.
"""

from __future__ import annotations

import re
from functools import lru_cache

_HUB = "docker.io"
_LONGEST_PATH = 255
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_LABEL = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_DIGEST = r"sha256:[a-f0-9]{64}|sha384:[a-f0-9]{96}|sha512:[a-f0-9]{128}"
_REFERENCE = re.compile(
    rf"(?P<name>(?:{_DOMAIN}/)?(?P<path>{_COMPONENT}(?:/{_COMPONENT})*))(?::\w[\w.-]{{0,127}})?(?:@(?:{_DIGEST}))?",
    re.ASCII,
)
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")


@lru_cache(maxsize=4096)
def image_lookup_name(image: str) -> str:
    """The name by which the kubelet asks its keyring: `nginx:1` is `docker.io/library/nginx`.

    "" for a name that it refuses (`InvalidImageName`): no credential is looked up for that.
    """
    domain, rest = _split_domain(image)
    match = _REFERENCE.fullmatch(f"{domain}/{rest}")
    if _IDENTIFIER.fullmatch(image) or not match or len(match["path"]) > _LONGEST_PATH:
        return ""
    return match["name"]


def _split_domain(image: str) -> tuple[str, str]:
    """The registry and the rest; a first part that is no host belongs to Docker Hub."""
    first, slash, rest = image.partition("/")
    if not slash or not _is_domain(first):
        domain, rest = _HUB, image
    else:
        domain = _HUB if first == "index.docker.io" else first
    return domain, f"library/{rest}" if domain == _HUB and "/" not in rest else rest


def _is_domain(first: str) -> bool:
    return first == "localhost" or "." in first or ":" in first or first != first.lower()
