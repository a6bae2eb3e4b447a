"""The credentials of a cluster by their ends and by their kinds and ages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from pullsecret.model.cluster_report.reported_secret import ReportedSecret, SecretPlace


@dataclass(frozen=True, kw_only=True)
class Expiry:
    """An end that credentials of one kind, for one registry and username, have in common, and the secrets with them."""

    expires: datetime
    registry: str
    username: str
    kind: str
    secrets: tuple[SecretPlace, ...]


@dataclass(frozen=True, kw_only=True)
class KindSummary:
    """A kind of credential: how many entries of how many secrets have it, and when the data was written.

    `oldest` and `newest` are the times of the first and the last write, None if none is known. `expiring` is how many
    of the entries have an end.
    """

    kind: str
    validity: str
    entries: int
    secrets: int
    oldest: datetime | None
    newest: datetime | None
    expiring: int


def expiries_in(secrets: Iterable[ReportedSecret]) -> tuple[Expiry, ...]:
    """The ends of all entries that have one, the first one first; equal ones are one."""
    found: dict[tuple[datetime, str, str, str], dict[SecretPlace, None]] = {}
    for secret in secrets:
        for entry in secret.entries:
            if entry.expires is not None:
                key = (entry.expires, entry.registry, entry.username, entry.kind)
                found.setdefault(key, {})[secret.place] = None
    return tuple(
        Expiry(expires=expires, registry=registry, username=username, kind=kind, secrets=tuple(sorted(places)))
        for (expires, registry, username, kind), places in sorted(found.items(), key=lambda item: item[0])
    )


def kind_summaries(secrets: Iterable[ReportedSecret]) -> tuple[KindSummary, ...]:
    """A summary for each kind of credential, the most frequent first."""
    found: dict[tuple[str, str], list[tuple[SecretPlace, datetime | None, bool]]] = {}
    for secret in secrets:
        for entry in secret.entries:
            one = (secret.place, secret.written, entry.expires is not None)
            found.setdefault((entry.kind, entry.validity), []).append(one)
    summaries = (_summary(*kind, entries) for kind, entries in found.items())
    return tuple(sorted(summaries, key=lambda one: (-one.entries, one.kind, one.validity)))


def _summary(kind: str, validity: str, entries: list[tuple[SecretPlace, datetime | None, bool]]) -> KindSummary:
    times = [written for _, written, _ in entries if written is not None]
    return KindSummary(
        kind=kind,
        validity=validity,
        entries=len(entries),
        secrets=len({place for place, _, _ in entries}),
        oldest=min(times, default=None),
        newest=max(times, default=None),
        expiring=sum(has_end for _, _, has_end in entries),
    )
