"""Who manages pull secrets and the lists of service accounts: Helm, Argo CD, operators, this program."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


@dataclass(frozen=True, kw_only=True)
class OwnedObject:
    """A secret's data, or a service account's imagePullSecrets, that another party manages.

    `subject` is `secret/x` or `serviceaccount/x`, `party` a name as in `Helm release app`. `prediction` is what its
    next run does to a change by others, and `advice` where to change it instead.
    """

    namespace: str
    subject: str
    party: str
    prediction: str
    advice: str


@dataclass(frozen=True, kw_only=True)
class OwnerSummary:
    """A party with what it manages, by namespace."""

    party: str
    prediction: str
    advice: str
    objects: tuple[OwnedObject, ...]


def owner_summaries(owned: Iterable[OwnedObject]) -> tuple[OwnerSummary, ...]:
    """The parties, who manages most first."""
    found: dict[tuple[str, str, str], list[OwnedObject]] = {}
    for one in owned:
        found.setdefault((one.party, one.prediction, one.advice), []).append(one)
    summaries = (
        OwnerSummary(party=party, prediction=prediction, advice=advice, objects=tuple(objects))
        for (party, prediction, advice), objects in found.items()
    )
    return tuple(sorted(summaries, key=lambda one: (-len(one.objects), one.party)))
