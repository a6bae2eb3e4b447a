"""Reads the pull secrets that pods could use: those of their namespaces, and those that may be taken for them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import MAX_SINGLE_READS, read_all_in, read_by_keys, read_pull_secrets
from pullsecret.errors import ApiError
from pullsecret.model.doctor.waiting_container import needs_all_namespaces
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of
from pullsecret.model.objects.pullsecret import DATA_KEYS, packed_secret, provenance_of
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.objects.sources import SHARED_NAMESPACE
from pullsecret.model.openshift.global_secrets import SECRETS_OF_NODES
from pullsecret.model.plan.observed import Key, Observed, unreadable_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.doctor.evidence import Evidence

GLOBAL_IS_UNKNOWN = "note: not allowed to read the global pull secret; which credentials the nodes have is not known"
"""What is said where OpenShift's nodes may have credentials that may not be read."""


def read_secrets_of_pods(cluster: Cluster, namespaces: Sequence[str], referenced: Iterable[Key]) -> Observed:
    """Read the pull secrets of these namespaces and the other secrets, if any, that the pods reference."""
    listed = read_pull_secrets(cluster, namespaces)
    present, unreadable = dict(listed.present), listed.unreadable
    rest = [key for key in dict.fromkeys(referenced) if key not in present]
    if len(rest) <= MAX_SINGLE_READS or unreadable:
        others = read_by_keys(cluster, Kind.SECRET, rest)
    else:
        fields = ",".join(f"type!={kind}" for kind in DATA_KEYS)
        others = read_all_in(cluster, Kind.SECRET, namespaces, fields=fields, metadata_only=True)
    wanted = set(rest)
    present |= {key: item for key, item in others.present.items() if key in wanted}
    # Where secrets may not be listed, the referenced ones were read one by one.
    hidden = others.unreadable if unreadable else {}
    place = unreadable_place(listed)
    note = f"note: not allowed to list secrets {place}; only those that pods reference are known"
    notes = (note,) if unreadable else ()
    return Observed(present=present, unreadable=hidden, notes=notes)


def read_other_namespaces(cluster: Cluster, evidence: Evidence, shared: Mapping[Key, Object]) -> Evidence:
    """Add secrets of other namespaces: the shared ones, those the user named, sources of copies, and all if needed."""
    near = read_near_namespaces(cluster, evidence, shared, has_node_secrets=bool(evidence.mirrors))
    if needs_all_namespaces(near):
        return replace(near, elsewhere={**near.elsewhere, **_read_the_rest(cluster, near)})
    return near


def read_near_namespaces(
    cluster: Cluster, evidence: Evidence, shared: Mapping[Key, Object], *, has_node_secrets: bool
) -> Evidence:
    """The same without the namespaces whose secrets are not meant for others, and with the nodes' secrets if asked."""
    found = dict(shared)
    chosen = read_pull_secrets(cluster, evidence.chosen)
    known = replace(
        evidence,
        absent=(*evidence.absent, *chosen.unreadable.values()),
        notes=(*evidence.notes, *_notes_on_empty(evidence.chosen, chosen)),
    )
    found |= chosen.present
    of_nodes = read_by_keys(cluster, Kind.SECRET, SECRETS_OF_NODES) if has_node_secrets else Observed()
    found |= of_nodes.present
    if of_nodes.unreadable:
        known = replace(known, notes=(*known.notes, GLOBAL_IS_UNKNOWN))
    found |= _read_sources_of_copies(cluster, evidence, found)
    return replace(known, elsewhere=found)


def _read_the_rest(cluster: Cluster, evidence: Evidence) -> Mapping[Key, Object]:
    """Read the pull secrets of all namespaces; those of the failing pods' namespaces are not asked for twice."""
    read, found = evidence.observed.secrets, evidence.elsewhere
    namespaces = {namespace for namespace, _ in evidence.observed.pods.present}
    if read.unreadable or len(namespaces) > MAX_SINGLE_READS:
        return list_pull_secrets(cluster, "", {**found, **read.present})
    own = {key: item for key, item in read.present.items() if item.get("type") in DATA_KEYS}
    return {**own, **list_pull_secrets(cluster, "", found, without=sorted(namespaces))}


def _notes_on_empty(chosen: Sequence[str], found: Observed) -> tuple[str, ...]:
    empty = [name for name in chosen if not found.in_namespace(name) and (name, "") not in found.unreadable]
    return tuple(f"warning: --from={name}: no pull secrets in this namespace" for name in empty)


def _read_sources_of_copies(cluster: Cluster, evidence: Evidence, known: Mapping[Key, Object]) -> Mapping[Key, Object]:
    """Read the secrets that copies were made of: one by one, or with all others where there are many."""
    marks = (provenance_of(secret) for secret in evidence.observed.secrets.present.values())
    keys = {mark.local_key for mark in marks if mark and mark.local_key}
    missing = sorted(key for key in keys if key not in known and key not in evidence.observed.secrets.present)
    missing = [key for key in missing if key[0] != SHARED_NAMESPACE]
    if len(missing) <= MAX_SINGLE_READS:
        return read_by_keys(cluster, Kind.SECRET, missing).present
    everything = list_pull_secrets(cluster, "", {**known, **evidence.observed.secrets.present})
    return {key: everything[key] for key in missing if key in everything}


def list_pull_secrets(
    cluster: Cluster, namespace: str, known: Mapping[Key, Object] | None = None, *, without: Sequence[str] = ()
) -> Mapping[Key, Object]:
    """List the pull secrets of a namespace, or of all with "", `without` some; none without permission.

    Those that were read already are not held twice.
    """
    excluded = "".join(f",metadata.namespace!={name}" for name in without)

    def kept(item: Object) -> Object:
        return (known or {}).get((namespace_of(item), name_of(item))) or packed_secret(item)

    def read(kind: str) -> Sequence[Object]:
        return cluster.read_all(Kind.SECRET, namespace, fields=f"type={kind}{excluded}", keep=kept)

    try:
        lists = cluster.read_each(read, tuple(DATA_KEYS))
    except ApiError:
        return {}
    return {(namespace_of(item), name_of(item)): item for found in lists for item in found if not is_sibling(item)}
