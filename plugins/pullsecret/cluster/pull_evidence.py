"""What doctor reads: the pods that wait for images, and all that decides what the kubelet pulls them with.

Every question is a LIST, of one namespace or of all, so their number does not grow with the pods. What only makes the
answer better (service accounts, owners, events, nodes, mirrors, other namespaces) may be forbidden.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import FEW, see_all, see_keys, select_namespaces
from pullsecret.cluster.pull_events import see_failures, see_pulls
from pullsecret.errors import ApiError, ForbiddenError, NotFoundError, PullSecretError
from pullsecret.model.doctor.best_secret import best_secret
from pullsecret.model.doctor.evidence import TEMPLATES, Evidence
from pullsecret.model.doctor.pod_or_owner import KINDS
from pullsecret.model.doctor.refusals import cases_of, with_refusals
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pod import is_of, listed_secrets, owner_of, pull_waits
from pullsecret.model.objects.pullsecret import COPIED_FROM, DATA_KEYS
from pullsecret.model.plan.observed import Key, Observed, ObservedNamespaces

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from datetime import datetime

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.doctor.waiting_container import WaitingContainer
    from pullsecret.model.request.targets import Targets

_LIVING = "status.phase!=Succeeded,status.phase!=Failed"
_HOME = "default"
"""Where IBM Cloud puts all-icr-io, and most people their first pull secret."""


def read_evidence(cluster: Cluster, targets: Targets, subjects: Sequence[str], now: datetime) -> Evidence:
    """Everything that a diagnosis of the targets' pods needs; subjects are `kind/name`, none of them means all pods."""
    selection = select_namespaces(cluster, targets)
    there = [name for name in selection.names if name not in selection.missing]
    pods = see_all(cluster, Kind.POD, there, fields=_LIVING)
    asked = {key: pod for key, pod in pods.present.items() if not subjects or any(is_of(pod, one) for one in subjects)}
    ill = {key: pod for key, pod in asked.items() if pull_waits(pod)}
    absent, healthy = _without_trouble(cluster, there, subjects, asked) if not pods.unreadable else ((), ())
    part = Observed(present=ill, unreadable=pods.unreadable, notes=pods.notes)
    evidence = Evidence(
        now=now, observed=ObservedNamespaces(selection=selection, pods=part), healthy=healthy, absent=absent
    )
    return _with_surroundings(cluster, evidence) if ill else evidence


def _without_trouble(
    cluster: Cluster, there: Sequence[str], subjects: Sequence[str], asked: Mapping[Key, Object]
) -> tuple[tuple[PullSecretError, ...], tuple[str, ...]]:
    """Of those asked for by name: who is not there at all, and who is well, in words."""
    absent: list[PullSecretError] = []
    healthy: list[str] = []
    for subject in subjects:
        own = [pod for pod in asked.values() if is_of(pod, subject)]
        if own:
            healthy += [] if any(pull_waits(pod) for pod in own) else [f"{subject} waits for no image"]
            continue
        kind, name = KINDS[subject.partition("/")[0]], subject.partition("/")[2]
        found = see_keys(cluster, kind, [(namespace, name) for namespace in there])
        if found.present:
            healthy.append(f"{subject} has no pods that wait for an image")
        else:
            absent.append(next(iter(found.unreadable.values()), None) or _not_found(kind, name))
    return tuple(absent), tuple(healthy)


def _not_found(kind: Kind, name: str) -> NotFoundError:
    group = kind.group.partition("/")[0] if "/" in kind.group else ""
    resource = f"{kind.value}.{group}" if group else kind.value
    return NotFoundError(f'{resource} "{name}" not found', code=404, reason="NotFound")


def _with_surroundings(cluster: Cluster, evidence: Evidence) -> Evidence:
    """The same with what is around the pods that wait, in their namespaces."""
    ill = evidence.observed.pods.present
    places = list(dict.fromkeys(namespace for namespace, _ in ill))
    accounts = see_all(cluster, Kind.SERVICE_ACCOUNT, places)
    secrets = _seen_secrets(cluster, places, [key for pod in ill.values() for key in _named_by(pod)])
    kinds = {TEMPLATES[kind] for pod in ill.values() if (kind := owner_of(pod).partition("/")[0]) in TEMPLATES}
    nodes = _seen_nodes(cluster, {text_at(pod, "spec", "nodeName") for pod in ill.values()})
    is_crio = any(
        text_at(node, "status", "nodeInfo", "containerRuntimeVersion").startswith("cri-o") for node in nodes.values()
    )
    seen = Evidence(
        now=evidence.now,
        observed=ObservedNamespaces(
            selection=evidence.observed.selection, pods=evidence.observed.pods, secrets=secrets, accounts=accounts
        ),
        healthy=evidence.healthy,
        absent=evidence.absent,
        owners={kind: see_all(cluster, kind, places) for kind in sorted(kinds, key=lambda kind: kind.value)},
        nodes=nodes,
        mirrors=_seen_mirrors(cluster) if is_crio else (),
        pulls=see_pulls(cluster, places, ill),
        failures=see_failures(cluster, places, ill),
    )
    return _with_others(cluster, seen)


