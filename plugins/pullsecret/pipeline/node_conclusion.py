"""The end of a run that changed the global pull secret: what the nodes do, and which waiting pods it helps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.cluster.mirror_reads import read_mirrors
from pullsecret.cluster.openshift import read_node_facts, read_pending_pods
from pullsecret.errors import PullSecretError
from pullsecret.model.go.printable import Printable
from pullsecret.model.openshift.helped_pods import helped_pods
from pullsecret.model.openshift.node_effects import effects_on_nodes, unreached_nodes
from pullsecret.report.conclusion import Conclusion
from pullsecret.report.node_effects import advice_lines, helped_lines

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.openshift.topology import TopologyFacts
    from pullsecret.model.request.suggested_command import CommandStyle


def conclude_on_nodes(cluster: Cluster, facts: TopologyFacts, keys: Sequence[str], style: CommandStyle) -> Conclusion:
    """Read what the nodes do with the global pull secret as it is now, and say so; for `Prepared.conclude`.

    The reads are made after the write, so that the pods are those that wait then. A server that no longer responds
    does not undo the write: the conclusion only says what is not known.

    Args:
        cluster: the cluster that was written to.
        facts: what `read_topology` read of it.
        keys: the registry keys of the entries that were added or changed, as written; none after removals.
        style: how suggested commands reach the same cluster.
    """
    try:
        nodes = read_node_facts(cluster, facts)
        pods = read_pending_pods(cluster) if keys else ()
        mirrors = read_mirrors(cluster).policies if pods else ()
    except PullSecretError as error:
        return Conclusion(lines=(Printable(f"warning: what the nodes do is not known: {error}"),))
    lines = [*advice_lines(effects_on_nodes(nodes), style)]
    if pods is None:
        lines.append(
            Printable("note: not allowed to list pods in all namespaces; which waiting pods it helps is not known")
        )
    found = helped_pods(pods or (), keys, unreached_nodes(nodes), mirrors)
    return Conclusion(lines=(*lines, *helped_lines(found, nodes.topology.kind, style)))
