"""When a rotation ended, as the server noted it with each write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.model.ibmcloud.rotated_keys import LONGEST_ROTATION
from pullsecret.model.images.registry_credential import held_credentials
from pullsecret.model.objects.objects import point_in_time, text_at
from pullsecret.model.objects.pullsecret import last_written
from pullsecret.model.plan.copies import claims_among, copies_through

if TYPE_CHECKING:
    from collections.abc import Collection

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.rotation import Rotation


def ended_at(rotation: Rotation, secrets: Collection[Object]) -> datetime:
    """When the last proven copy got the new credential, or its source if there is none.

    A copy that was written long after its source does not count: a user who may write it could excuse any use of the
    old credential. Without a record of the server it is when NAME-previous was created, which is before that.
    """
    begun = point_in_time(text_at(rotation.memory, "metadata", "creationTimestamp")) or datetime.min.replace(tzinfo=UTC)
    start = last_written(rotation.source) or begun
    copies = copies_through(rotation.source, claims_among(secrets)).proven
    times = [last_written(copy) or start for copy in copies if rotation.after in held_credentials(copy)]
    return max([start, *(time for time in times if time - start <= LONGEST_ROTATION)])
