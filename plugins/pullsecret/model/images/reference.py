"""Image references by the distribution grammar: `nginx` is `docker.io/library/nginx`; what is refused, in its words.

Source: github.com/distribution/reference v0.6.0, normalize.go (ParseNormalizedNamed), reference.go (Parse), regexp.go;
github.com/opencontainers/go-digest v1.0.0. The kubelet parses every image by it (kubelet: pkg/util/parsers).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

HUB = "docker.io"
_HUB_OF_OLD = "index.docker.io"
_LONGEST_PATH = 255
_COMPONENT = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_LABEL = r"(?:[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?)"
_DOMAIN = rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?"
_DIGEST = r"[A-Za-z][A-Za-z0-9]*(?:[-_+.][A-Za-z][A-Za-z0-9]*)*:[0-9A-Fa-f]{32,}"
_REFERENCE = re.compile(
    rf"(?:(?P<domain>{_DOMAIN})/)?(?P<path>{_COMPONENT}(?:/{_COMPONENT})*)"
    rf"(?::(?P<tag>\w[\w.-]{{0,127}}))?(?:@(?P<digest>{_DIGEST}))?",
    re.ASCII,
)
_IDENTIFIER = re.compile(r"[a-f0-9]{64}")
_ALGORITHM = re.compile(r"[a-z0-9]+(?:[.+_-][a-z0-9]+)*")
_HEX = re.compile(r"[a-f0-9]+")
_HEX_LENGTHS = {"sha256": 64, "sha384": 96, "sha512": 128}


class InvalidReferenceError(ValueError):
    """The text is no image reference; the message is the reference package's own."""


@dataclass(frozen=True, kw_only=True)
class ImageReference:
    """A normalized reference: `docker.io`, `library/nginx`, and a tag and a digest (`sha256:…`), "" when not given.

    `domain` has its port, and is "" for a first part that looks like a host and cannot be one: `a_b.example/x`.
    """

    domain: str
    path: str
    tag: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """Domain and path, without tag and digest: what the kubelet asks its keyring for."""
        return f"{self.domain}/{self.path}" if self.domain else self.path

    def __str__(self) -> str:
        """The whole of it, as it would be parsed again."""
        return self.name + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


@lru_cache(maxsize=4096)
def parsed_reference(image: str) -> ImageReference:
    """The reference that a text such as a pod's `image` stands for.

    Raises InvalidReferenceError: the kubelet does not even look for credentials then (`InvalidImageName`).
    """
    if _IDENTIFIER.fullmatch(image):
        reason = f"invalid repository name ({image}), cannot specify 64-byte hexadecimal strings"
        raise InvalidReferenceError(reason)
    domain, rest = _split_domain(image)
    remote = rest.partition(":")[0]
    if _lowered(remote) != remote:
        raise InvalidReferenceError(f"invalid reference format: repository name ({remote}) must be lowercase")
    match = _REFERENCE.fullmatch(f"{domain}/{rest}")
    if not match:
        is_case = _REFERENCE.fullmatch(_lowered(f"{domain}/{rest}"))
        raise InvalidReferenceError("repository name must be lowercase" if is_case else "invalid reference format")
    if len(match["path"]) > _LONGEST_PATH:
        raise InvalidReferenceError(f"repository name must not be more than {_LONGEST_PATH} characters")
    found = ImageReference(**match.groupdict(default=""))
    _check_digest(found.digest)
    return found


def _split_domain(image: str) -> tuple[str, str]:
    """The registry and the rest; a first part that is no host belongs to Docker Hub (splitDockerDomain)."""
    first, slash, rest = image.partition("/")
    if not slash or not _is_domain(first):
        domain, rest = HUB, image
    else:
        domain = HUB if first == _HUB_OF_OLD else first
    return domain, f"library/{rest}" if domain == HUB and "/" not in rest else rest


def _is_domain(first: str) -> bool:
    return first == "localhost" or "." in first or ":" in first or first != _lowered(first)


def _lowered(text: str) -> str:
    """Lower case as Go's strings.ToLower has it, for which a dotted I is one letter."""
    return text.replace("\u0130", "i").lower()


def _check_digest(digest: str) -> None:
    """Raise InvalidReferenceError unless the digest is one of the three kinds, or absent (go-digest Validate)."""
    algorithm, _, encoded = digest.partition(":")
    length = _HEX_LENGTHS.get(algorithm)
    if digest and length is None:
        known_form = _ALGORITHM.fullmatch(algorithm)
        raise InvalidReferenceError("unsupported digest algorithm" if known_form else "invalid checksum digest format")
    if digest and len(encoded) != length:
        raise InvalidReferenceError("invalid checksum digest length")
    if digest and not _HEX.fullmatch(encoded):
        raise InvalidReferenceError("invalid checksum digest format")
