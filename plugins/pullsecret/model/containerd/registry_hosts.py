"""What the command line says of registries and their mirrors, judged by what containerd makes of it.

Source: containerd docs/hosts.md; core/remotes/docker/config/hosts.go (parseHostConfig, hostDirectory).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from ipaddress import AddressValueError, IPv6Address
from typing import TYPE_CHECKING, Final

from pullsecret.errors import UsageError
from pullsecret.model.go.printable import quoted_value
from pullsecret.model.images.reference import HUB_DOMAIN

if TYPE_CHECKING:
    from collections.abc import Mapping

ANY_REGISTRY: Final = "_default"
"""containerd's name for every registry that has no directory of its own."""
CAPABILITIES: Final = ("pull", "resolve", "push")
_LABEL = r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_NAME = rf"{_LABEL}(?:\.{_LABEL})*"
_REGISTRY: Final = re.compile(rf"(?P<host>{_NAME})(?::(?P<port>[0-9]{{1,5}}))?")
_URL: Final = re.compile(
    rf"(?P<scheme>https?)://(?P<host>{_NAME}|\[[0-9a-fA-F:.]+\])(?::(?P<port>[0-9]{{1,5}}))?(?P<path>/[^?#]*)?",
    re.IGNORECASE,
)
_PATH: Final = re.compile(r"(?:/[A-Za-z0-9._~-]+)*")
_LONGEST: Final = 200
"""Characters of a registry: its directory's name, and a key of a ConfigMap, are longer."""
_HIGHEST_PORT: Final = 65535
_OTHER_NAMES_OF_HUB: Final = frozenset({"index.docker.io", "registry-1.docker.io", "hub.docker.com", "www.docker.com"})
_SERVER_OF_HUB: Final = "https://registry-1.docker.io"
_LOOPBACK: Final = re.compile(r"localhost|127(?:\.[0-9]+){3}")


@dataclass(frozen=True, kw_only=True)
class Mirror:
    """A host that containerd asks: `root` is `https://HOST[:PORT]`, and `path` what is below it, "" or `/a/b`.

    `has_whole_path`: the path is the root of the registry's API, to which containerd adds no `/v2`.
    """

    root: str
    path: str = ""
    has_whole_path: bool = False

    @property
    def url(self) -> str:
        """The whole URL."""
        return self.root + self.path

    @property
    def host(self) -> str:
        """The host with its port."""
        return self.root.partition("://")[2]


@dataclass(frozen=True, kw_only=True)
class MirrorOptions:
    """What all mirrors have in common.

    `headers` are sent to each of them; `authorities` has certificates in PEM by host, those for every mirror under "".
    Without `has_upstream`, the registry itself is not asked.
    """

    capabilities: tuple[str, ...] = ("pull", "resolve")
    headers: Mapping[str, str] = field(repr=False, default_factory=dict)
    authorities: Mapping[str, str] = field(default_factory=dict)
    has_upstream: bool = True


@dataclass(frozen=True, kw_only=True)
class RegistryHosts:
    """A registry, `HOST[:PORT]` as in the names of images or `_default`, and its mirrors in the order to ask them."""

    registry: str
    mirrors: tuple[Mirror, ...] = ()

    @property
    def directory(self) -> str:
        """The directory that containerd looks for first: `HOST_PORT_`."""
        host, colon, port = self.registry.rpartition(":")
        return f"{host}_{port}_" if colon else self.registry

    @property
    def server(self) -> str:
        """The URL of the registry itself; "" where containerd has a rule of its own: for any one, and on loopback."""
        if self.registry == HUB_DOMAIN:
            return _SERVER_OF_HUB
        has_rule = self.registry == ANY_REGISTRY or _LOOPBACK.fullmatch(self.registry.partition(":")[0])
        return "" if has_rule else f"https://{self.registry}"

    @property
    def server_host(self) -> str:
        """The host of the registry itself, with its port; "" where `server` is."""
        return self.server.partition("://")[2]


def checked_registry(text: str) -> str:
    """A registry as containerd looks it up: by the first part of an image's name.

    Raises:
        UsageError: no image is looked up by it.
    """
    if text == ANY_REGISTRY:
        return text
    if text in _OTHER_NAMES_OF_HUB:
        raise UsageError(
            f"invalid --registry {quoted_value(text)}: containerd looks images of Docker Hub up as docker.io"
        )
    if problem := _registry_problem(text):
        raise UsageError(f"invalid --registry {_shown(text)}: {problem}")
    return text


def _registry_problem(text: str) -> str:
    if "@" in text:
        return "it must have no username and no password"
    if "/" in text:
        return "it must be HOST[:PORT] as in the names of images, without a scheme and a path"
    found = _REGISTRY.fullmatch(text)
    if not found or len(text) > _LONGEST:
        return "it must be a host name in lower case or an IPv4 address, with or without a port, or _default"
    if not _is_port(found["port"]):
        return f"its port must be from 1 to {_HIGHEST_PORT}"
    if "." in text or ":" in text or text == "localhost":
        return ""
    return "images whose name begins with it are on docker.io: a host has a dot or a port, or is localhost"


