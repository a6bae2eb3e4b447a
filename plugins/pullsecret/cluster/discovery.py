"""Finds out what the server knows of a type of custom resources: two small reads, as kubectl does it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import NotFoundError, PullSecretError
from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import CustomKind, mappings_at, text_at
from pullsecret.model.objects.workload_types import type_parts

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.objects.objects import Object


def read_custom_kind(cluster: Cluster, word: str) -> CustomKind:
    """Read what `RESOURCE.GROUP` or `RESOURCE.VERSION.GROUP` is: of the preferred version, or of another that has it.

    Raises:
        PullSecretError: the server has no such type, in kubectl's words, or its objects are in no namespace.
    """
    name, version, group = type_parts(word)
    for served in (version,) if version else _read_versions(cluster, group):
        for resource in _read_resources(cluster, group, served):
            if name in _names_of(resource) and "/" not in text_at(resource, "name"):
                return _kind_of(resource, group, served)
    raise _unknown(word)


def _kind_of(resource: Object, group: str, version: str) -> CustomKind:
    if resource.get("namespaced") is not True:
        raise PullSecretError(f"{printable(text_at(resource, 'name'))}.{group} are in no namespace")
    kind, plural = text_at(resource, "kind"), text_at(resource, "name")
    return CustomKind(
        value=plural,
        singular=text_at(resource, "singularName") or kind.lower(),
        title=kind,
        api_group=group,
        version=version,
    )


def _names_of(resource: Object) -> set[str]:
    short = resource.get("shortNames")
    others = [name for name in short if isinstance(name, str)] if isinstance(short, list) else []
    return {text_at(resource, "name"), text_at(resource, "singularName"), text_at(resource, "kind").lower(), *others}


def _read_versions(cluster: Cluster, group: str) -> Iterator[str]:
    """The versions of a group, the preferred one first; none of a group that does not exist."""
    try:
        found = cluster.discover(group)
    except NotFoundError:
        return
    served = (text_at(version, "version") for version in mappings_at(found, "versions"))
    yield from filter(None, dict.fromkeys((text_at(found, "preferredVersion", "version"), *served)))


def _read_resources(cluster: Cluster, group: str, version: str) -> tuple[Object, ...]:
    try:
        return mappings_at(cluster.discover(group, version), "resources")
    except NotFoundError:
        return ()


def _unknown(word: str) -> PullSecretError:
    return PullSecretError(f'the server doesn\'t have a resource type "{printable(word)}"')
