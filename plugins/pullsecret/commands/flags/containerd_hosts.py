"""The flags of `generate containerd-hosts`."""

from __future__ import annotations

import re
from functools import partial
from typing import Annotated

from typer import Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.values import Repeated, split
from pullsecret.commands.help_text import kind_flags
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

_hosts = partial(Option, rich_help_panel=kind_flags("containerd-hosts"))
_HOST_AND_FILE = re.compile(r"(?P<host>[A-Za-z0-9.:\[\]-]+)=(?P<file>.*)", re.DOTALL)
_LABEL = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?/)?[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?"
    r"=(?:[A-Za-z0-9](?:[\w.-]{0,61}[A-Za-z0-9])?)?",
    re.ASCII,
)


def hosts_options(
    *,
    registry: Annotated[
        Repeated,
        _hosts("--registry", metavar="HOST", help="Registry to pull by mirrors; _default is any other; repeatable."),
    ] = None,
    mirror: Annotated[
        Repeated,
        _hosts(
            "--mirror",
            metavar="[HOST=]URL",
            help="Mirror of all registries or of HOST; repeatable, and asked in this order.",
        ),
    ] = None,
    ca: Annotated[
        list[str] | None,
        _hosts(
            "--ca",
            metavar="[HOST=]FILE",
            help="Certificate authorities of all mirrors, or of one mirror or registry; repeatable.",
        ),
        CompletionHint("files"),
    ] = None,
    header: Annotated[
        list[str] | None,
        _hosts("--header", metavar="'NAME: VALUE'", help="Header for all mirrors, without a credential; repeatable."),
    ] = None,
    capabilities: Annotated[
        Repeated, _hosts("--capabilities", metavar="LIST", help="What mirrors are trusted with: pull, resolve, push.")
    ] = None,
    override_path: Annotated[
        bool, _hosts("--override-path", help="Use the paths of mirrors as they are, without /v2 after them.")
    ] = False,
    no_upstream: Annotated[
        bool, _hosts("--no-upstream", help="Do not ask the registry itself after its mirrors.")
    ] = False,
    plain_http: Annotated[
        bool, _hosts("--insecure", help="Allow mirrors with plain HTTP (credentials are sent in the clear).")
    ] = False,
    config_path: Annotated[
        str, _hosts("--config-path", metavar="DIR", help="Directory of the nodes that containerd's config_path names.")
    ] = "/etc/containerd/certs.d",
    containerd_config: Annotated[
        str, _hosts("--containerd-config", metavar="PATH", help="containerd's configuration on the nodes.")
    ] = "/etc/containerd/config.toml",
    node_selector: Annotated[
        Repeated, _hosts("--node-selector", metavar="KEY=VALUE", help="Only nodes with this label; repeatable.")
    ] = None,
    remove: Annotated[
        bool, _hosts("--remove", help="Print the DaemonSet that puts back what was there before.")
    ] = False,
) -> HostsOptions:
    """The hosts of each registry, where containerd reads them, and on which nodes.

    Raises:
        UsageError: a value is not valid, or may hold a credential.
    """
    read = partial(parsed_mirror, allows_http=plain_http, has_whole_path=override_path)
    registries = tuple(map(checked_registry, split(registry)))
    options = MirrorOptions(
        capabilities=_capabilities(split(capabilities)),
        headers=dict(map(parsed_header, header or ())),
        authorities=_authorities(ca or []),
        has_upstream=not no_upstream,
    )
    if no_upstream and "resolve" not in options.capabilities:
        raise UsageError("--no-upstream requires the capability resolve: nobody else could tell what a tag means")
    mirrors = tuple(_of_registry(text, read) for text in split(mirror))
    if mirrors and not registries:
        raise UsageError("--mirror requires --registry")
    return HostsOptions(
        registries=registry_hosts(registries, mirrors, options) if registries else (),
        mirrors=options,
        config_path=config_path,
        containerd_config=containerd_config,
        node_selector=dict(map(_label, split(node_selector))),
        removes=remove,
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


def _authorities(texts: list[str]) -> dict[str, str]:
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
