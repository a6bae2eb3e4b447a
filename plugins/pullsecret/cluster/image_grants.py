"""Reads which projects may pull the images of others: the RoleBindings of allow-pull, by their label."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import MAX_SINGLE_READS
from pullsecret.errors import ForbiddenError
from pullsecret.model.objects.generated_secrets import is_written_by_openshift
from pullsecret.model.objects.objects import Kind
from pullsecret.model.objects.pullsecret import MANAGED

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.objects.objects import Object

_OURS = f"{MANAGED}=true"


def read_grants(cluster: Cluster, namespaces: Sequence[str], secrets: Iterable[Object]) -> tuple[Object, ...] | None:
    """Read the bindings of the whole cluster, or, where that is not allowed, of a few namespaces.

    Nothing is read unless OpenShift generated one of the secrets: other clusters have no such registry.

    Args:
        cluster: the cluster.
        namespaces: those that are looked at.
        secrets: the pull secrets in them.

    Returns:
        the bindings; None if none may be listed.
    """
    if not any(map(is_written_by_openshift, secrets)):
        return ()
    try:
        return cluster.read_all(Kind.ROLE_BINDING, labels=_OURS)
    except ForbiddenError:
        few = namespaces if len(namespaces) <= MAX_SINGLE_READS else ()
    found = [items for namespace in few if (items := _read_namespace(cluster, namespace)) is not None]
    return tuple(item for items in found for item in items) if found else None


def _read_namespace(cluster: Cluster, namespace: str) -> tuple[Object, ...] | None:
    try:
        return cluster.read_all(Kind.ROLE_BINDING, namespace, labels=_OURS)
    except ForbiddenError:
        return None
