"""List pull secrets with their registries and the service accounts that reference them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in, read_pull_secrets
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.errors import NotFoundError
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import provenance_of
from pullsecret.model.objects.serviceaccount import secret_names
from pullsecret.model.objects.sibling import PREVIOUS, ROLE, is_sibling, kept_name
from pullsecret.model.owners.find_owner import field_owner
from pullsecret.model.owners.managed_secret import is_ours
from pullsecret.model.owners.owner import Fate, Field
from pullsecret.model.plan.observed import ObservedNamespaces, unreadable_place
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.model.request.copy_names import is_pattern, is_wanted
from pullsecret.model.request.targets import NO_NAMESPACES
from pullsecret.model.results.list import Listing, ListRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.cluster.client import Cluster


@dataclass(frozen=True, kw_only=True)
class ListRequest(CommandRequest):
    """The names or patterns of the secrets to show; all without any."""

    names: tuple[str, ...] = ()


def observe(request: ListRequest, cluster: Cluster) -> ObservedNamespaces:
    """Three LISTs for any number of namespaces: one for each type of pull secret, and the service accounts."""
    namespaces = TargetNamespaces(cluster, request.targets)
    secrets = namespaces.start(partial(read_pull_secrets, cluster, has_siblings=True))
    accounts = namespaces.start(partial(read_all_in, cluster, Kind.SERVICE_ACCOUNT))
    return ObservedNamespaces(selection=namespaces.selection, secrets=secrets.result(), accounts=accounts.result())


def plan(request: ListRequest, observed: ObservedNamespaces) -> Listing:
    """A row for each pull secret, by namespace and name, and a line for everything that could not be read."""
    accounts = _accounts_by_secret(observed)
    secrets = sorted(observed.secrets.present.items(), key=lambda entry: entry[0])
    rows = tuple(row_of(secret, accounts.get(key, ())) for key, secret in secrets if _is_wanted(secret, request.names))
    return Listing(
        rows=rows,
        notes=(*observed.notes, *_account_notes(observed), *_sibling_notes(rows)),
        failures=(*_unreadable(observed), *_not_found(request, rows, observed)),
        emptiness=_emptiness(request, observed),
    )


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


def _not_found(request: ListRequest, rows: tuple[ListRow, ...], observed: ObservedNamespaces) -> tuple[str, ...]:
    found = {row.name for row in rows}
    exact = (name for name in request.names if not is_pattern(name))
    absent_secrets = [f'secrets "{name}" not found' for name in exact if name not in found]
    absent = (NotFoundError(message, code=404, reason="NotFound") for message in absent_secrets)
    return tuple(error.line for error in (*observed.selection.failures, *absent))


def _emptiness(request: ListRequest, observed: ObservedNamespaces) -> str:
    if not observed.selection.names:
        return NO_NAMESPACES
    if request.targets.is_broad or len(observed.selection.names) != 1:
        return "No pull secrets found."
    return f"No pull secrets found in namespace {observed.selection.names[0]}."
