"""What the flags of `generate containerd-hosts` mean, or why they are refused."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.errors import ConfigError, UsageError
from pullsecret.model.containerd.certificates import certificates_in
from pullsecret.model.containerd.header import parsed_header
from pullsecret.model.containerd.registry_hosts import (
    CAPABILITIES,
    Mirror,
    MirrorOptions,
    checked_registry,
    parsed_mirror,
    registry_hosts,
)
from pullsecret.model.go.printable import printable, quoted_value
from pullsecret.model.manifests.containerd_hosts import HostsOptions

if TYPE_CHECKING:
    from collections.abc import Iterable

    from pullsecret.commands.flags.containerd_hosts import HostsFlags

_HOST_AND_FILE = re.compile(r"(?P<host>[A-Za-z0-9.:\[\]-]+)=(?P<file>.*)", re.DOTALL)
_LABEL = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?"
    r"=(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?",
    re.ASCII,
)


def parsed_hosts(flags: HostsFlags) -> HostsOptions:
    """The hosts of each registry, where containerd reads them, and on which nodes.

    Raises:
        UsageError: a value is not valid, or may hold a credential.
    """
    read = partial(parsed_mirror, allows_http=flags.allows_http, has_whole_path=flags.has_whole_paths)
    registries = tuple(map(checked_registry, flags.registries))
    options = MirrorOptions(
        capabilities=_capabilities(flags.capabilities),
        headers=dict(map(parsed_header, flags.headers)),
        authorities=_authorities(flags.authorities),
        has_upstream=flags.has_upstream,
    )
    if not options.has_upstream and "resolve" not in options.capabilities:
        raise UsageError("--no-upstream requires the capability resolve: nothing else can resolve tags")
    mirrors = tuple(_of_registry(text, read) for text in flags.mirrors)
    if mirrors and not registries:
        raise UsageError("--mirror requires --registry")
    return HostsOptions(
        registries=registry_hosts(registries, mirrors, options) if registries else (),
        mirrors=options,
        config_path=flags.config_path,
        containerd_config=flags.containerd_config,
        node_selector=dict(map(_label, flags.node_selector)),
        removes=flags.removes,
    )


def _of_registry(text: str, read: partial[Mirror]) -> tuple[str, Mirror]:
    """A mirror with the registry that it is for, "" for all."""
    registry, equals, url = text.partition("=")
    if not equals or "/" in registry:
        return "", read(text)
    return checked_registry(registry), read(url)


def _capabilities(words: tuple[str, ...]) -> tuple[str, ...]:
    """What mirrors are trusted with: containerd ignores a file with any other word."""
    for word in words:
        if word not in CAPABILITIES:
            raise UsageError(f"invalid --capabilities {quoted_value(word)}: valid values: {', '.join(CAPABILITIES)}")
    if words and "pull" not in words:
        raise UsageError("invalid --capabilities: a mirror without pull is never pulled from")
    return tuple(one for one in CAPABILITIES if one in words) or MirrorOptions().capabilities


def _authorities(texts: Iterable[str]) -> dict[str, str]:
    """The certificates by host, "" for all mirrors; several files for one host are one."""
    found: dict[str, str] = {}
    for text in texts:
        match = _HOST_AND_FILE.fullmatch(text)
        host, file = (match["host"].lower(), match["file"]) if match else ("", text)
        found[host] = found.get(host, "") + _read_certificates(file)
    return found


def _read_certificates(file: str) -> str:
    """The certificates of a file. Raises UsageError if it cannot be read or OpenSSL does not take them."""
    import ssl

    from pullsecret.network.tls import load_authorities, read_pem

    try:
        pem = certificates_in(read_pem(file), printable(file))
        load_authorities(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT), pem.encode())
    except ConfigError as error:
        raise UsageError(error.message.removeprefix("error: ")) from error
    return pem


def _label(text: str) -> tuple[str, str]:
    if not _LABEL.fullmatch(text):
        raise UsageError(f"invalid --node-selector {quoted_value(text)}: it must be KEY=VALUE of a label")
    key, _, value = text.partition("=")
    return key, value
