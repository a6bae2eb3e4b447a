"""The flags of `generate containerd-hosts` as typed: registry_mirrors.py reads them, and no other kind waits for it."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import Annotated

from typer import Option

from pullsecret.commands.completion_hint import CompletionHint
from pullsecret.commands.flags.values import Repeated, split
from pullsecret.commands.help_text import kind_flags

_hosts = partial(Option, rich_help_panel=kind_flags("containerd-hosts"))


@dataclass(frozen=True, kw_only=True)
class HostsFlags:
    """The values as typed: lists are split at commas where that is meant, and nothing is checked."""

    registries: tuple[str, ...] = field(default=(), repr=False)
    mirrors: tuple[str, ...] = field(default=(), repr=False)
    authorities: tuple[str, ...] = ()
    headers: tuple[str, ...] = field(default=(), repr=False)
    capabilities: tuple[str, ...] = ()
    has_whole_paths: bool = False
    has_upstream: bool = True
    allows_http: bool = False
    config_path: str = "/etc/containerd/certs.d"
    containerd_config: str = "/etc/containerd/config.toml"
    node_selector: tuple[str, ...] = ()
    removes: bool = False


def hosts_options(
    *,
    registry: Annotated[
        Repeated,
        _hosts(
            "--registry", metavar="HOST", help="Registry to pull through mirrors; _default is any other; repeatable."
        ),
    ] = None,
    mirror: Annotated[
        Repeated,
        _hosts(
            "--mirror",
            metavar="[HOST=]URL",
            help="Mirror of all registries or of HOST; repeatable; contacted in this order.",
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
        Repeated,
        _hosts(
            "--capabilities",
            metavar="LIST",
            help="What mirrors are trusted with: pull, resolve, push (default pull,resolve).",
        ),
    ] = None,
    override_path: Annotated[
        bool, _hosts("--override-path", help="Use the paths of mirrors as they are, without /v2 after them.")
    ] = False,
    no_upstream: Annotated[
        bool, _hosts("--no-upstream", help="Do not contact the registry itself after its mirrors.")
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
) -> HostsFlags:
    """The flags of containerd-hosts."""
    return HostsFlags(
        registries=split(registry),
        mirrors=split(mirror),
        authorities=tuple(ca or ()),
        headers=tuple(header or ()),
        capabilities=split(capabilities),
        has_whole_paths=override_path,
        has_upstream=not no_upstream,
        allows_http=plain_http,
        config_path=config_path,
        containerd_config=containerd_config,
        node_selector=split(node_selector),
        removes=remove,
    )
