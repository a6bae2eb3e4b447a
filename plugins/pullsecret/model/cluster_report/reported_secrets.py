"""Turns the pull secrets of a cluster into what the report has of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.cluster_report.owned_objects import OwnedObject
from pullsecret.model.cluster_report.reported_secret import ReportedEntry, ReportedSecret, SecretPlace
from pullsecret.model.go.printable import printable
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.objects.objects import Kind, name_of, namespace_of, point_in_time
from pullsecret.model.objects.pullsecret import provenance_of
from pullsecret.model.objects.serviceaccount import secret_names
from pullsecret.model.owners.find_owner import field_owner
from pullsecret.model.owners.owner import Fate, Field

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from pullsecret.model.check.description import DescribedEntry, Description
    from pullsecret.model.objects.objects import Object


def reported_secret(described: Description) -> ReportedSecret:
    """A secret as it is reported. The place of a source in another cluster has that cluster's identity."""
    row = described.row
    provenance = provenance_of(row.secret)
    return ReportedSecret(
        namespace=row.namespace,
        name=row.name,
        type=printable(row.type),
        created=point_in_time(row.created),
        written=described.written,
        is_managed=row.is_managed,
        is_immutable=described.is_immutable,
        malformed=printable(row.malformed),
        entries=tuple(map(_reported_entry, described.entries)),
        accounts=row.accounts,
        users=tuple(map(printable, described.users)),
        is_use_known=described.is_all_known,
        origin=SecretPlace(
            namespace=printable(provenance.namespace),
            name=printable(provenance.name),
            cluster=printable(provenance.cluster),
        )
        if provenance
        else None,
        standing=described.origin,
        owner=printable(row.owner),
        role=printable(row.role),
        previous_of=printable(row.previous_of),
    )


def _reported_entry(entry: DescribedEntry) -> ReportedEntry:
    return ReportedEntry(
        registry=shown_key(entry.server),
        username=entry.username,
        kind=entry.credential,
        validity=entry.life,
        expires=entry.expires,
    )


def owned_objects(secrets: Iterable[Object], accounts: Iterable[Object]) -> tuple[OwnedObject, ...]:
    """The secrets, and the service accounts with pull secrets, that other parties manage."""
    lists = (account for account in accounts if secret_names(account))
    found = (*_owned(secrets, Kind.SECRET, Field.DATA), *_owned(lists, Kind.SERVICE_ACCOUNT, Field.PULL_LIST))
    return tuple(sorted(found, key=lambda one: (one.namespace, one.subject)))


def _owned(items: Iterable[Object], kind: Kind, field: Field) -> Iterator[OwnedObject]:
    for item in items:
        owner = field_owner(item, field)
        if owner is not None and owner.fate is not Fate.UNKNOWN:
            yield OwnedObject(
                namespace=namespace_of(item),
                subject=f"{kind.word}/{name_of(item)}",
                party=printable(owner.party),
                prediction=printable(owner.prediction),
                advice=printable(owner.advice),
            )
