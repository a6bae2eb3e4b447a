"""What a copy is to its source now: proven or not, up to date or not."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING

from pullsecret.model.objects.pullsecret import holds_same, is_proven, is_source_of

if TYPE_CHECKING:
    from pullsecret.model.objects.objects import Object


class CopyStanding(Enum):
    """The values are those of -o json; the first two are proven."""

    CURRENT = "up to date"
    STALE = "stale"
    RECREATED = "unproven: its source was recreated"
    FORGED = "unproven: no valid proof"
    ORPHAN = "its source does not exist"
    UNREADABLE = "its source cannot be read"
    ELSEWHERE = "its source is in another cluster"

    @property
    def is_proven(self) -> bool:
        """Whether the copy has a valid proof."""
        return self in (CopyStanding.CURRENT, CopyStanding.STALE)


def copy_standing(copy: Object, source: Object) -> CopyStanding:
    """What a secret that is marked as a copy is to the secret that it names as its source."""
    if is_proven(copy, source):
        return CopyStanding.CURRENT if holds_same(copy, source) else CopyStanding.STALE
    return CopyStanding.RECREATED if is_source_of(source, copy) else CopyStanding.FORGED
