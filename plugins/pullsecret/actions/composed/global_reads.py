"""OpenShift's global pull secret, read: which secret it is in this cluster, and what it is made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_one_by_one
from pullsecret.cluster.openshift import read_topology
from pullsecret.errors import NotFoundError
from pullsecret.model.objects.objects import Kind
from pullsecret.model.openshift.global_secrets import MERGED_PULL_SECRET
from pullsecret.model.openshift.topology import ClusterKind, Topology, key_of_global_secret, topology_of

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.observed import Observed

_MERGED = (
    "note: this cluster has a hosted control plane: secret/global-pull-secret in namespace kube-system has the entries "
    "of secret/original-pull-secret, and those of secret/additional-pull-secret under other keys"
)
_NOTHING_ADDED = (
    "note: secret/additional-pull-secret in namespace kube-system does not exist: the nodes have the entries of "
    "secret/original-pull-secret alone"
)


@dataclass(frozen=True, kw_only=True)
class GlobalView:
    """The kind of the cluster, and the secrets that the global pull secret is made of."""

    topology: Topology
    secrets: Observed = field(repr=False)

    @property
    def used(self) -> tuple[Object, ...]:
        """The secrets whose entries the nodes have: the merged one, and until it is there those that it is made of."""
        merged = self.secrets.present.get(MERGED_PULL_SECRET)
        return (merged,) if merged else tuple(self.secrets.present.values())

    @property
    def notes(self) -> tuple[str, ...]:
        """What the secrets of a hosted control plane are to each other."""
        if self.topology.kind is not ClusterKind.HOSTED:
            return ()
        is_known = self.topology.secret not in self.secrets.unreadable
        is_absent = is_known and self.topology.secret not in self.secrets.present
        return (_NOTHING_ADDED if is_absent else _MERGED,)

    @property
    def failures(self) -> tuple[str, ...]:
        """A line for each secret that may not be read, and one if the only one does not exist."""
        refused = tuple(error.line for error in self.secrets.unreadable.values())
        if self.secrets.present or refused:
            return refused
        name = self.topology.all_secrets[0][1]
        return (NotFoundError(f'secrets "{name}" not found', code=404, reason="NotFound").line,)


def read_global_view(cluster: Cluster) -> GlobalView:
    """Read the kind of the cluster, and the secrets.

    Raises:
        PullSecretError: the cluster has no global pull secret, or it is not known which secret it is.
    """
    topology = topology_of(read_topology(cluster))
    key_of_global_secret(topology)
    return GlobalView(topology=topology, secrets=read_one_by_one(cluster, Kind.SECRET, topology.all_secrets))
