"""Under which hosts the internal registry is reached, inside its cluster and outside, as its objects say.

Source: openshift/api config/v1 types_image.go (ImageStatus), route/v1 types.go, image/v1 types.go;
cluster-image-registry-operator pkg/operator/imageconfig.go, which lists the routes that it made, and no others.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pullsecret.model.images.internal_registry import INTERNAL_REGISTRY
from pullsecret.model.objects.objects import mapping_at, mappings_at, text_at
from pullsecret.model.request.suggested_command import Flag, kubectl

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.suggested_command import SuggestedCommand

REGISTRY_NAMESPACE: Final = "openshift-image-registry"
_SERVICE = "image-registry"
_HOST = re.compile(r"[a-z0-9](?:[a-z0-9.-]*[a-z0-9])?(?::[0-9]{1,5})?")
_IN_SERVICE_DOMAIN = re.compile(r"([a-z0-9-]+\.[a-z0-9-]+\.svc)(:[0-9]+)?")


@dataclass(frozen=True, kw_only=True)
class InternalHosts:
    """The hosts of the registry; `is_complete` is False where routes may exist that could not be read."""

    internal: tuple[str, ...]
    external: tuple[str, ...]
    is_complete: bool = True


def internal_hosts(
    config: Object | None, routes: Sequence[Object] | None, streams: Sequence[Object] = ()
) -> InternalHosts:
    """What the objects of a cluster say.

    Args:
        config: images.config.openshift.io "cluster"; None if it may not be read.
        routes: the routes in the registry's namespace; None if they may not be listed.
        streams: image streams of a project, which name the registry, too: for users who may not read the rest.
    """
    status = mapping_at(config or {}, "status")
    inside = [text_at(status, "internalRegistryHostname")] if config is not None else _hosts_of(streams, "docker")
    outside = [*_texts(status.get("externalRegistryHostnames")), *_route_hosts(routes or ())]
    outside += _hosts_of(streams, "publicDocker")
    if config is None and not any(inside):
        inside = [INTERNAL_REGISTRY]
    names = (name for host in inside for name in (host, _with_cluster_domain(host)))
    return InternalHosts(internal=_valid(names), external=_valid(outside), is_complete=routes is not None)


def route_command() -> SuggestedCommand:
    """The command that has the operator create the registry's route."""
    patch = Flag("--patch", '{"spec":{"defaultRoute":true}}')
    return kubectl("patch", "configs.imageregistry.operator.openshift.io", "cluster", Flag("--type", "merge"), patch)


def balance_command() -> SuggestedCommand:
    """The command that has each client reach the same registry pod again, as pushes to several pods need."""
    place = Flag("-n", REGISTRY_NAMESPACE)
    return kubectl("annotate", "route", "default-route", "haproxy.router.openshift.io/balance=source", place)


def _route_hosts(routes: Iterable[Object]) -> list[str]:
    """The hosts of the routes that lead to the registry."""
    return [
        host
        for route in routes
        if text_at(route, "spec", "to", "name") == _SERVICE and not text_at(route, "spec", "path").strip("/")
        for host in (*(text_at(one, "host") for one in mappings_at(route, "status", "ingress")), _wanted_host(route))
    ]


def _wanted_host(route: Object) -> str:
    """The host that a route asks for, where no router has reported one."""
    return "" if mappings_at(route, "status", "ingress") else text_at(route, "spec", "host")


def _hosts_of(streams: Iterable[Object], which: str) -> list[str]:
    return [text_at(stream, "status", f"{which}ImageRepository").partition("/")[0] for stream in streams]


def _with_cluster_domain(host: str) -> str:
    """The longer name of a service; "" for any other host."""
    found = _IN_SERVICE_DOMAIN.fullmatch(host)
    return f"{found[1]}.cluster.local{found[2] or ''}" if found else ""


def _texts(value: object) -> list[str]:
    return [item for item in value if isinstance(item, str)] if isinstance(value, list) else []


def _valid(hosts: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(host for host in hosts if _HOST.fullmatch(host)))
