"""Wait after a fix until the pods have pulled their images, or the timeout is over."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in
from pullsecret.model.doctor.progress import State
from pullsecret.model.objects.objects import Kind

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.apply.engine import Interruption
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.doctor.progress import ObservedState, WatchedOwner

FIRST_PAUSE, LONGEST_PAUSE = 0.5, 5.0


def watch(
    cluster: Cluster, owners: Sequence[WatchedOwner], seconds: float, interruption: Interruption
) -> Mapping[WatchedOwner, ObservedState]:
    """Read the owners' pods until none of them is waiting any more, or for so many seconds; return their states."""
    give_up = time.monotonic() + seconds
    pause = FIRST_PAUSE
    while True:
        found = _read_states(cluster, owners)
        left = give_up - time.monotonic()
        is_over = all(observed.state is not State.WAITING for observed in found.values())
        if is_over or left <= 0 or interruption.event.wait(min(pause, left)):
            return found
        pause = min(pause * 1.5, LONGEST_PAUSE)


def _read_states(cluster: Cluster, owners: Sequence[WatchedOwner]) -> Mapping[WatchedOwner, ObservedState]:
    """Read the pods with one LIST a namespace, for all owners in it."""
    pods = read_all_in(cluster, Kind.POD, list(dict.fromkeys(owner.namespace for owner in owners)))
    return {owner: owner.observed_state(pods.in_namespace(owner.namespace)) for owner in owners}
