"""List pull secrets with their registries and the service accounts that reference them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in, read_by_keys, read_pull_secrets
from pullsecret.cluster.image_grants import read_grants
from pullsecret.cluster.secret_references import ReferenceReads
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.errors import NotFoundError
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import provenance_of
from pullsecret.model.objects.serviceaccount import secret_names
from pullsecret.model.objects.sibling import PREVIOUS, ROLE, is_sibling, kept_name
from pullsecret.model.openshift.image_grants import grants_in
from pullsecret.model.owners.find_owner import field_owner
from pullsecret.model.owners.managed_secret import is_ours
from pullsecret.model.owners.owner import Fate, Field
from pullsecret.model.plan.copies import claims_among, copies_of
from pullsecret.model.plan.observed import Observed, ObservedNamespaces, in_namespaces, unreadable_place
from pullsecret.model.plan.references import References
from pullsecret.model.request.command_request import CommandRequest, Format
from pullsecret.model.request.copy_names import is_pattern, is_wanted
from pullsecret.model.request.targets import NO_NAMESPACES
from pullsecret.model.results.copy_standing import CopyStanding, copy_standing
from pullsecret.model.results.list import Listing, ListRow
from pullsecret.model.results.list_filter import ListFilter

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

    from pullsecret.cluster.client import Cluster


@dataclass(frozen=True, kw_only=True)
class ListRequest(CommandRequest):
    """The names or patterns of the secrets to show, all without any, and what else they must be."""

    names: tuple[str, ...] = ()
    only: ListFilter = field(default_factory=ListFilter)

    @property
    def shows_grants(self) -> bool:
        """Whether all of the namespaces is shown, so that what allow-pull allows is, too."""
        return not self.names and self.only == ListFilter() and self.output.format is not Format.NAME


@dataclass(frozen=True, kw_only=True)
class ListView:
    """The secrets and service accounts of the namespaces; who uses the secrets, and sources elsewhere, if asked for.

    `bindings` are those of allow-pull, None if they may not be listed.
    """

    observed: ObservedNamespaces
    references: References = field(default_factory=References)
    sources: Observed = field(default_factory=Observed, repr=False)
    bindings: tuple[Object, ...] | None = field(default=(), repr=False)


def observe(request: ListRequest, cluster: Cluster) -> ListView:
    """Three LISTs for any number of namespaces: one for each type of pull secret, and the service accounts."""
    namespaces = TargetNamespaces(cluster, request.targets)
    secrets = namespaces.start(partial(read_pull_secrets, cluster, has_siblings=True))
    accounts = namespaces.start(partial(read_all_in, cluster, Kind.SERVICE_ACCOUNT))
    users = ReferenceReads(cluster, namespaces) if request.only.is_unused else None
    observed = ObservedNamespaces(selection=namespaces.selection, secrets=secrets.result(), accounts=accounts.result())
    return ListView(
        observed=observed,
        references=users.result(observed.accounts) if users else References(),
        sources=_read_sources(cluster, observed) if request.only.is_stale else Observed(),
        bindings=read_grants(cluster, observed.selection.usable, observed.secrets.present.values())
        if request.shows_grants
        else (),
    )


def _read_sources(cluster: Cluster, observed: ObservedNamespaces) -> Observed:
    """Read the sources of copies that are in none of the namespaces."""
    origins = (provenance_of(secret) for secret in observed.secrets.present.values())
    keys = dict.fromkeys(key for origin in origins if origin and (key := origin.local_key))
    return read_by_keys(cluster, Kind.SECRET, [key for key in keys if key[0] not in observed.selection.names])


def plan(request: ListRequest, view: ListView) -> Listing:
    """A row for each pull secret, by namespace and name, and a line for everything that could not be read."""
    observed = view.observed
    accounts = _accounts_by_secret(observed)
    secrets = sorted(observed.secrets.present.items(), key=lambda entry: entry[0])
    named = [(key, secret) for key, secret in secrets if _is_wanted(secret, request.names)]
    rows = tuple(row_of(secret, accounts.get(key, ())) for key, secret in named if _passes(secret, request.only, view))
    return Listing(
        rows=rows,
        notes=(
            *observed.notes,
            *_account_notes(observed),
            *_filter_notes(request.only, view),
            *_source_notes(request.only, rows, view),
            *_sibling_notes(rows),
            *_grant_notes(request, view),
        ),
        grants=grants_in(view.bindings or (), frozenset(observed.selection.names)),
        failures=(*_unreadable(observed), *_not_found(request, {name for (_, name), _ in named}, observed)),
        emptiness=_emptiness(request, observed),
    )


def _grant_notes(request: ListRequest, view: ListView) -> Iterator[str]:
    """That grants may be missing, where everything is shown."""
    if view.bindings is None and (request.output.is_document or request.output.format is Format.WIDE):
        yield "note: not allowed to list rolebindings; what allow-pull allows is not shown"


def _passes(secret: Object, only: ListFilter, view: ListView) -> bool:
    """Whether a secret is what is asked for; where that is not known, it is not shown."""
    if only.is_managed and not is_ours(secret):
        return False
    if only.is_unused and (is_sibling(secret) or view.references.is_used(_key(secret)) is not False):
        return False
    if only.is_stale and not _is_stale(secret, view):
        return False
    return only.has_host(registries_of(secret).entries)


def _is_stale(secret: Object, view: ListView) -> bool:
    """Whether a secret is a proven copy that differs from its source."""
    origin = provenance_of(secret)
    key = origin.local_key if origin else None
    source = (view.observed.secrets.present.get(key) or view.sources.present.get(key)) if key else None
    return source is not None and not is_sibling(secret) and copy_standing(secret, source) is CopyStanding.STALE


def _key(secret: Object) -> tuple[str, str]:
    return namespace_of(secret), name_of(secret)


def _filter_notes(only: ListFilter, view: ListView) -> Iterator[str]:
    """What may be missing, because it is not known whether it is what is asked for."""
    if only.is_unused and view.references.unreadable:
        place = in_namespaces(view.references.unreadable)
        yield f"note: not allowed to list all service accounts, pods and workloads {place}; what is unused is unknown"
    if not only.is_stale:
        return
    for namespace in dict.fromkeys(namespace for namespace, _ in view.sources.unreadable):
        yield f"note: not allowed to read secrets in namespace {namespace}; copies of them were not compared"
    origins = filter(None, map(provenance_of, view.observed.secrets.present.values()))
    if any(origin.cluster for origin in origins):
        yield "note: copies of secrets in other clusters were not compared; sync --diff --from-context compares them"


def _source_notes(only: ListFilter, rows: Sequence[ListRow], view: ListView) -> Iterator[str]:
    """That an unused secret is the source of copies, which sync would find no source for without it."""
    if not only.is_unused:
        return
    claims = claims_among(view.observed.secrets.present.values())
    for row in rows:
        if count := len(copies_of(row.secret, claims).proven):
            copies = "1 copy" if count == 1 else f"{count} copies"
            yield f"note: secret/{row.name} in namespace {row.namespace} is the source of {copies}"


def _is_wanted(secret: Object, names: tuple[str, ...]) -> bool:
    """Whether a secret is asked for; no pattern matches a sibling."""
    return name_of(secret) in names or (is_wanted(name_of(secret), names) and (not names or not is_sibling(secret)))


def _accounts_by_secret(observed: ObservedNamespaces) -> dict[tuple[str, str], tuple[str, ...]]:
    accounts: dict[tuple[str, str], tuple[str, ...]] = {}
    for (namespace, account_name), account in observed.accounts.present.items():
        for secret in dict.fromkeys(secret_names(account)):
            accounts[namespace, secret] = (*accounts.get((namespace, secret), ()), account_name)
    return accounts


def row_of(secret: Object, accounts: tuple[str, ...]) -> ListRow:
    """The row of a secret that these service accounts reference."""
    return ListRow(
        secret=secret,
        namespace=namespace_of(secret),
        name=name_of(secret),
        type=text_at(secret, "type"),
        accounts=accounts,
        origin=str(provenance_of(secret) or ""),
        is_managed=is_ours(secret),
        role=text_at(secret, "metadata", "labels", ROLE),
        previous_of=kept_name(secret),
        owner=_owner(secret),
        created=text_at(secret, "metadata", "creationTimestamp"),
    )


def _owner(secret: Object) -> str:
    owner = field_owner(secret, Field.DATA)
    return owner.party if owner and owner.fate is not Fate.UNKNOWN else ""


def _account_notes(observed: ObservedNamespaces) -> tuple[str, ...]:
    if not observed.accounts.unreadable:
        return ()
    place = unreadable_place(observed.accounts)
    return (f"note: not allowed to list service accounts {place}; SERVICEACCOUNTS is incomplete",)


def _sibling_notes(rows: Sequence[ListRow]) -> tuple[str, ...]:
    return tuple(
        f"note: secret/{row.name} in namespace {row.namespace} {_purpose(row)}" for row in rows if row.previous_of
    )


def _purpose(row: ListRow) -> str:
    """What a sibling is there for, and what ends it."""
    if row.role == PREVIOUS:
        return f"keeps the old credential of secret/{row.previous_of}; rotate --finish deletes it, --undo puts it back"
    return (
        f"keeps the previous secret/{row.previous_of} of an interrupted run with --recreate; "
        "run the same command again to finish it"
    )


def _unreadable(observed: ObservedNamespaces) -> tuple[str, ...]:
    return tuple(dict.fromkeys(error.line for error in observed.secrets.unreadable.values()))


def _not_found(request: ListRequest, found: Collection[str], observed: ObservedNamespaces) -> tuple[str, ...]:
    is_known = not observed.secrets.unreadable and not observed.selection.is_unusable
    exact = (name for name in request.names if not is_pattern(name))
    absent_secrets = [f'secrets "{name}" not found' for name in exact if is_known and name not in found]
    absent = (NotFoundError(message, code=404, reason="NotFound") for message in absent_secrets)
    return tuple(error.line for error in (*observed.selection.failures, *absent))


def _emptiness(request: ListRequest, observed: ObservedNamespaces) -> str:
    if not observed.selection.names:
        return NO_NAMESPACES
    if request.targets.is_broad or len(observed.selection.names) != 1:
        return "No pull secrets found."
    return f"No pull secrets found in namespace {observed.selection.names[0]}."
