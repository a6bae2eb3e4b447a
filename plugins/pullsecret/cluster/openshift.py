"""Reads which kind of OpenShift a cluster is, and what decides how its nodes get the global pull secret."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.errors import ForbiddenError, NotFoundError, PullSecretError
from pullsecret.model.objects.objects import Kind
from pullsecret.model.openshift.global_secrets import ORIGINAL_PULL_SECRET
from pullsecret.model.openshift.node_effects import NodeFacts
from pullsecret.model.openshift.topology import ClusterKind, TopologyFacts, topology_of

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.objects.objects import Object


def read_topology(cluster: Cluster) -> TopologyFacts:
    """Read what tells the kind of a cluster: a request or two where it is not OpenShift, else four and its nodes.

    What may not be read is in the facts. The server refuses forbidden reads of an API group that it does not
    serve, too, so then its list of groups is read, which every user may.

    Raises:
        ConfigError, ConnectError: there is no usable credential, or the server does not respond.
    """
    infrastructure, unread = _read_one(cluster, Kind.INFRASTRUCTURE, "cluster")
    is_openshift = True if infrastructure else is_served(cluster, Kind.INFRASTRUCTURE)
    facts = TopologyFacts(is_openshift=is_openshift, infrastructure=infrastructure, unread=unread)
    return _with_the_rest(cluster, facts) if is_openshift else facts


def _with_the_rest(cluster: Cluster, facts: TopologyFacts) -> TopologyFacts:
    """The facts with what matters only in a cluster of OpenShift."""
    version = cluster.start(partial(_read_one, cluster, Kind.CLUSTER_VERSION, "version"))
    original = cluster.start(partial(_read_one, cluster, Kind.SECRET, *reversed(ORIGINAL_PULL_SECRET)))
    nodes, unread_nodes = _read_nodes_metadata(cluster)
    cluster_version, unread_version = version.result()
    found, unread_original = original.result()
    return replace(
        facts,
        cluster_version=cluster_version,
        nodes=nodes,
        has_original=None if unread_original else found is not None,
        unread=(*facts.unread, *unread_version, *unread_nodes, *unread_original),
    )


def _read_one(cluster: Cluster, kind: Kind, name: str, namespace: str = "") -> tuple[Object | None, tuple[str, ...]]:
    """One object, or None and, where it may exist all the same, the server's words."""
    try:
        return cluster.read(kind, namespace, name), ()
    except NotFoundError:
        return None, ()
    except ForbiddenError as error:
        return None, (str(error),)


def _read_nodes_metadata(cluster: Cluster) -> tuple[tuple[Object, ...] | None, tuple[str, ...]]:
    try:
        return cluster.read_all(Kind.NODE, metadata_only=True), ()
    except ForbiddenError as error:
        return None, (str(error),)


def is_served(cluster: Cluster, kind: Kind) -> bool | None:
    """Whether the server has the API group of a kind of OpenShift; None if it refuses to tell.

    It refuses a user's reads of a group that it does not have, too.
    """
    try:
        cluster.discover(kind.group.partition("/")[0])
    except NotFoundError:
        return False
    except ForbiddenError:
        return None
    return True


def read_node_facts(cluster: Cluster, facts: TopologyFacts) -> NodeFacts:
    """Read what decides how the nodes get a changed global pull secret: two requests where machine configs do.

    Raises:
        ConfigError, ConnectError: there is no usable credential, or the server does not respond.
    """
    topology = topology_of(facts)
    if topology.kind is not ClusterKind.SELF_MANAGED:
        return NodeFacts(topology=topology, nodes=facts.nodes)
    pools, unread_pools = _read_pools(cluster)
    configuration, unread = _read_one(cluster, Kind.MACHINE_CONFIGURATION, "cluster")
    return NodeFacts(
        topology=topology,
        nodes=facts.nodes,
        machine_configuration=configuration,
        pools=pools,
        unread=(*unread, *unread_pools),
    )


def _read_pools(cluster: Cluster) -> tuple[tuple[Object, ...] | None, tuple[str, ...]]:
    try:
        return cluster.read_all(Kind.MACHINE_CONFIG_POOL), ()
    except NotFoundError:
        return None, ()
    except ForbiddenError as error:
        return None, (str(error),)


def read_pending_pods(cluster: Cluster) -> tuple[Object, ...] | None:
    """Read the pods of all namespaces that have not run yet; None without permission."""
    try:
        return cluster.read_all(Kind.POD, fields="status.phase=Pending")
    except ForbiddenError:
        return None


def check_is_served(cluster: Cluster, kind: Kind) -> None:
    """Look whether the server has the API group of a kind of OpenShift, after it found none of its objects.

    Raises:
        PullSecretError: it has not, in kubectl's words.
    """
    if is_served(cluster, kind) is False:
        group = kind.group.partition("/")[0]
        raise PullSecretError(f'the server doesn\'t have a resource type "{kind.value}" ({group}): not OpenShift')
