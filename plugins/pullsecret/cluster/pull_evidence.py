"""Reads what doctor needs: the pods waiting for images, and everything that decides which credentials the kubelet uses.

Every read is a LIST of one namespace or of all, so the number of requests does not grow with the pods. Permission is
optional for what only improves the diagnosis: service accounts, owners, events, nodes, mirrors, other namespaces.
"""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import MAX_SINGLE_READS, read_all_in, read_by_keys
from pullsecret.cluster.candidate_secrets import (
    list_pull_secrets,
    read_other_namespaces,
    read_secrets_of_pods,
)
from pullsecret.cluster.internal_registry import read_registry_hosts
from pullsecret.cluster.mirror_reads import MirrorReads, read_mirrors
from pullsecret.cluster.pull_events import read_pull_attempts, read_pull_failures, read_sandbox_waits
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.errors import ForbiddenError, NotFoundError, PullSecretError
from pullsecret.model.doctor.evidence import TEMPLATES, Evidence, first_readers
from pullsecret.model.doctor.openshift import other_projects
from pullsecret.model.doctor.pod_or_owner import KINDS
from pullsecret.model.doctor.waiting_container import with_rejected_logins
from pullsecret.model.objects.generated_secrets import is_written_by_openshift
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pod import is_of, listed_secrets, owner_of, pull_waits
from pullsecret.model.objects.sources import SHARED_NAMESPACE
from pullsecret.model.plan.observed import Key, Observed, ObservedNamespaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.request.targets import Targets

_NOT_FINISHED = "status.phase!=Succeeded,status.phase!=Failed"


def read_evidence(
    cluster: Cluster, targets: Targets, subjects: Sequence[str], now: datetime, chosen: tuple[str, ...] = ()
) -> Evidence:
    """Read what a diagnosis of the targets' pods needs.

    Subjects are `kind/name`, none means all pods; `chosen` are namespaces whose secrets may be taken, too.
    """
    target_namespaces = TargetNamespaces(cluster, targets)
    reading = target_namespaces.start(partial(read_all_in, cluster, Kind.POD, fields=_NOT_FINISHED))
    selection, pods = target_namespaces.selection, reading.result()
    existing = selection.usable
    matching = {
        key: pod for key, pod in pods.present.items() if not subjects or any(is_of(pod, one) for one in subjects)
    }
    sandboxes = read_sandbox_waits(cluster, existing, matching)
    failing = {key: pod for key, pod in matching.items() if pull_waits(pod) or key in sandboxes}
    absent, healthy = (
        _read_subjects_without_failures(cluster, existing, subjects, matching, failing)
        if not pods.unreadable
        else ((), ())
    )
    part = Observed(present=failing, unreadable=pods.unreadable, notes=pods.notes)
    evidence = Evidence(
        now=now,
        observed=ObservedNamespaces(selection=selection, pods=part),
        healthy=healthy,
        absent=absent,
        chosen=chosen,
        readers=first_readers(pods.present.values()),
        serving=frozenset((key[0], owner_of(pod)) for key, pod in pods.present.items() if key not in failing),
        sandboxes=sandboxes,
    )
    return _read_surroundings(cluster, evidence) if failing else evidence


def _read_subjects_without_failures(
    cluster: Cluster,
    existing: Sequence[str],
    subjects: Sequence[str],
    matching: Mapping[Key, Object],
    failing: Mapping[Key, Object],
) -> tuple[tuple[PullSecretError, ...], tuple[str, ...]]:
    """Read which of the subjects do not exist, and describe those that are not waiting for an image."""
    absent: list[PullSecretError] = []
    healthy: list[str] = []
    for subject in subjects:
        own = [key for key, pod in matching.items() if is_of(pod, subject)]
        if own:
            healthy += [] if any(key in failing for key in own) else [f"{subject} is not waiting for an image"]
            continue
        kind, name = KINDS[subject.partition("/")[0]], subject.partition("/")[2]
        found = read_by_keys(cluster, kind, [(namespace, name) for namespace in existing])
        if found.present:
            healthy.append(f"{subject} has no pods waiting for an image")
        else:
            owners = _read_owners_called(cluster, existing, name) if kind is Kind.POD else ()
            absent.append(next(iter(found.unreadable.values()), None) or _not_found(kind, name, owners))
    return tuple(absent), tuple(healthy)


