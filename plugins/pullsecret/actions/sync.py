"""Bring copies of pull secrets up to date with their sources, and find those whose source is gone."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import MAX_SINGLE_READS, read_all_in, read_one_by_one, read_pull_secrets
from pullsecret.cluster.identity import read_source_identity
from pullsecret.cluster.secret_references import ReferenceReads
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.model.check.before_write import new_secret_refusal
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of
from pullsecret.model.objects.pullsecret import ReplacePolicy, provenance_of
from pullsecret.model.owners.managed_secret import has_our_mark
from pullsecret.model.plan.change import Change, Plan
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.plan.placement import absence_steps
from pullsecret.model.plan.references import References
from pullsecret.model.plan.removal import Removal, RemovalOptions, removal_of
from pullsecret.model.plan.sync import SyncSources, SyncTerms, copy_states, sources_among, state_notes, updates
from pullsecret.model.request.command_request import CheckLevel, CommandRequest
from pullsecret.model.request.copy_names import is_wanted

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.objects.pullsecret import Provenance
    from pullsecret.model.plan.change import Steps
    from pullsecret.model.plan.observed import Key
    from pullsecret.model.request.connection import ConnectionFlags


@dataclass(frozen=True, kw_only=True)
class SyncRequest(CommandRequest):
    """Which copies, by patterns of their names, and where their sources may be."""

    names: tuple[str, ...] = ()
    from_namespaces: tuple[str, ...] = ()
    from_context: str = ""
    from_kubeconfig: str = ""
    prunes: bool = False
    replace_policy: ReplacePolicy = field(default_factory=ReplacePolicy)
    check_level: CheckLevel = CheckLevel.ERRORS
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def source_connection(self) -> ConnectionFlags | None:
        """The connection to the sources' cluster; None if that is the one of the copies."""
        return self.connection.elsewhere(self.from_context, self.from_kubeconfig)

    @property
    def other_connections(self) -> tuple[ConnectionFlags, ...]:
        """The sources' cluster."""
        return (self.source_connection,) if self.source_connection else ()

    @property
    def credential_source(self) -> str:
        """The sources that the copies themselves name."""
        cluster = self.from_context or self.from_kubeconfig
        return f"the sources of the copies, in {cluster}" if cluster else "the sources of the copies, in each cluster"


@dataclass(frozen=True, kw_only=True)
class SyncView:
    """The copies in the target namespaces, their sources, and, to prune, who references secrets."""

    observed: ObservedNamespaces
    copies: tuple[Object, ...] = field(repr=False)
    sources: SyncSources = field(repr=False)
    references: References


@dataclass(frozen=True, kw_only=True)
class SyncPlan:
    """The copies to bring up to date, with what is reported of the others; and the removal of the orphans."""

    updating: Plan
    removal: Removal


def observe(request: SyncRequest, cluster: Cluster) -> SyncView:
    """Read the copies and their sources; for --prune, also whatever may reference an orphan."""
    namespaces = TargetNamespaces(cluster, request.targets)
    reading = namespaces.start(partial(read_pull_secrets, cluster))
    accounts = namespaces.start(partial(read_all_in, cluster, Kind.SERVICE_ACCOUNT)) if request.prunes else None
    users = ReferenceReads(cluster, namespaces) if request.prunes else None
    secrets = reading.result()
    read = accounts.result() if accounts else Observed()
    copies = tuple(
        item
        for _, item in sorted(secrets.present.items())
        if provenance_of(item) and is_wanted(name_of(item), request.names)
    )
    return SyncView(
        observed=ObservedNamespaces(selection=namespaces.selection, secrets=secrets, accounts=read),
        copies=copies,
        sources=read_sources(request, cluster, copies, secrets.present),
        references=users.result(read) if users else References(),
    )


