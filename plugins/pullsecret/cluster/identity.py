"""What tells a cluster from others, whatever its server is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import ApiError
from pullsecret.model.objects.objects import Kind, text_at
from pullsecret.model.objects.pullsecret import OTHER_CLUSTER

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster


def read_identity(cluster: Cluster) -> str:
    """Read the uid of the namespace kube-system; `OTHER_CLUSTER` without permission."""
    try:
        return text_at(cluster.read(Kind.NAMESPACE, "", "kube-system"), "metadata", "uid") or OTHER_CLUSTER
    except ApiError:
        return OTHER_CLUSTER


def read_source_identity(source: Cluster, target: Cluster) -> str:
    """Read the identity of the cluster that sources are in; "" where that is the target cluster itself."""
    if source.server == target.server:
        return ""
    identity = read_identity(source)
    return "" if identity == read_identity(target) != OTHER_CLUSTER else identity
