"""Image references by the distribution grammar (`nginx` is `docker.io/library/nginx`), with its own error messages.

Source: github.com/distribution/reference v0.6.0, normalize.go (ParseNormalizedNamed), reference.go (Parse), regexp.go;
github.com/opencontainers/go-digest v1.0.0. The kubelet parses every image with it (kubelet: pkg/util/parsers).
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pullsecret.model.go.remembered import remembered_if_short

HUB_DOMAIN = "docker.io"
_LEGACY_HUB = "index.docker.io"
_LONGEST_PATH = 255
_COMPONENT = r"[a-z0-9]++(?:(?:[._]|__|-++)[a-z0-9]++)*+"
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
    """The text is not an image reference; the message is the reference package's."""


@dataclass(frozen=True, kw_only=True)
class ImageReference:
    """A normalized reference: `docker.io`, `library/nginx`, and a tag and a digest (`sha256:…`), "" if not given.

    `domain` includes the port, and is "" for a first part that looks like a host and is not valid: `a_b.example/x`.
    """

    domain: str
    path: str
    tag: str = ""
    digest: str = ""

    @property
    def name(self) -> str:
        """Domain and path, without tag and digest: what the kubelet looks up in its keyring."""
        return f"{self.domain}/{self.path}" if self.domain else self.path

    def __str__(self) -> str:
        """The full reference."""
        return self.name + (f":{self.tag}" if self.tag else "") + (f"@{self.digest}" if self.digest else "")


def discreet_image(image: str) -> str:
    """An image as written in a pod, but for user information before a host, which makes its name invalid anyway."""
    user, at, rest = image.rpartition("@")
    return f"<hidden>@{rest}" if user and at and "/" in rest else image


@remembered_if_short(4096)
def parsed_reference(image: str) -> ImageReference:
    """The reference in a text such as a pod's `image`.

    Raises InvalidReferenceError; the kubelet does not look for credentials then (`InvalidImageName`).
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
    """The registry and the rest; an image whose first part is not a host is on Docker Hub (splitDockerDomain)."""
    first, slash, rest = image.partition("/")
    if not slash or not _is_domain(first):
        domain, rest = HUB_DOMAIN, image
    else:
        domain = HUB_DOMAIN if first == _LEGACY_HUB else first
    return domain, f"library/{rest}" if domain == HUB_DOMAIN and "/" not in rest else rest


def _is_domain(first: str) -> bool:
    return first == "localhost" or "." in first or ":" in first or first != _lowered(first)


def _lowered(text: str) -> str:
    """Lower case as in Go's strings.ToLower, which turns a dotted I into one letter."""
    return text.replace("\u0130", "i").lower()


def _check_digest(digest: str) -> None:
    """Raise InvalidReferenceError unless the digest is valid or absent (go-digest Validate)."""
    algorithm, _, encoded = digest.partition(":")
    length = _HEX_LENGTHS.get(algorithm)
    if digest and length is None:
        known_form = _ALGORITHM.fullmatch(algorithm)
        raise InvalidReferenceError("unsupported digest algorithm" if known_form else "invalid checksum digest format")
    if digest and len(encoded) != length:
        raise InvalidReferenceError("invalid checksum digest length")
    if digest and not _HEX.fullmatch(encoded):
        raise InvalidReferenceError("invalid checksum digest format")
