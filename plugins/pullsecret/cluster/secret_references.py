"""Reads who references secrets: a LIST for each kind, all side by side, of which little is kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.build_reads import read_build_users
from pullsecret.cluster.bulk_read import read_all_in
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.references import READ_KINDS, References, known_references, with_uses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.cluster.target_namespaces import TargetNamespaces
    from pullsecret.model.plan.observed import Observed


class ReferenceReads:
    """The reads of pods and workloads in the target namespaces, which begin at once."""

    def __init__(self, cluster: Cluster, namespaces: TargetNamespaces) -> None:
        self._cluster = cluster
        self._reads = {kind: namespaces.start(partial(read_users, cluster, kind)) for kind in READ_KINDS}

    def result(self, accounts: Observed) -> References:
        """The references by pods, workloads, these service accounts and, in OpenShift, build configs."""
        builds = read_build_users(self._cluster, accounts)
        found = {kind: read.result() for kind, read in self._reads.items()}
        return known_references({**found, Kind.BUILD_CONFIG: builds}, accounts)


def read_users(cluster: Cluster, kind: Kind, namespaces: Sequence[str]) -> Observed:
    """Read the pods or workloads of a kind in these namespaces, to see which secrets they use."""
    return read_all_in(cluster, kind, namespaces, keep=partial(with_uses, kind))


def read_references(cluster: Cluster, namespaces: Sequence[str]) -> References:
    """Read who references secrets in these namespaces, which exist."""
    accounts = cluster.start(partial(read_all_in, cluster, Kind.SERVICE_ACCOUNT, namespaces))
    reads = {kind: cluster.start(partial(read_users, cluster, kind, namespaces)) for kind in READ_KINDS}
    builds = read_build_users(cluster, accounts.result())
    found = {kind: read.result() for kind, read in reads.items()}
    return known_references({**found, Kind.BUILD_CONFIG: builds}, accounts.result())
