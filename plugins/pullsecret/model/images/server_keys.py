"""What keeps a server key from the images it was meant for: one catalogue, with an image (doctor) and without (check).

The kubelet compares text, not what it means. Source: kubelet pkg/credentialprovider/keyring.go (Add, URLsMatch), every
row tried on a real kubelet; the grammar of image names is github.com/distribution/reference regexp.go.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from pullsecret.model.go.printable import printable
from pullsecret.model.go.remembered import remembered_if_short
from pullsecret.model.go.url import index_key
from pullsecret.model.images.icr import REGIONS, is_registry_host, looks_like_a_credential
from pullsecret.model.images.keyring import lookup
from pullsecret.model.images.reference import HUB_DOMAIN

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from pullsecret.model.images.reference import ImageReference

HUB_KEY = "https://index.docker.io/v1/"
_HUB_NAMES = frozenset(
    {"hub.docker.com", "registry.hub.docker.com", "registry-1.docker.io", "index.docker.io", "auth.docker.io"}
    | {"docker.com", "www.docker.com", "*.docker.io", "*.docker.com"}
)
_GOOD_SCHEME = re.compile(r"https?://")
_BAD_SCHEME = re.compile(r"(?:(?!https?://)[A-Za-z][A-Za-z0-9+.-]*:)?//+")
_DEFAULT_PORT = re.compile(r":(?:443|80)$")
_LABEL = r"[a-zA-Z0-9*](?:[a-zA-Z0-9*_-]*[a-zA-Z0-9*])?"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_PATH = re.compile(r"(?:/[a-z0-9._-]+)*/?")
_WILDCARD_MESSAGE = "the only wildcard is *, and it matches within one DNS label of the host"
_PRIVATE_MESSAGE = "the public and the private host of a registry need an entry each"
_LOCATIONS = {name: region.host for region in REGIONS for name in (region.location, region.former) if name}


class KeyFault(Enum):
    """The kinds of problems that a key has by itself, and the one that only an image shows."""

    UNPARSABLE = "unparsable"
    SCHEME = "scheme"
    MISSING_SLASH = "missing slash"
    DEFAULT_PORT = "default port"
    UPPERCASE = "uppercase"
    HUB_NAME = "Docker Hub name"
    WILDCARD = "wildcard"
    NO_IMAGE = "no image"
    ICR_WILDCARD = "IBM wildcard"
    ICR_LOCATION = "IBM location"
    OTHER_IMAGE = "other image"


@dataclass(frozen=True, kw_only=True)
class KeyProblem:
    """What is wrong with a key: a sentence to follow "KEY: ", and the key that should be there, "" where unknown."""

    key: str = field(repr=False)
    fault: KeyFault
    message: str
    corrected: str = field(default="", repr=False)

    @property
    def sentence(self) -> str:
        """The message with the corrected key, unless that would show what shown_key() hides."""
        return f"{self.message}; use {self.corrected}" if self.corrected and not is_hidden(self.key) else self.message


class _Key(NamedTuple):
    """A key, and the host and the path that the kubelet makes of it."""

    typed: str
    host: str
    path: str


def shown_key(key: str) -> str:
    """A key as a message repeats it: escaped, without user information, and hidden where it looks like a credential."""
    return printable(_discreet(key)) or '""'


def is_hidden(key: str) -> bool:
    """Whether a message must not show all of a key."""
    return _discreet(key) != key


def _discreet(key: str) -> str:
    scheme, slashes, rest = key.rpartition("://") if "://" in key else ("", "", key)
    authority, slash, path = rest.partition("/")
    if looks_like_a_credential(authority.strip()):
        return "<hidden>"
    if "@" in key and index_key(key) is None:
        return key.rpartition("@")[2]  # a password may hold a slash
    return f"{scheme}{slashes}{authority.rpartition('@')[2]}{slash}{path}"


@remembered_if_short(4096)
def key_problem(key: str) -> KeyProblem | None:
    """What is wrong with a key whatever the image, or None; the first problem that applies.

    The corrected key is given only if nothing is wrong with that one.
    """
    problem = _first_problem(key)
    if problem and problem.corrected and _first_problem(problem.corrected):
        return replace(problem, corrected="")
    return problem


def _first_problem(key: str) -> KeyProblem | None:
    if _BAD_SCHEME.match(key):
        message = "only https:// and http:// are allowed before the host"
        return _problem(key, KeyFault.SCHEME, message, _BAD_SCHEME.sub("", key, count=1))
    index = index_key(key)
    if not index:
        return _unparsable(key)
    host, slash, rest = index.partition("/")
    parts = _Key(key, host, slash + rest)
    return next(filter(None, (rule(parts) for rule in _RULES)), None)


def key_problems(keys: Sequence[str]) -> Iterator[KeyProblem]:
    """What is wrong with the keys of one secret.

    A key is accepted when the corrected one is there, too: many secrets name a registry in several ways to be sure.
    """
    indexes = {index_key(key) for key in keys}
    for problem in filter(None, map(key_problem, keys)):
        if not problem.corrected or index_key(problem.corrected) not in indexes:
            yield problem


def mismatch(key: str, image: ImageReference) -> KeyProblem | None:
    """Why a key does not match an image that it was probably meant for; None if it matches, or is for another one."""
    if lookup((key,), image.name):
        return None
    problem = key_problem(key)
    if problem and _is_meant_for(problem, image):
        return problem
    message = _image_message(taken_apart(key), image)
    return KeyProblem(key=key, fault=KeyFault.OTHER_IMAGE, message=message) if message else None


def _problem(key: str, fault: KeyFault, message: str, corrected: str = "") -> KeyProblem:
    return KeyProblem(key=key, fault=fault, message=message, corrected=corrected if corrected != key else "")


def _unparsable(key: str) -> KeyProblem:
    if not "".join(key.split()):
        return _problem(key, KeyFault.UNPARSABLE, "the key is empty and matches no image")
    is_any_port = key.rstrip().endswith(":*")
    reason = "has whitespace" if key.split() != [key] else "has * for a port" if is_any_port else "cannot be parsed"
    message = f"the key {reason}, so the kubelet ignores the entry"
    return _problem(key, KeyFault.UNPARSABLE, message, re.sub(r"\s|:\*$", "", key))


def _without_domain(key: _Key) -> KeyProblem | None:
    if set(key.host) & set(".:[") or key.host == "localhost" or _wildcard(key):
        return None
    return _problem(key.typed, KeyFault.NO_IMAGE, "no image has this host: a registry host needs a dot or a port")


def _missing_slash(key: _Key) -> KeyProblem | None:
    if key.path not in {"/v1", "/v2"}:
        return None
    message = f"without a trailing slash, {key.path} is matched as part of the image path"
    return _problem(key.typed, KeyFault.MISSING_SLASH, message, f"{key.typed}/")


def _hub_name(key: _Key) -> KeyProblem | None:
    host = _DEFAULT_PORT.sub("", key.host.lower())
    if host not in _HUB_NAMES or (key.host, key.path) == ("index.docker.io", ""):
        return None
    message = "the kubelet looks up Docker Hub images as docker.io and index.docker.io"
    return _problem(key.typed, KeyFault.HUB_NAME, message, HUB_KEY)


def _wildcard(key: _Key) -> KeyProblem | None:
    authority = _GOOD_SCHEME.sub("", key.typed).partition("/")[0]
    is_query = "?" in authority and "." not in key.host
    if "*" in key.path or "[" in key.path or is_query or key.host == "*":
        return _problem(key.typed, KeyFault.WILDCARD, _WILDCARD_MESSAGE)
    return None


def _uppercase(key: _Key) -> KeyProblem | None:
    if key.host == key.host.lower():
        return None
    corrected = key.typed.replace(key.host, key.host.lower(), 1)
    return _problem(key.typed, KeyFault.UPPERCASE, "matching is case-sensitive", corrected)


def _default_port(key: _Key) -> KeyProblem | None:
    if not _DEFAULT_PORT.search(key.host) or key.host.startswith("["):
        return None
    corrected = key.typed.replace(key.host, _DEFAULT_PORT.sub("", key.host), 1)
    return _problem(key.typed, KeyFault.DEFAULT_PORT, "the key matches only images written with the port", corrected)


def _unlike_a_name(key: _Key) -> KeyProblem | None:
    if key.host.endswith("."):
        corrected = key.typed.replace(key.host, key.host.rstrip("."), 1)
        return _problem(key.typed, KeyFault.NO_IMAGE, "no image has a host that ends with a dot", corrected)
    if not _HOST.fullmatch(key.host):
        return _problem(key.typed, KeyFault.NO_IMAGE, "no image can have this host")
    if not _PATH.fullmatch(key.path):
        return _problem(key.typed, KeyFault.NO_IMAGE, _path_message(key.path), _with_plain_path(key))
    return None


def _path_message(path: str) -> str:
    if re.search("[:@]", path):
        return "keys are compared without the image's tag and digest"
    if path != path.lower():
        return "matching is case-sensitive, and image paths are lowercase"
    return "no image can have this path"


def _with_plain_path(key: _Key) -> str:
    """The key in lowercase without tag, digest, whitespace and repeated slashes."""
    plain = re.sub(r"//+", "/", re.sub(r"[:@].*", "", key.path.strip().lower()))
    return f"{key.typed.removesuffix(key.path)}{plain}" if key.typed.endswith(key.path) else ""


def _icr_wildcard(key: _Key) -> KeyProblem | None:
    if key.host != "*.icr.io":
        return None
    message = "*.icr.io matches neither icr.io nor private.* hosts, and sends the credentials to cp.icr.io, too"
    return _problem(key.typed, KeyFault.ICR_WILDCARD, message)


def _icr_location(key: _Key) -> KeyProblem | None:
    name = key.host.removeprefix("private.").removesuffix(".icr.io")
    if not key.host.endswith(".icr.io") or name not in _LOCATIONS:
        return None
    right = f"private.{_LOCATIONS[name]}" if key.host.startswith("private.") else _LOCATIONS[name]
    message = "there is no such registry host"
    return _problem(key.typed, KeyFault.ICR_LOCATION, message, key.typed.replace(key.host, right, 1))


_RULES: tuple[Callable[[_Key], KeyProblem | None], ...] = (
    _without_domain,
    _missing_slash,
    _hub_name,
    _wildcard,
    _uppercase,
    _default_port,
    _unlike_a_name,
    _icr_wildcard,
    _icr_location,
)


def _is_meant_for(problem: KeyProblem, image: ImageReference) -> bool:
    """Whether a faulty key is for an image: by its corrected form or, where none is known, by its host."""
    if problem.corrected and problem.fault is not KeyFault.UNPARSABLE:
        return bool(lookup((problem.corrected,), image.name))
    host = taken_apart(problem.key).host.partition(":")[0].rstrip(".").lower()
    return host == image.domain.partition(":")[0].lower()


def taken_apart(key: str) -> _Key:
    """A key as a person reads it, even where the kubelet cannot; the host has its port."""
    rest = re.sub(r"^(?:[A-Za-z][A-Za-z0-9+.-]*:)?/+", "", key.strip()).rpartition("@")[2]
    authority, slash, path = rest.partition("/")
    return _Key(key, authority, slash + path)


def _image_message(key: _Key, image: ImageReference) -> str:
    """What keeps a key that is good for other images from this one; "" when it is for something else."""
    host, _, port = key.host.partition(":")
    image_host, _, image_port = image.domain.partition(":")
    if image_host == HUB_DOMAIN:
        return ""
    if host != image_host:
        return _host_message(host, image_host)
    if port != image_port:
        return "the port must be the same as in the image"
    return _path_mismatch(key.path.lstrip("/"), image)


def _host_message(host: str, image_host: str) -> str:
    rows = (
        (host.lower() == image_host.lower(), "matching is case-sensitive"),
        ("*" in host, _pattern_message(host, image_host)),
        ("?" in host and image_host.startswith(host.partition("?")[0]), _WILDCARD_MESSAGE),
        (f"private.{host}" == image_host or f"private.{image_host}" == host, _PRIVATE_MESSAGE),
        (bool(host) and image_host.endswith(f".{host}"), "keys do not match subdomains"),
        (is_registry_host(host) and is_registry_host(image_host), "it is for another region of the registry"),
    )
    return next((message for holds, message in rows if holds), "")


def _pattern_message(pattern: str, image_host: str) -> str:
    parts, labels = pattern.split("."), image_host.split(".")
    is_alike = parts[-1] in (labels[-1], "*") and (len(parts) < 3 or parts[-2] in (labels[-2], "*"))  # noqa: PLR2004
    if len(parts) == len(labels) or len(labels) == 1 or not is_alike:
        return ""
    return "each * matches exactly one DNS label"


def _path_mismatch(path: str, image: ImageReference) -> str:
    if path.rstrip("/") == image.path:
        return "the trailing slash makes it longer than the image name"
    return f"it matches only images that begin with {image.domain}/{printable(path)}" if path else ""