def read_sources(
    request: SyncRequest, cluster: Cluster, copies: Iterable[Object], known: Mapping[Key, Object]
) -> SyncSources:
    """Read the sources that copies name: in this cluster, or in the one of --from-context.

    Args:
        request: where sources may be.
        cluster: the cluster of the copies.
        copies: the secrets that are marked as copies.
        known: pull secrets of this cluster that were read already.
    """
    origins = {origin for copy in copies if has_our_mark(copy) and (origin := provenance_of(copy))}
    if request.source_connection is None:
        return _read_from(cluster, {origin for origin in origins if not origin.cluster}, "", known)
    with closing(cluster.sibling(request.source_connection)) as source_cluster:
        identity = read_source_identity(source_cluster, cluster)
        wanted = {origin for origin in origins if origin.cluster == identity}
        return _read_from(source_cluster, wanted, identity, {} if identity else known)


def _read_from(cluster: Cluster, origins: set[Provenance], identity: str, known: Mapping[Key, Object]) -> SyncSources:
    missing = sorted({(origin.namespace, origin.name) for origin in origins} - known.keys())
    return sources_among(origins, _read_places(cluster, missing), known, identity)


def _read_places(cluster: Cluster, places: list[Key]) -> Observed:
    """Read secrets by their keys: one by one, or all pull secrets of their namespaces where there are many.

    Of secrets that are there and are no pull secrets, the metadata are read, so that none seems to be gone.
    """
    if len(places) <= MAX_SINGLE_READS:
        return read_one_by_one(cluster, Kind.SECRET, places)
    namespaces = sorted({namespace for namespace, _ in places})
    names = cluster.start(partial(read_all_in, cluster, Kind.SECRET, namespaces, metadata_only=True))
    read = read_pull_secrets(cluster, namespaces)
    wanted = set(places)
    present = {key: item for key, item in {**names.result().present, **read.present}.items() if key in wanted}
    return Observed(present=present, unreadable={**names.result().unreadable, **read.unreadable})


def plan(request: SyncRequest, view: SyncView) -> SyncPlan:
    """The copies to update and, with --prune, the orphans to remove; what is left alone is in the notes."""
    observed = view.observed
    states = copy_states(view.copies, view.sources, request.from_namespaces)
    terms = SyncTerms(
        replace_policy=request.replace_policy,
        refusal_for=partial(new_secret_refusal, now=request.now, level=request.check_level),
    )
    changes = updates(states, observed, terms)
    orphans = [state.copy for state in states if state.is_orphan] if request.prunes else []
    removal = removal_of(orphans, observed, view.references, RemovalOptions())
    notes = (*observed.notes, *state_notes(states, prunes=request.prunes), *removal.detaching.notes)
    if not view.copies and observed.selection.usable and not observed.secrets.unreadable:
        matching = f" that match {', '.join(request.names)}" if request.names else ""
        notes = (*notes, f"note: no copies{matching} found")
    sequences = (*_failures(observed), *_by_namespace(changes))
    return SyncPlan(updating=Plan(sequences=sequences, notes=notes), removal=removal)


def _failures(observed: ObservedNamespaces) -> Iterable[Steps]:
    for namespace in observed.selection.names:
        if absence := absence_steps(namespace, observed):
            yield absence
        elif error := observed.secrets.error_at((namespace, "")):
            yield (Change(kind=Kind.NAMESPACE, namespace=namespace, name=namespace, refusal=error),)


def _by_namespace(changes: Iterable[Change]) -> Iterable[Steps]:
    found: dict[str, Steps] = {}
    for change in changes:
        found[change.namespace] = (*found.get(change.namespace, ()), change)
    return found.values()


def read_returned(request: SyncRequest, view: SyncView, cluster: Cluster, orphans: Iterable[Key]) -> frozenset[Key]:
    """Read which of the orphans have a source again: it may have been deleted for a moment only."""
    wanted = set(orphans)
    copies = [copy for copy in view.copies if (namespace_of(copy), name_of(copy)) in wanted]
    gone = read_sources(request, cluster, copies, {}).gone
    return frozenset((namespace_of(copy), name_of(copy)) for copy in copies if provenance_of(copy) not in gone)
