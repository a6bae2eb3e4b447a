"""What the nodes do after the global pull secret was changed: when they have it, and what it costs.

Sources: machine-config-operator docs/PullSecret.md, docs/MachineConfigDaemon.md (rebootless updates),
pkg/daemon/update.go and drain.go (what an action of a policy does), pkg/controller/node/node_controller.go (paused
pools); openshift/api operator/v1 types_machineconfiguration.go and machineconfiguration/v1 types.go; hypershift
docs/content/how-to/common/global-pull-secret.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import Object, mapping_at, mappings_at, name_of, text_at
from pullsecret.model.openshift.ibm_workers import advice_on_workers
from pullsecret.model.openshift.node_advice import NodeAdvice, counted_nodes
from pullsecret.model.openshift.topology import ClusterKind, Topology
from pullsecret.model.request.suggested_command import Flag, kubectl

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

KUBELET_FILE: Final = "/var/lib/kubelet/config.json"
"""Where the nodes have the global pull secret."""

SYNCED_LABEL: Final = "hypershift.openshift.io/nodepool-globalps-enabled"
"""The label of the nodes that the syncer of a hosted control plane runs on: those of AWS and Azure, upgraded by
replacement (hypershift: hypershift-operator/controllers/nodepool/capi.go)."""

_CURRENT_CONFIG: Final = "machineconfiguration.openshift.io/currentConfig"
"""The annotation of a node with the name of its rendered configuration: `rendered-POOL-HASH`."""

_CURRENT_IMAGE: Final = "machineconfiguration.openshift.io/currentImage"
"""The annotation of a node whose operating system's image was built in the cluster (MachineOSConfig)."""

_NO_REBOOT: Final = (4, 7)
_POLICIES: Final = (4, 17)
"""The versions since which a changed pull secret reboots no node, and since which a policy may say otherwise."""

_READ_AGAIN: Final = "the kubelet reads it again within 5 minutes"
"""kubernetes: pkg/credentialprovider/provider.go."""


@dataclass(frozen=True, kw_only=True)
class NodeFacts:
    """What decides what the nodes do. None is what does not exist or could not be read; `unread` tells the latter.

    Attributes:
        topology: the kind of the cluster, and its version.
        nodes: all nodes, their metadata at least.
        machine_configuration: machineconfigurations.operator.openshift.io/cluster.
        pools: the MachineConfigPools.
        unread: what could not be read, in the server's words.
    """

    topology: Topology
    nodes: tuple[Object, ...] | None = None
    machine_configuration: Object | None = None
    pools: tuple[Object, ...] | None = None
    unread: tuple[str, ...] = ()


def effects_on_nodes(facts: NodeFacts) -> tuple[NodeAdvice, ...]:
    """What the nodes do once the global pull secret is changed, in sentences; none where it has no such secret."""
    if facts.topology.kind is ClusterKind.SELF_MANAGED:
        found = (_disruption(facts), *_layered(facts.nodes or ()), *_held_back(facts.pools or ()), *_progress())
    elif facts.topology.kind is ClusterKind.HOSTED:
        found = tuple(_syncing(facts.nodes))
    elif facts.topology.kind is ClusterKind.IBM_CLOUD:
        found = advice_on_workers(facts.nodes)
    else:
        return ()
    return (
        *found,
        *(NodeAdvice(text=f"{reason}; what that means for the nodes is not known") for reason in facts.unread),
    )


def unreached_nodes(facts: NodeFacts) -> frozenset[str]:
    """The names of the nodes that will not get the change as the cluster is now."""
    nodes = facts.nodes or ()
    if facts.topology.kind is ClusterKind.HOSTED:
        return frozenset(name_of(node) for node in nodes if not _is_synced(node))
    paused = {name_of(pool) for pool in facts.pools or () if _is_paused(pool)}
    return frozenset(name_of(node) for node in nodes if _pool_of(node) in paused)


def _disruption(facts: NodeFacts) -> NodeAdvice:
    """What the Machine Config Operator does to a node whose file it writes."""
    version, actions = facts.topology.version, _actions_of(facts.machine_configuration or {})
    writes = f"the Machine Config Operator writes the global pull secret to {KUBELET_FILE} on every node"
    if actions is not None:
        deeds = [deed for action in actions if (deed := _deed_of(action))]
        if deeds:
            policy = "the node disruption policy in machineconfigurations/cluster"
            text = f"{writes}, and {_joined(deeds)}, as {policy} specifies"
            return NodeAdvice(text=text, is_warning=True)
        return NodeAdvice(text=f"{writes} without draining or rebooting it; {_READ_AGAIN}")
    if version is not None and version < _NO_REBOOT:
        text = f"{writes}, and drains and reboots it: OpenShift {_shown(version)} does, 4.7 and later do not"
        return NodeAdvice(text=text, is_warning=True)
    if version is not None and version < _POLICIES:
        return NodeAdvice(text=f"{writes} without draining or rebooting it; {_READ_AGAIN}")
    text = (
        f"{writes}; whether it drains or reboots the nodes is not known, because the node disruption policy in "
        "machineconfigurations/cluster could not be read; the default is to do neither"
    )
    return NodeAdvice(text=text, is_warning=True)