def _is_port(text: str | None) -> bool:
    return text is None or 0 < int(text) <= _HIGHEST_PORT


def parsed_mirror(text: str, *, allows_http: bool, has_whole_path: bool) -> Mirror:
    """A mirror by its URL.

    A path that begins with `/v2/` is the root of an API already, such as that of a proxy project of Harbor; below any
    other path containerd looks for `/v2`, unless `has_whole_path`.

    Raises:
        UsageError: containerd would not ask what is meant, or a credential is in the URL.
    """
    if problem := _mirror_problem(text, allows_http=allows_http):
        raise UsageError(f"invalid --mirror {_shown(text)}: {problem}")
    found = _found(text)
    path = (found["path"] or "").rstrip("/")
    path = "" if path == "/v2" else path
    root = f"{found['scheme'].lower()}://{_authority(found)}"
    return Mirror(root=root, path=path, has_whole_path=bool(path) and (has_whole_path or path.startswith("/v2/")))


def _found(text: str) -> re.Match[str]:
    found = _URL.fullmatch(text)
    if found is None:
        raise UsageError("not a URL")
    return found


def _authority(found: re.Match[str]) -> str:
    """The host and its port, without one that the scheme means anyway."""
    standard = {"https": "443", "http": "80"}[found["scheme"].lower()]
    port = found["port"]
    return found["host"].lower() + (f":{port}" if port and port != standard else "")


def _mirror_problem(text: str, *, allows_http: bool) -> str:
    if "@" in text:
        return "it must have no username and no password; containerd sends what the pull secret has for the registry"
    found = _URL.fullmatch(text)
    if not found:
        return "it must be https://HOST[:PORT][/PATH], without a query"
    path = (found["path"] or "").rstrip("/")
    if not _is_port(found["port"]) or not _is_host(found["host"]):
        return f"its host or port is not valid; ports are from 1 to {_HIGHEST_PORT}"
    if not _PATH.fullmatch(path) or {".", ".."} & set(path.split("/")):
        return "its path may have letters, digits and ._~- between single slashes"
    if found["scheme"].lower() == "http" and not allows_http:
        return "plain HTTP needs --insecure: credentials of pull secrets are sent in the clear"
    return ""


def _is_host(text: str) -> bool:
    """Whether a host in brackets is an IPv6 address; the others are valid by their characters."""
    try:
        return not text.startswith("[") or bool(IPv6Address(text[1:-1]))
    except AddressValueError:
        return False


def _shown(text: str) -> str:
    """The text in an error, without what may be a password: before an @, and after a question mark."""
    before, _, after = text.rpartition("@")
    scheme, separator, _ = before.partition("://")
    start = f"{scheme}://" if separator else ""
    shown = f"{start}<hidden>@{after}" if before else text
    return quoted_value(re.sub(r"[?#].*", "?<hidden>", shown, flags=re.DOTALL))


def registry_hosts(
    registries: tuple[str, ...], mirrors: tuple[tuple[str, Mirror], ...], options: MirrorOptions
) -> tuple[RegistryHosts, ...]:
    """Each registry with its mirrors: those for it alone, and those of "", which are for all, in the order given.

    Raises:
        UsageError: containerd would be told nothing of a registry, or one thing twice; or a flag is for no registry.
    """
    if unknown := next((registry for registry, _ in mirrors if registry and registry not in registries), ""):
        raise UsageError(f"--mirror {unknown}=URL requires --registry {unknown}")
    found = tuple(
        RegistryHosts(registry=one, mirrors=tuple(mirror for of, mirror in mirrors if of in ("", one)))
        for one in dict.fromkeys(registries)
    )
    for hosts in found:
        _check_mirrors(hosts, options)
    _check_authorities(found, options)
    return found


def _check_mirrors(hosts: RegistryHosts, options: MirrorOptions) -> None:
    urls = [mirror.url for mirror in hosts.mirrors]
    if not urls and not (options.has_upstream and hosts.server_host in options.authorities):
        raise UsageError(f"registry {hosts.registry} has no --mirror, and no --ca of its own")
    if twice := next((url for url in urls if urls.count(url) > 1), ""):
        raise UsageError(f"registry {hosts.registry} has --mirror {twice} twice")
    if hosts.server in urls:
        raise UsageError(
            f"--mirror {hosts.server} is registry {hosts.registry} itself, which is asked after its mirrors"
        )


def _check_authorities(found: tuple[RegistryHosts, ...], options: MirrorOptions) -> None:
    asked = {mirror.host for hosts in found for mirror in hosts.mirrors}
    if options.has_upstream:
        asked |= {hosts.server_host for hosts in found}
    for host in options.authorities:
        if host not in asked | {""}:
            raise UsageError(f"--ca {host}=FILE is for no host that is asked: {', '.join(sorted(asked - {''}))}")
    is_secure = any(mirror.root.startswith("https:") for hosts in found for mirror in hosts.mirrors)
    if "" in options.authorities and not is_secure:
        raise UsageError("--ca FILE is for no mirror: none has https; --ca HOST=FILE is for a registry")
