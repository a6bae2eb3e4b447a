"""Reads what decides whether pods that do not exist yet could pull: accounts, secrets, mirrors, roles of projects."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in, read_by_keys
from pullsecret.cluster.candidate_secrets import (
    GLOBAL_IS_UNKNOWN,
    list_pull_secrets,
    read_near_namespaces,
    read_secrets_of_pods,
)
from pullsecret.cluster.internal_registry import read_registry_hosts
from pullsecret.cluster.mirror_reads import read_mirrors
from pullsecret.cluster.openshift import is_served
from pullsecret.model.can_pull.facts import Facts
from pullsecret.model.can_pull.overlay import accounts_with, declared_places, secrets_with
from pullsecret.model.can_pull.sources import accounts_of, existing_pods, planned_pods, pods_of
from pullsecret.model.doctor.evidence import Evidence
from pullsecret.model.doctor.openshift import other_projects
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of
from pullsecret.model.objects.pod import listed_secrets
from pullsecret.model.objects.sources import SHARED_NAMESPACE
from pullsecret.model.plan.observed import Observed, ObservedNamespaces, unreadable_place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.can_pull.admission import Admitted, PodOrigin
    from pullsecret.model.declared.declared_parts import DeclaredParts
    from pullsecret.model.request.targets import Selection

_NOT_FINISHED = "status.phase!=Succeeded,status.phase!=Failed"

_ANY_NODE: Mapping[str, Object] = {"": {"status": {"nodeInfo": {"containerRuntimeVersion": "cri-o://"}}}}
"""A node of OpenShift, whose runtime is always CRI-O."""


def read_facts(
    cluster: Cluster, selection: Selection, sources: Sequence[PodOrigin], parts: DeclaredParts, now: datetime
) -> Facts:
    """Read what the pods of these sources need, in the namespaces of the selection that exist.

    Of workloads in the cluster, the pods that exist are read, too.

    Raises:
        PullSecretError: the server does not respond, or refuses the credentials.
    """
    openshift = cluster.start(partial(is_served, cluster, Kind.DIGEST_MIRRORS))
    shared = cluster.start(partial(list_pull_secrets, cluster, SHARED_NAMESPACE))
    accounts = _read_accounts(cluster, selection, sources, parts)
    pods = pods_of(sources, accounts)
    running = _read_running(cluster, pods)
    existing = existing_pods(pods, running.present.values())
    all_pods = (*pods, *(item for items in existing.values() for item in items))
    overlay = secrets_with(parts, _read_secrets(cluster, selection, all_pods), all_pods)
    present = {(namespace_of(item.pod), name_of(item.pod)): item.pod for item in all_pods}
    observed = ObservedNamespaces(
        selection=selection, secrets=overlay.secrets, accounts=accounts, pods=Observed(present=present)
    )
    evidence = Evidence(now=now, observed=observed, planned=planned_pods(all_pods), notes=running.notes)
    evidence = _with_openshift(cluster, evidence) if openshift.result() else evidence
    evidence = read_near_namespaces(cluster, evidence, shared.result(), has_node_secrets=bool(evidence.nodes))
    return Facts(
        evidence=evidence,
        pods=pods,
        promised=overlay.promised,
        files=declared_places(parts),
        existing=existing,
        has_unknown_nodes=GLOBAL_IS_UNKNOWN in evidence.notes,
    )


def _read_accounts(
    cluster: Cluster, selection: Selection, sources: Sequence[PodOrigin], parts: DeclaredParts
) -> Observed:
    """Read the service accounts of the pods, as they would be with those of the manifests."""
    there, needed = set(selection.usable), accounts_of(sources)
    found = read_by_keys(cluster, Kind.SERVICE_ACCOUNT, [key for key in needed if key[0] in there])
    return accounts_with(parts, found, needed)


def _read_secrets(cluster: Cluster, selection: Selection, pods: Sequence[Admitted]) -> Observed:
    """Read the pull secrets of the pods' namespaces, and other secrets that they list."""
    there = set(selection.usable)
    listed = [(item.source.namespace, name) for item in pods for name in listed_secrets(item.pod)]
    namespaces = [name for name in dict.fromkeys(item.source.namespace for item in pods) if name in there]
    return read_secrets_of_pods(cluster, namespaces, [key for key in listed if key[0] in there])


def _read_running(cluster: Cluster, pods: Sequence[Admitted]) -> Observed:
    """Read the pods of the namespaces that have workloads to compare with; none without permission."""
    homes = dict.fromkeys(item.source.namespace for item in pods if _is_workload(item))
    found = read_all_in(cluster, Kind.POD, tuple(homes), fields=_NOT_FINISHED) if homes else Observed()
    if not found.unreadable:
        return found
    note = f"note: not allowed to list pods {unreadable_place(found)}; existing pods were not compared"
    return Observed(present=found.present, notes=(note,))


def _is_workload(item: Admitted) -> bool:
    return bool(item.source.subject) and not item.source.exists and item.source.item is None


def _with_openshift(cluster: Cluster, evidence: Evidence) -> Evidence:
    """Add what only OpenShift has: mirrors, the hosts of its registry, and who may pull from other projects."""
    hosts = cluster.start(partial(read_registry_hosts, cluster))
    mirrors = read_mirrors(cluster)
    known = replace(
        evidence,
        nodes=_ANY_NODE,
        mirrors=mirrors.policies,
        node_credentials=mirrors.node_credentials,
        registry_hosts=hosts.result(),
        notes=(*evidence.notes, *mirrors.notes),
    )
    projects = other_projects(known)
    bindings = read_all_in(cluster, Kind.ROLE_BINDING, projects)
    return replace(known, image_bindings={project: bindings.in_namespace(project) for project in projects})
