"""Which copies are brought up to date with their sources, which are orphans, and which are left alone, and why.

Only a proven copy is written, because a user who may write a secret can mark it as a copy of any other. Only a source
that is known not to exist makes an orphan: one that could not be read may be there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import printable
from pullsecret.model.objects.objects import Kind, Object, mapping_at, name_of, namespace_of
from pullsecret.model.objects.pullsecret import (
    OTHER_CLUSTER,
    copied,
    holds_same,
    is_proven,
    is_pull_secret,
    provenance_of,
)
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.objects.sources import SourceStanding, standing_of
from pullsecret.model.openshift.global_secrets import is_of_nodes
from pullsecret.model.owners.managed_secret import data_owner, has_our_mark
from pullsecret.model.plan.change import Change
from pullsecret.model.plan.copies import Doubt, doubt_about
from pullsecret.model.plan.existing_secret import NewSecret
from pullsecret.model.plan.placement import secret_change

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from pullsecret.errors import RefusedError
    from pullsecret.model.objects.pullsecret import Provenance, ReplacePolicy
    from pullsecret.model.plan.observed import Key, Observed, ObservedNamespaces

_GIVING = frozenset({SourceStanding.OWN, SourceStanding.CHOSEN, SourceStanding.SHARED, SourceStanding.OFFERED})
_FEW = 3
"""So many namespaces are named in a note; more are counted."""


@dataclass(frozen=True, kw_only=True)
class SyncSources:
    """The sources that copies name: those that exist, those that are gone, and why others are not known.

    `cluster` is the identity of their cluster, "" for that of the copies.
    """

    found: Mapping[Provenance, Object] = field(default_factory=dict, repr=False)
    gone: frozenset[Provenance] = frozenset()
    unknown: Mapping[Provenance, str] = field(default_factory=dict)
    cluster: str = ""


@dataclass(frozen=True, kw_only=True)
class SyncTerms:
    """What the user allows: what may be replaced, and which sources may be copied once more.

    `refusal_for` gives why a source may not, because of findings; None for one that may.
    """

    replace_policy: ReplacePolicy
    refusal_for: Callable[[Object], RefusedError | None]


@dataclass(frozen=True, kw_only=True)
class CopyState:
    """A secret that is marked as a copy: with its source, if it is kept up to date with that, or why it is left alone.

    `is_orphan`: its source no longer exists.
    """

    copy: Object = field(repr=False)
    origin: Provenance
    source: Object | None = field(default=None, repr=False)
    is_orphan: bool = False
    reason: str = ""


def sources_among(
    origins: Collection[Provenance], read: Observed, known: Mapping[Key, Object], cluster: str
) -> SyncSources:
    """Which of the sources that copies name exist, and which are gone.

    Nothing is gone from a cluster that cannot be told from others: it may be the wrong one.

    Args:
        origins: the sources.
        read: what was read of them.
        known: pull secrets of their cluster that had been read before.
        cluster: the identity of their cluster, "" for that of the copies.
    """
    found: dict[Provenance, Object] = {}
    unknown: dict[Provenance, str] = {}
    for origin in origins:
        key = (origin.namespace, origin.name)
        source = known.get(key) or read.present.get(key)
        if source is not None and is_pull_secret(source) and not is_sibling(source):
            found[origin] = source
        elif source is not None:
            unknown[origin] = "it is not a pull secret"
        elif error := read.error_at(key):
            unknown[origin] = error.message
        elif cluster == OTHER_CLUSTER:
            unknown[origin] = "it is not in that cluster, which may be another one than it was copied from"
    gone = frozenset(origins) - found.keys() - unknown.keys()
    return SyncSources(found=found, gone=gone, unknown=unknown, cluster=cluster)


def copy_states(secrets: Iterable[Object], sources: SyncSources, chosen: Collection[str]) -> tuple[CopyState, ...]:
    """The state of each secret that is marked as a copy; siblings are none."""
    found = ((secret, provenance_of(secret)) for secret in secrets if not is_sibling(secret))
    return tuple(_state(secret, origin, sources, chosen) for secret, origin in found if origin is not None)


def _state(secret: Object, origin: Provenance, sources: SyncSources, chosen: Collection[str]) -> CopyState:
    if reason := _foreign_reason(secret) or _unknown_reason(origin, sources):
        return CopyState(copy=secret, origin=origin, reason=reason)
    if origin in sources.gone:
        return CopyState(copy=secret, origin=origin, is_orphan=True)
    source = sources.found[origin]
    if reason := _unproven_reason(secret, source) or _unshared_reason(secret, source, origin, chosen):
        return CopyState(copy=secret, origin=origin, reason=reason)
    return CopyState(copy=secret, origin=origin, source=source)


def _foreign_reason(secret: Object) -> str:
    """Why a secret is not ours, whatever its marks say."""
    if is_of_nodes(secret):
        return "is the global pull secret of the nodes, and is changed with --global only"
    if owner := data_owner(secret):
        return f"is owned by {owner.party}: {owner.advice}"
    return "" if has_our_mark(secret) else "is not managed by kubectl-pullsecret"


def _unknown_reason(origin: Provenance, sources: SyncSources) -> str:
    if origin.cluster != sources.cluster:
        if not origin.cluster:
            return "has its source in the copy's own cluster"
        advice = " than that of --from-context" if sources.cluster else "; use --from-context to read it"
        return f"has its source in another cluster{advice}"
    known = origin in sources.gone or origin in sources.found
    return "" if known else f"has a source that is not known: {sources.unknown.get(origin, 'it was not read')}"


def _unproven_reason(secret: Object, source: Object) -> str:
    doubt = doubt_about(secret, source)
    if doubt is None:
        return ""
    advice = "; use copy with -n to update it" if doubt is Doubt.RECREATED else ""
    return f"{doubt.value}{advice}"


def _unshared_reason(secret: Object, source: Object, origin: Provenance, chosen: Collection[str]) -> str:
    if origin.cluster or standing_of(source, namespace_of(secret), chosen) in _GIVING:
        return ""
    return f"has its source in namespace {printable(origin.namespace)}; use --from {printable(origin.namespace)}"


def updates(states: Sequence[CopyState], observed: ObservedNamespaces, terms: SyncTerms) -> tuple[Change, ...]:
    """The changes that bring the copies up to date, in their order; those that are so already change nothing.

    A source with findings that the user does not allow is not copied once more.
    """
    origins = {(namespace_of(state.copy), name_of(state.copy)): state for state in states if state.source is not None}
    refusals: dict[Provenance, RefusedError | None] = {}
    changes = []
    for key, state in origins.items():
        source = _current_source(state, origins)
        new = NewSecret(
            secret=copied(source, key[1], key[0], cluster=state.origin.cluster),
            is_proof_of=partial(is_proven, source=source),
            is_named=False,
        )
        change = secret_change(new, key[0], observed, terms.replace_policy)
        if not holds_same(state.copy, new.secret):
            refusal = refusals.setdefault(state.origin, terms.refusal_for(source))
            change = _refused(change, refusal) if refusal else change
        changes.append(change)
    return tuple(changes)


def _current_source(state: CopyState, origins: Mapping[tuple[str, str], CopyState]) -> Object:
    """The source as it will be: one that is itself a copy is brought up to date in the same run."""
    source = state.source or {}
    last, seen = source, {state.origin}
    above = origins.get((namespace_of(source), name_of(source))) if not state.origin.cluster else None
    while above is not None and above.source is not None and above.origin not in seen:
        seen.add(above.origin)
        last = above.source
        above = origins.get((namespace_of(last), name_of(last)))
    return {**source, "data": mapping_at(last, "data")} if source.get("type") == last.get("type") else source


def _refused(change: Change, refusal: RefusedError) -> Change:
    return Change(
        kind=Kind.SECRET, namespace=change.namespace, name=change.name, current=change.current, refusal=refusal
    )


def state_notes(states: Iterable[CopyState], *, prunes: bool) -> tuple[str, ...]:
    """A line for each reason to leave copies alone, and for each source that is gone, with the namespaces."""
    places: dict[str, list[str]] = {}
    for state in states:
        if line := _orphan_line(state, prunes=prunes) if state.is_orphan else state.reason:
            places.setdefault(f"secret/{name_of(state.copy)} {{}} {line}", []).append(namespace_of(state.copy))
    return tuple(f"note: {line.replace('{}', _where(names), 1)}" for line, names in places.items())


def _orphan_line(state: CopyState, *, prunes: bool) -> str:
    source = f"secret/{printable(state.origin.name)} in namespace {printable(state.origin.namespace)}"
    return f"is an orphan: its source {source} no longer exists{'' if prunes else '; --prune deletes it'}"


def _where(namespaces: Sequence[str]) -> str:
    if len(namespaces) == 1:
        return f"in namespace {namespaces[0]}"
    return f"in {len(namespaces)} namespaces" if len(namespaces) > _FEW else f"in namespaces {', '.join(namespaces)}"
