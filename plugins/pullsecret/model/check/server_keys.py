"""Server keys that can never serve the image that they were meant for.

Source: kubelet pkg/credentialprovider/keyring.go (Add, ParseSchemelessURL, URLsMatch); the grammar of image names is
github.com/distribution/reference regexp.go.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pullsecret.model.check.finding import Problem
from pullsecret.model.check.logins import looks_like_a_credential
from pullsecret.model.go.url import index_key
from pullsecret.model.images.icr import REGIONS
from pullsecret.model.images.keyring import matching_keys

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence

HUB = "https://index.docker.io/v1/"
_HUB_NAMES = frozenset(
    {"hub.docker.com", "registry.hub.docker.com", "registry-1.docker.io", "index.docker.io", "auth.docker.io"}
    | {"docker.com", "www.docker.com", "*.docker.io", "*.docker.com"}
)
_SCHEME = re.compile(r"(?:(?!https?://)[A-Za-z][A-Za-z0-9+.-]*:)?//+")
_DEFAULT_PORT = re.compile(r":(?:443|80)$")
_TOO_WIDE = "PS209"
_LABEL = r"[a-zA-Z0-9*](?:[a-zA-Z0-9*_-]*[a-zA-Z0-9*])?"
_HOST = re.compile(rf"(?:{_LABEL}(?:\.{_LABEL})*|\[[a-fA-F0-9:]+\])(?::[0-9]+)?")
_PATH = re.compile(r"(?:/[a-z0-9._-]+)*/?")
_PLACES = {name: region.host for region in REGIONS for name in (region.location, region.former) if name}


def key_problems(keys: Sequence[str]) -> Iterator[Problem]:
    """What is wrong with the keys of one secret.

    A key is left alone when another one is what it should have been: many name a registry in several ways to be sure.
    """
    indices = {index_key(key) for key in keys}
    for problem in filter(None, map(key_problem, keys)):
        if not problem.mended or index_key(problem.mended) not in indices:
            yield problem


def is_refuted(problem: Problem, images: Collection[str]) -> bool:
    """Whether it is a key's problem, and yet an image of these, written as in a pod, is served by the key."""
    if not problem.code.startswith("PS2") or problem.code == _TOO_WIDE:
        return False
    return any(matching_keys(problem.registries, image) for image in images)


def key_problem(key: str) -> Problem | None:
    """What is wrong with one key, or None; the first that is true."""
    index = index_key(key)
    if _SCHEME.match(key):
        return _problem(key, "PS202", "only https:// or http:// may stand before the host", _SCHEME.sub("", key, 1))
    if not index:
        return _unparsed(key)
    host, slash, rest = index.partition("/")
    return next(filter(None, (rule(key, host, slash + rest) for rule in _RULES)), None)


def shown_key(key: str) -> str:
    """A server key as typed, without user information; nothing of it where it looks like a key of another kind."""
    scheme, slashes, rest = key.rpartition("://") if "://" in key else ("", "", key)
    authority, slash, path = rest.partition("/")
    if looks_like_a_credential(authority):
        return "<hidden>"
    if index_key(key) is None and "@" in key:
        return key.rpartition("@")[2]  # a password may hold a slash
    return f"{scheme}{slashes}{authority.rpartition('@')[2]}{slash}{path}" or '""'


def _problem(key: str, code: str, message: str, mended: str = "") -> Problem:
    """A problem whose mended key is given only if it has none left."""
    is_good = bool(mended) and mended != key and key_problem(mended) is None
    said = f"{message}: write {mended}" if is_good and shown_key(key) == key else message
    return Problem(code=code, message=said, registries=(key,), mended=mended if is_good else "")


def _unparsed(key: str) -> Problem:
    if not "".join(key.split()):
        return _problem(key, "PS201", "the key is empty, so it serves no image")
    said = "the kubelet cannot parse the key and drops the entry"
    return _problem(key, "PS201", said, re.sub(r"\s|:\*$", "", key))


def _no_registry(key: str, host: str, path: str) -> Problem | None:
    if set(host) & set(".:[") or host == "localhost" or _wildcard(key, host, path):
        return None
    said = "a name without dot and port is no registry, so no image's name begins like this"
    return _problem(key, "PS208", said)


def _without_slash(key: str, _host: str, path: str) -> Problem | None:
    if path not in {"/v1", "/v2"}:
        return None
    said = f"without a slash at its end {path} is a path that images' names would have to begin with"
    return _problem(key, "PS203", said, f"{key}/")


def _hub_name(key: str, host: str, path: str) -> Problem | None:
    is_hub = _DEFAULT_PORT.sub("", host.lower()) in _HUB_NAMES and (host, path) != ("index.docker.io", "")
    return _problem(key, "PS206", "Docker Hub's images are not looked up by this name", HUB) if is_hub else None


def _wildcard(key: str, host: str, path: str) -> Problem | None:
    authority = re.sub(r"^https?://", "", key).partition("/")[0]
    is_query = "?" in authority and "." not in host
    if "*" in path or "[" in path or is_query or host == "*":
        return _problem(key, "PS207", "a * stands for a part of one label of the host, and nothing else is a wildcard")
    return None


def _capitals(key: str, host: str, _path: str) -> Problem | None:
    if host == host.lower():
        return None
    said = "keys are compared letter by letter, and this host has capitals"
    return _problem(key, "PS205", said, key.replace(host, host.lower(), 1))


def _default_port(key: str, host: str, _path: str) -> Problem | None:
    if not _DEFAULT_PORT.search(host) or host.startswith("["):
        return None
    said = "the port is part of the key, so it serves only images that are written with it"
    return _problem(key, "PS204", said, key.replace(host, _DEFAULT_PORT.sub("", host), 1))


def _unlike_a_name(key: str, host: str, path: str) -> Problem | None:
    said = "no image's name begins like this"
    if host.endswith("."):
        return _problem(key, "PS208", said, key.replace(host, host.rstrip("."), 1))
    if not _HOST.fullmatch(host):
        return _problem(key, "PS208", said)
    if not _PATH.fullmatch(path):
        return _problem(key, "PS208", said, _with_plain_path(key, path))
    return None


def _with_plain_path(key: str, path: str) -> str:
    """The key without tag and digest, in small letters, without what stands twice or is blank."""
    plain = re.sub(r"//+", "/", re.sub(r"[:@].*", "", path.strip().lower()))
    return f"{key.removesuffix(path)}{plain}" if key.endswith(path) else ""


def _icr_wildcard(key: str, host: str, _path: str) -> Problem | None:
    if host != "*.icr.io":
        return None
    said = "this serves neither icr.io nor any private. name, and sends the login to cp.icr.io too; name the hosts"
    return _problem(key, _TOO_WIDE, said)


def _icr_place(key: str, host: str, _path: str) -> Problem | None:
    name = host.removeprefix("private.").removesuffix(".icr.io")
    if not host.endswith(".icr.io") or name not in _PLACES:
        return None
    right = f"private.{_PLACES[name]}" if host.startswith("private.") else _PLACES[name]
    return _problem(key, "PS210", "there is no such registry", key.replace(host, right, 1))


_RULES: tuple[Callable[[str, str, str], Problem | None], ...] = (
    _no_registry,
    _without_slash,
    _hub_name,
    _wildcard,
    _capitals,
    _default_port,
    _unlike_a_name,
    _icr_wildcard,
    _icr_place,
)
"""From a key, and the host and the path that are left of it, to what is wrong; the first one speaks."""