def _actions_of(machine_configuration: Object) -> tuple[Object, ...] | None:
    """The actions for the kubelet's file: of the longest path that holds it; without one, a reboot.

    None if there are no policies (machine-config-operator: FindClosestFilePolicyPathMatch).
    """
    policies = mapping_at(machine_configuration, "status", "nodeDisruptionPolicyStatus", "clusterPolicies")
    files = mappings_at(policies, "files")
    if not files:
        return None
    path = PurePosixPath(KUBELET_FILE)
    holding = [item for item in files if path.is_relative_to(text_at(item, "path") or KUBELET_FILE + "/-")]
    if not holding:
        return ({"type": "Reboot"},)
    return mappings_at(max(holding, key=lambda item: len(text_at(item, "path"))), "actions")


def _deed_of(action: Object) -> str:
    kind = text_at(action, "type")
    service = printable(text_at(action, kind.lower(), "serviceName"))
    return {
        "None": "",
        "Reboot": "drains and reboots it",
        "Drain": "drains it",
        "Reload": f"reloads {service}",
        "Restart": f"restarts {service}",
        "DaemonReload": "reloads systemd's configuration",
    }.get(kind, f"takes the action {printable(kind)}")


def _layered(nodes: Iterable[Object]) -> Iterator[NodeAdvice]:
    """The nodes for which no node disruption policy holds.

    (openshift-docs: machine-config-node-disruption.adoc, of images that are built in the cluster. Whether a change of
    the pull secret builds one differs between versions: machine-config-operator, pkg/controller/build/reconciler.go.)
    """
    count = sum(1 for node in nodes if text_at(node, "metadata", "annotations", _CURRENT_IMAGE))
    if count:
        text = (
            f"{counted_nodes(count)} with an operating system image built in the cluster (MachineOSConfig) may "
            "be drained and rebooted all the same: node disruption policies do not apply to them"
        )
        yield NodeAdvice(text=text, is_warning=True)


def _held_back(pools: Iterable[Object]) -> Iterator[NodeAdvice]:
    """The pools whose nodes do not get the change, or perhaps not."""
    for pool in sorted(pools, key=name_of):
        count = mapping_at(pool, "status").get("machineCount")
        nodes = counted_nodes(count if isinstance(count, int) else 0)
        who = f"machineconfigpool/{printable(name_of(pool))} ({nodes})"
        if _is_paused(pool):
            text = (
                f"{who} is paused: its nodes get the change, and all others that are pending, only when it is resumed"
            )
            yield NodeAdvice(text=text, is_warning=True)
        elif _is_degraded(pool):
            yield NodeAdvice(text=f"{who} is degraded: its nodes may not get the change", is_warning=True)


def _is_paused(pool: Object) -> bool:
    return mapping_at(pool, "spec").get("paused") is True


def _is_degraded(pool: Object) -> bool:
    conditions = mappings_at(pool, "status", "conditions")
    return any(text_at(item, "type") == "Degraded" and text_at(item, "status") == "True" for item in conditions)


def _progress() -> Iterator[NodeAdvice]:
    looking = kubectl("get", "machineconfigpools")
    yield NodeAdvice(text="all nodes of a pool have it when the pool is UPDATED again:", command=looking)


def _pool_of(node: Object) -> str:
    """The pool whose configuration a node has; "" if the node does not tell."""
    rendered = text_at(node, "metadata", "annotations", _CURRENT_CONFIG)
    return rendered.removeprefix("rendered-").rpartition("-")[0] if rendered.startswith("rendered-") else ""


def _syncing(nodes: Sequence[Object] | None) -> Iterator[NodeAdvice]:
    """What the syncer of a hosted control plane does, and on which nodes."""
    writes = f"writes it to {KUBELET_FILE} and restarts the kubelet"
    if nodes is None:
        text = (
            f"daemonset/global-pull-secret-syncer {writes} on nodes labeled {SYNCED_LABEL}=true; which nodes these are "
            "is not known"
        )
        yield NodeAdvice(text=text, is_warning=True)
        return
    synced = [node for node in nodes if _is_synced(node)]
    others = [name_of(node) for node in nodes if not _is_synced(node)]
    if synced:
        text = f"daemonset/global-pull-secret-syncer {writes} on {len(synced)} of {counted_nodes(len(nodes))}"
        yield NodeAdvice(text=text)
    if others:
        text = (
            f"{counted_nodes(len(others))} without the label {SYNCED_LABEL}=true will not get the change "
            f"({_few(others)}): only nodes on AWS and Azure have the label, in NodePools that are upgraded by "
            "replacement"
        )
        yield NodeAdvice(text=text, is_warning=True)
    if synced:
        looking = kubectl(Flag("-n", "kube-system"), "rollout", "status", "daemonset/global-pull-secret-syncer")
        yield NodeAdvice(text="the nodes have the change once the syncer is rolled out:", command=looking)


def _is_synced(node: Object) -> bool:
    return text_at(node, "metadata", "labels", SYNCED_LABEL) == "true"


def _few(names: Sequence[str]) -> str:
    shown = ", ".join(printable(name) for name in sorted(names)[:5])
    return f"{shown} and {len(names) - 5} more" if len(names) > 5 else shown  # noqa: PLR2004  as many as are sliced


def _joined(parts: Sequence[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}"


def _shown(version: tuple[int, int]) -> str:
    return f"{version[0]}.{version[1]}"