def _read_owners_called(cluster: Cluster, namespaces: Sequence[str], name: str) -> tuple[str, ...]:
    """Read which workloads have the name that no pod has: it may have been meant for one of them."""
    keys = [(namespace, name) for namespace in namespaces]
    owners = ((word, kind) for word, kind in KINDS.items() if kind is not Kind.POD)
    reads = [(word, cluster.start(partial(read_by_keys, cluster, kind, keys))) for word, kind in owners]
    return tuple(f"{word}/{name}" for word, read in reads if read.result().present)


def _not_found(kind: Kind, name: str, owners: Sequence[str] = ()) -> NotFoundError:
    group = kind.group.partition("/")[0] if "/" in kind.group else ""
    resource = f"{kind.value}.{group}" if group else kind.value
    meant = f"; did you mean {' or '.join(owners)}?" if owners else ""
    return NotFoundError(f'{resource} "{name}" not found{meant}', code=404, reason="NotFound")


def _read_surroundings(cluster: Cluster, evidence: Evidence) -> Evidence:
    """Add what surrounds the failing pods in their namespaces."""
    failing = evidence.observed.pods.present
    namespaces = list(dict.fromkeys(namespace for namespace, _ in failing))
    referenced = [key for pod in failing.values() for key in _referenced_by(pod)]
    accounts = cluster.start(partial(read_all_in, cluster, Kind.SERVICE_ACCOUNT, namespaces))
    secrets = cluster.start(partial(read_secrets_of_pods, cluster, namespaces, referenced))
    nodes = cluster.start(partial(_read_nodes, cluster, {text_at(pod, "spec", "nodeName") for pod in failing.values()}))
    owners = {
        kind: cluster.start(partial(read_all_in, cluster, kind, namespaces)) for kind in _kinds_of_owners(failing)
    }
    pulls = cluster.start(partial(read_pull_attempts, cluster, namespaces, failing))
    failures = cluster.start(partial(read_pull_failures, cluster, namespaces, failing))
    shared = cluster.start(partial(list_pull_secrets, cluster, SHARED_NAMESPACE))
    has_crio = _has_crio(nodes.result())
    is_openshift = has_crio or any(map(is_written_by_openshift, secrets.result().present.values()))
    hosts = cluster.start(partial(read_registry_hosts, cluster)) if is_openshift else None
    mirrors = read_mirrors(cluster) if has_crio else MirrorReads()
    result = replace(
        evidence,
        observed=replace(evidence.observed, accounts=accounts.result(), secrets=secrets.result()),
        nodes=nodes.result(),
        owners={kind: read.result() for kind, read in owners.items()},
        mirrors=mirrors.policies,
        node_credentials=mirrors.node_credentials,
        notes=(*evidence.notes, *mirrors.notes),
        registry_hosts=hosts.result() if hosts else frozenset(),
        pulls=pulls.result(),
        failures=failures.result(),
    )
    return read_other_namespaces(cluster, with_rejected_logins(_with_bindings(cluster, result)), shared.result())


def _with_bindings(cluster: Cluster, evidence: Evidence) -> Evidence:
    """Add the role bindings of the other projects whose images are waited for; nothing is read without any."""
    projects = other_projects(evidence)
    found = read_all_in(cluster, Kind.ROLE_BINDING, projects)
    return replace(evidence, image_bindings={project: found.in_namespace(project) for project in projects})


def _kinds_of_owners(pods: Mapping[Key, Object]) -> Sequence[Kind]:
    kinds = {TEMPLATES[kind] for pod in pods.values() if (kind := owner_of(pod).partition("/")[0]) in TEMPLATES}
    return sorted(kinds, key=lambda kind: kind.value)


def _has_crio(nodes: Mapping[str, Object]) -> bool:
    versions = (text_at(node, "status", "nodeInfo", "containerRuntimeVersion") for node in nodes.values())
    return any(version.startswith("cri-o") for version in versions)


def _referenced_by(pod: Object) -> Iterable[Key]:
    return ((namespace_of(pod), name) for name in listed_secrets(pod))


def _read_nodes(cluster: Cluster, names: set[str]) -> Mapping[str, Object]:
    """Read the nodes by name; none without permission."""
    wanted = sorted(names - {""})
    part = (
        read_by_keys(cluster, Kind.NODE, [("", name) for name in wanted]) if len(wanted) <= MAX_SINGLE_READS else None
    )
    if part is not None:
        return {name: node for (_, name), node in part.present.items()}
    try:
        return {name_of(node): node for node in cluster.read_all(Kind.NODE)}
    except ForbiddenError:
        return {}
