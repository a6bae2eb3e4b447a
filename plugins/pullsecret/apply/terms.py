"""What all changes of a run share while they are applied."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pullsecret.model.request.command_request import DryRun, Output

if TYPE_CHECKING:
    from threading import Event

    from pullsecret.apply.kept_secret import KeptSecret
    from pullsecret.apply.patience import Patience
    from pullsecret.apply.throttle import Throttle
    from pullsecret.cluster.client import Cluster


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What all changes of a run share.

    `output` tells whether they are written at all. `stop` ends all waiting and is checked before anything is sent
    again. `throttle` limits the writes in flight, `patience` the time without answers. `at_risk` are the secrets that
    are kept in siblings meanwhile, by the change, so that they are named however the run ends.
    """

    cluster: Cluster
    output: Output
    stop: Event
    throttle: Throttle
    patience: Patience
    at_risk: dict[int, KeptSecret] = field(default_factory=dict)

    @property
    def is_server_dry_run(self) -> bool:
        """Whether the server validates the writes and drops them."""
        return self.output.dry_run is DryRun.SERVER

    def without_server(self) -> Terms:
        """The same terms for a client-side dry run."""
        return replace(self, output=replace(self.output, dry_run=DryRun.CLIENT))
