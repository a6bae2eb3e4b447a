"""Reads OpenShift's mirrors of images, and what lets the secrets of namespaces serve them: a LIST for each kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.cluster.openshift import is_served
from pullsecret.errors import ForbiddenError, NotFoundError
from pullsecret.model.objects.objects import Kind, Object

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.cluster.client import Cluster

_POLICIES = (Kind.DIGEST_MIRRORS, Kind.TAG_MIRRORS, Kind.CONTENT_SOURCES)


@dataclass(frozen=True, kw_only=True)
class MirrorReads:
    """The objects with mirrors, and CRIOCredentialProviderConfig/cluster; `unreadable` are kinds that were refused."""

    policies: tuple[Object, ...] = field(default=(), repr=False)
    node_credentials: Object | None = field(default=None, repr=False)
    unreadable: tuple[Kind, ...] = ()

    @property
    def notes(self) -> tuple[str, ...]:
        """What is not known, as a line for stderr."""
        if not self.unreadable:
            return ()
        kinds = ", ".join(kind.value for kind in self.unreadable)
        return (f"note: not allowed to list {kinds}; whether nodes use mirrors is not known",)


def read_mirrors(cluster: Cluster) -> MirrorReads:
    """Read the mirrors; a kind that the server does not have, or that may not be listed, counts as none."""

    def read(kind: Kind) -> Sequence[Object] | None:
        try:
            return cluster.read_all(kind)
        except NotFoundError:
            return ()
        except ForbiddenError:
            return None

    kinds = (*_POLICIES, Kind.NODE_CREDENTIALS)
    found = dict(zip(kinds, cluster.read_each(read, kinds), strict=True))
    return MirrorReads(
        policies=tuple(item for kind in _POLICIES for item in found[kind] or ()),
        node_credentials=next(iter(found[Kind.NODE_CREDENTIALS] or ()), None),
        unreadable=_unreadable(cluster, found),
    )


def _unreadable(cluster: Cluster, found: Mapping[Kind, Sequence[Object] | None]) -> tuple[Kind, ...]:
    """The kinds that may not be listed, where the server has any of OpenShift's."""
    refused = tuple(kind for kind, items in found.items() if items is None)
    return () if refused and is_served(cluster, Kind.DIGEST_MIRRORS) is False else refused
