"""The grants that one use of a command needs: in which namespaces, on which objects, and nothing more."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, TypeAlias

from pullsecret.model.rbac.permission import WORKLOADS, Place, When
from pullsecret.model.rbac.table import NEEDED

if TYPE_CHECKING:
    from pullsecret.model.rbac.permission import NeededPermission
    from pullsecret.model.rbac.usage import Usage

_READING: Final = frozenset({"get", "list"})
_ORDER: Final = ("get", "list", "create", "patch", "delete", "bind")
_SOURCES: Final = frozenset({Place.SOURCE, Place.SOURCE_CLUSTER, Place.REGISTRY})
"""The places that may be in another cluster."""

Rules: TypeAlias = Mapping[tuple[str, tuple[str, ...]], tuple[str, ...]]
"""From a resource and the names that it is limited to, none for all, to RBAC verbs."""


@dataclass(frozen=True, kw_only=True)
class Grant:
    """The rules for one namespace, "" for the whole cluster; `is_source`: sources are there, perhaps elsewhere."""

    namespace: str
    rules: Rules
    is_source: bool = False


def grants_for(usage: Usage, *, with_optional: bool = False) -> tuple[Grant, ...]:
    """What the use of the command needs: the whole cluster first, then its sources, then the other namespaces."""
    places: dict[tuple[bool, str], list[NeededPermission]] = {}
    for item in _conditional(usage):
        for namespace in usage.namespaces_of(item.place) if with_optional or not item.purpose else ():
            places.setdefault((item.place in _SOURCES, namespace), []).append(item)
    found = [
        Grant(namespace=namespace, rules=_rules(usage, namespace, items), is_source=is_source)
        for (is_source, namespace), items in places.items()
    ]
    granting = (grant for grant in found if grant.rules)
    return tuple(sorted(granting, key=lambda grant: (bool(grant.namespace), not grant.is_source)))


def left_out(usage: Usage) -> tuple[tuple[str, Rules], ...]:
    """What each optional permission would be for, with its rules, if it is not needed anyway."""
    needed = {
        (grant.namespace, key, verb)
        for grant in grants_for(usage)
        for key, verbs in grant.rules.items()
        for verb in verbs
    }
    found: dict[str, dict[tuple[str, tuple[str, ...]], tuple[str, ...]]] = {}
    for item in _conditional(usage):
        for namespace in usage.namespaces_of(item.place) if item.purpose else ():
            for key, verbs in _rules(usage, namespace, (item,)).items():
                if any((namespace, key, verb) not in needed for verb in verbs):
                    found.setdefault(item.purpose, {})[key[0], ()] = verbs
    return tuple(found.items())


def _conditional(usage: Usage) -> Iterable[NeededPermission]:
    """The permissions of which the conditions hold; one for each type of the workloads that are named."""
    needed: Iterable[NeededPermission] = NEEDED[usage.command]
    if usage.in_project:
        needed = _in_project(needed)
    elif usage.is_global:
        needed = _in_global(needed, has_sources=usage.command == "copy")
    for item in needed:
        if usage.conditions.issuperset(item.when):
            resources = usage.workloads if item.resource == WORKLOADS else (item.resource,)
            yield from (replace(item, resource=resource) for resource in resources)


def _in_project(permissions: Iterable[NeededPermission]) -> Iterable[NeededPermission]:
    """What is left for a Code Engine project: the sources are read, and listed where several may be wanted."""
    for item in permissions:
        if item.place is Place.SOURCE:
            yield replace(item, verbs=("list",) if "list" in item.verbs else item.verbs)


def _in_global(permissions: Iterable[NeededPermission], *, has_sources: bool) -> Iterable[NeededPermission]:
    """What is left for OpenShift's global pull secret: nothing in namespaces but that of the sources."""
    for item in permissions:
        if When.GLOBAL in item.when or (has_sources and item.place is Place.SOURCE):
            yield item


def _rules(usage: Usage, namespace: str, permissions: Iterable[NeededPermission]) -> Rules:
    found: dict[tuple[str, tuple[str, ...]], set[str]] = {}
    for item in permissions:
        names = usage.workloads.get(item.resource, ()) or usage.names_for(item.limit, item.place, namespace)
        if verbs := {verb for verb in item.verbs if verb in _READING or not usage.is_reading}:
            found.setdefault((item.resource, names), set()).update(verbs)
    return {
        (resource, names): tuple(sorted(left, key=_ORDER.index))
        for (resource, names), verbs in found.items()
        if (left := verbs - (found.get((resource, ()), set()) if names else set()))
    }