def _named_by(pod: Object) -> Iterable[Key]:
    return ((namespace_of(pod), name) for name in listed_secrets(pod))


def _seen_secrets(cluster: Cluster, places: Sequence[str], named: Iterable[Key]) -> Observed:
    """The pull secrets of these namespaces, and what else the pods name: one that is there is of another type."""
    by_type = [see_all(cluster, Kind.SECRET, places, fields=f"type={kind}") for kind in DATA_KEYS]
    present = {key: item for part in by_type for key, item in part.present.items()}
    unreadable = {key: error for part in by_type for key, error in part.unreadable.items()}
    rest = [key for key in dict.fromkeys(named) if key not in present]
    if len(rest) <= FEW or unreadable:
        others = see_keys(cluster, Kind.SECRET, rest)
    else:
        fields = ",".join(f"type!={kind}" for kind in DATA_KEYS)
        others = see_all(cluster, Kind.SECRET, places, fields=fields, metadata_only=True)
    wanted = set(rest)
    present |= {key: item for key, item in others.present.items() if key in wanted}
    # Of a namespace whose secrets may not be listed, those named were asked for one by one.
    hidden = others.unreadable if unreadable else {}
    notes = ("note: no right to list secrets everywhere, so only those that pods name are known",) if unreadable else ()
    return Observed(present=present, unreadable=hidden, notes=notes)


def _seen_nodes(cluster: Cluster, names: set[str]) -> Mapping[str, Object]:
    """The nodes by name; none where they may not be read."""
    wanted = sorted(names - {""})
    part = see_keys(cluster, Kind.NODE, [("", name) for name in wanted]) if len(wanted) <= FEW else None
    if part is not None:
        return {name: node for (_, name), node in part.present.items()}
    try:
        return {name_of(node): node for node in cluster.read_all(Kind.NODE)}
    except ForbiddenError:
        return {}


def _seen_mirrors(cluster: Cluster) -> tuple[Object, ...]:
    """The mirrors of an OpenShift cluster; a kind that the server does not have, or may not show, has none."""
    found: list[Object] = []
    for kind in (Kind.DIGEST_MIRRORS, Kind.TAG_MIRRORS, Kind.CONTENT_SOURCES):
        try:
            found += cluster.read_all(kind)
        except (NotFoundError, ForbiddenError):
            continue
    return tuple(found)


def _with_others(cluster: Cluster, evidence: Evidence) -> Evidence:
    """The same with secrets of other namespaces: of `default`, of where copies came from, and of all where need be."""
    found = dict(_listed(cluster, _HOME))
    sources = {
        (place, name)
        for secret in evidence.observed.secrets.present.values()
        for place, _, name in [text_at(secret, "metadata", "annotations", COPIED_FROM).partition("/")]
        if name and place != _HOME and (place, name) not in evidence.observed.secrets.present
    }
    found |= see_keys(cluster, Kind.SECRET, sorted(sources)).present if len(sources) <= FEW else {}
    seen = _replaced(evidence, found)
    if any(case.image.name and _is_without_help(case) for case in cases_of(with_refusals(seen))):
        seen = _replaced(evidence, {**found, **_listed(cluster, "")})
    return seen


def _replaced(evidence: Evidence, elsewhere: Mapping[Key, Object]) -> Evidence:
    return replace(evidence, elsewhere=elsewhere)


def _is_without_help(case: WaitingContainer) -> bool:
    return best_secret(case.namespace, case.wait.image, case.evidence) is None


def _listed(cluster: Cluster, namespace: str) -> Mapping[Key, Object]:
    """The pull secrets of a namespace, or with "" of all; none where they may not be listed."""
    try:
        found = [item for kind in DATA_KEYS for item in cluster.read_all(Kind.SECRET, namespace, fields=f"type={kind}")]
    except ApiError:
        return {}
    return {(namespace_of(item), name_of(item)): item for item in found}
