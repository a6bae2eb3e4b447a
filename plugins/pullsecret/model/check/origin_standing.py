"""What a copy is to its source, by what was read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.objects.pullsecret import provenance_of
from pullsecret.model.results.copy_standing import CopyStanding, copy_standing

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.check.observed import Inventory
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.observed import Key


def origin_standing(
    secret: Object, inventory: Inventory, everywhere: Mapping[Key, Object] | None = None
) -> CopyStanding | None:
    """What a secret is to its source; None if it is not marked as a copy.

    Args:
        secret: the secret.
        inventory: what was read of the namespaces, with the sources of copies in others.
        everywhere: the pull secrets of the cluster, if they were read.
    """
    provenance = provenance_of(secret)
    if provenance is None:
        return None
    key = provenance.local_key
    if key is None:
        return CopyStanding.ELSEWHERE
    source = inventory.source(key) or (everywhere or {}).get(key)
    if source is not None:
        return copy_standing(secret, source)
    reads = (inventory.sources, inventory.observed.secrets)
    return CopyStanding.UNREADABLE if any(read.error_at(key) for read in reads) else CopyStanding.ORPHAN
