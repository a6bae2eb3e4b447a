"""Why a server key that looks right does not serve an image: the kubelet compares text, not what it means.

Source: kubelet pkg/credentialprovider/keyring.go; every row was tried on a real kubelet.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from pullsecret.model.check.logins import looks_like_a_credential
from pullsecret.model.go.printable import printable
from pullsecret.model.go.url import index_key
from pullsecret.model.images.icr import is_registry_host

if TYPE_CHECKING:
    from pullsecret.model.images.reference import ImageReference

_HUB = "docker.io"
_HUB_LOOKALIKES = frozenset(
    {"registry-1.docker.io", "hub.docker.com", "registry.hub.docker.com", "index.docker.io", "www.docker.com"}
)
_SCHEME = re.compile(r"([A-Za-z][A-Za-z0-9+.-]*)://")
_API = re.compile(r"/v[12]$")


class _Key(NamedTuple):
    """A server key taken apart as a person reads it."""

    typed: str
    scheme: str
    host: str
    port: str
    path: str


def near_miss(server: str, image: ImageReference) -> str:
    """Why a key that does not match an image was probably meant for it; "" when it is for something else.

    The answer is the end of a sentence: "key X does not match Y: ...". It holds nothing that stands before an @.
    """
    key = _taken_apart(server)
    host, _, port = image.domain.partition(":")
    return _spelling_problem(key, host) or _host_problem(key, host) or _rest_problem(key, host, port, image)


def shown_key(server: str) -> str:
    """A key as a message repeats it: without what stands before an @, or looks like a password itself."""
    if looks_like_a_credential(server.strip()):
        return "<a key that looks like a credential>"
    scheme = _SCHEME.match(server)
    head = scheme[0] if scheme else ""
    return printable(head + server[len(head) :].rpartition("@")[2])


def _taken_apart(server: str) -> _Key:
    scheme = _SCHEME.match(server.strip())
    rest = server.strip().removeprefix(scheme[0] if scheme else "").lstrip("/").rpartition("@")[2]
    authority, slash, path = rest.partition("/")
    host, _, port = authority.partition(":")
    return _Key(typed=server, scheme=scheme[1] if scheme else "", host=host, port=port, path=slash + path)


def _first(*rows: tuple[bool, str]) -> str:
    """The text of the first row that holds; "" when none does."""
    return next((text for holds, text in rows if holds), "")


def _spelling_problem(key: _Key, host: str) -> str:
    """What is wrong with a key for the very host, before any comparison."""
    if key.host.rstrip(".").lower() != host.lower():
        return ""
    return _first(
        (key.typed != key.typed.strip(), "there is white space around it, for which the kubelet drops the entry"),
        (
            key.scheme not in ("", "https", "http"),
            f"only https:// and http:// may stand before the host, in lower case, not {key.scheme}://",
        ),
        (key.typed.startswith("//"), "nothing or https:// may stand before the host, not //"),
        (key.port == "*", "* is no port, and the kubelet drops the entry"),
        (index_key(key.typed) is None, "it is no address, and the kubelet drops the entry"),
        (key.host.endswith("."), "a dot ends its host"),
        (key.host != host, "upper and lower case of the host must be the image's"),
    )


def _host_problem(key: _Key, host: str) -> str:
    """What keeps a key of another host, or of a pattern, from the image's."""
    if host == _HUB:
        is_meant = key.host in _HUB_LOOKALIKES
        return "Docker Hub's key is https://index.docker.io/v1/, with the slash at its end" if is_meant else ""
    is_query = "?" in key.host and host.startswith(key.host.partition("?")[0])
    is_icr = key.host != host and is_registry_host(key.host) and is_registry_host(host)
    return _first(
        ("*" in key.host, _pattern_problem(key.host, host)),
        (is_query, "a ? begins a query, and stands for nothing; only * does"),
        (
            f"private.{key.host}" == host or f"private.{host}" == key.host,
            "the private and the public name of a registry are two hosts, each with a key of its own",
        ),
        (key.host != "" and host.endswith(f".{key.host}"), "a key serves its own host only, none below it"),
        (is_icr, "it is another region of the registry, with a host of its own"),
    )


def _pattern_problem(pattern: str, host: str) -> str:
    parts, labels = pattern.split("."), host.split(".")
    is_alike = parts[-1] in (labels[-1], "*") and (len(parts) < 3 or parts[-2] in (labels[-2], "*"))  # noqa: PLR2004
    if len(parts) == len(labels) or len(labels) == 1 or not is_alike:
        return ""
    return "each * stands for one part between dots, neither for several nor for none"


def _rest_problem(key: _Key, host: str, port: str, image: ImageReference) -> str:
    """What keeps a key of the very host from the image: the port or the path."""
    if key.host != host:
        return ""
    path = key.path.lstrip("/")
    is_case = path.lower() != path and image.path.startswith(path.lower())
    return _first(
        (key.port != port, "the port is part of the key"),
        (bool(_API.search(key.path)), f"without a slash at its end, {key.path} is taken as a path"),
        (is_case, "upper and lower case of the path must be the image's"),
        (path.rstrip("/") == image.path, "it is longer than the image's name, by the slash at its end"),
        (path.startswith((f"{image.path}:", f"{image.path}@")), "tag and digest are no part of what is compared"),
        ("*" in path, "* stands for nothing in a path"),
        (bool(path), f"it is only for what begins with {host}{printable(key.path)}"),
    )
