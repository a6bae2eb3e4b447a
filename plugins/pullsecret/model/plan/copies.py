"""The copies of a secret in a cluster: which are proven, and which only claim to be copies.

Every mark can be forged by a user who may write a secret, so only a valid proof makes a copy. A copy can be copied in
turn: it is followed as long as each step is proven by the copy before it.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, TypeAlias

from pullsecret.model.objects.objects import name_of, namespace_of
from pullsecret.model.objects.pullsecret import (
    Provenance,
    is_proven,
    is_pull_secret,
    is_source_of,
    provenance_of,
)
from pullsecret.model.objects.sibling import is_sibling

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from pullsecret.model.objects.objects import Object


class Doubt(Enum):
    """Why a secret that is marked as a copy is not proven to be one; the value follows the secret's name."""

    RECREATED = "was copied before its source was recreated"
    FORGED = "is marked as a copy without a valid proof"


@dataclass(frozen=True, kw_only=True, slots=True)
class UnprovenCopy:
    """A secret that is marked as a copy of a source, and why that is not believed."""

    secret: Object = field(repr=False)
    doubt: Doubt


@dataclass(frozen=True, kw_only=True, slots=True)
class Copies:
    """What is marked as a copy of a source: with a valid proof, and without one."""

    proven: tuple[Object, ...] = field(default=(), repr=False)
    unproven: tuple[UnprovenCopy, ...] = ()


Claims: TypeAlias = "Mapping[Provenance, Sequence[Object]]"
"""The pull secrets of a cluster that are marked as copies, by the source that their marks name."""


def claims_among(secrets: Iterable[Object]) -> Claims:
    """The pull secrets that are marked as copies, by the source that they name; siblings are never copies."""
    found: dict[Provenance, list[Object]] = {}
    for secret in secrets:
        if is_pull_secret(secret) and not is_sibling(secret) and (origin := provenance_of(secret)) is not None:
            found.setdefault(origin, []).append(secret)
    return found


def copies_of(source: Object, claims: Claims, *, cluster: str = "") -> Copies:
    """The direct copies of a source, in the order of the claims.

    Args:
        source: the secret that was copied.
        claims: what `claims_among` found in the cluster of the copies.
        cluster: the identity of the source's cluster, if that is another one.
    """
    origin = Provenance(namespace=namespace_of(source), name=name_of(source), cluster=cluster)
    doubted = [(secret, doubt_about(secret, source)) for secret in claims.get(origin, ())]
    return Copies(
        proven=tuple(secret for secret, doubt in doubted if doubt is None),
        unproven=tuple(UnprovenCopy(secret=secret, doubt=doubt) for secret, doubt in doubted if doubt is not None),
    )


def copies_through(source: Object, claims: Claims) -> Copies:
    """The copies of a source in its own cluster, and the copies of these, as long as each step is proven.

    A user who can read a copy can prove copies of it. That gives no more than the copy itself, which is brought up to
    date as well.
    """
    found = tuple(_followed(source, claims))
    return Copies(
        proven=tuple(secret for copies in found for secret in copies.proven),
        unproven=tuple(copy for copies in found for copy in copies.unproven),
    )


def _followed(source: Object, claims: Claims) -> Iterator[Copies]:
    """The copies of a source, then of each of these, each secret once: marks may go in a circle."""
    seen = {_place(source)}
    sources = [source]
    while sources:
        found = copies_of(sources.pop(0), claims)
        proven = tuple(secret for secret in found.proven if _place(secret) not in seen)
        seen |= set(map(_place, proven))
        sources += proven
        yield Copies(proven=proven, unproven=found.unproven)


def doubt_about(copy: Object, source: Object) -> Doubt | None:
    """Why a secret that is marked as a copy of a source is not proven to be one; None for a proven copy."""
    if is_proven(copy, source):
        return None
    return Doubt.RECREATED if is_source_of(source, copy) else Doubt.FORGED


def _place(secret: Object) -> tuple[str, str]:
    return namespace_of(secret), name_of(secret)
