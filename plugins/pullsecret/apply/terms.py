"""What all changes of a run share: who may write now, and how long a write without an answer is repeated."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from pullsecret.model.request.command_request import DryRun, Output

if TYPE_CHECKING:
    from threading import Event

    from pullsecret.apply.throttle import Throttle
    from pullsecret.cluster.client import Cluster


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What all changes of a run share.

    `output` tells whether they are written at all. `stop` ends all waiting and is checked before anything is sent
    again. `throttle` limits the writes under way, `patience` the time without answers. `at_risk` are the secrets that
    are kept in siblings meanwhile, by the change, so that they are named however the run ends.
    """

    cluster: Cluster
    output: Output
    stop: Event
    throttle: Throttle
    patience: Patience
    at_risk: dict[int, AtRisk] = field(default_factory=dict)

    @property
    def is_server_dry_run(self) -> bool:
        """Whether the server validates the writes and drops them."""
        return self.output.dry_run is DryRun.SERVER

    def without_server(self) -> Terms:
        """The same terms for a client-side dry run."""
        return replace(self, output=replace(self.output, dry_run=DryRun.CLIENT))


class AtRisk(Protocol):
    """Something that exists only during the run: `story` is what to tell of it if the run ends before that; or ""."""

    @property
    def story(self) -> str:
        """One sentence."""


ENOUGH = 5
"""So many quick attempts each change gets, even when the server has been down for long."""


class Patience:
    """The time since the server stopped answering, as far as the run knows.

    It begins with the first write that gets no answer, and again after a write that was repeated with success, or after
    a time without failures. So a server that is down for good costs a run this time once, and not for each namespace.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._began = self._latest = float("-inf")

    def note_failure(self) -> float:
        """The server gave no answer, or a 5xx; returns the time now, by the monotonic clock."""
        now = time.monotonic()
        if now - self._latest > self.seconds:
            self._began = now
        self._latest = now
        return now

    def note_recovery(self) -> None:
        """A write that had got no answer is done."""
        self._latest = float("-inf")

    def is_over(self, attempts: int, since: float) -> bool:
        """Whether a change gives up after so many attempts without an answer, the first of which failed at `since`.

        Its own time counts, too: attempts that each take longer than the patience begin the run's time again and again.
        """
        return attempts >= ENOUGH and time.monotonic() - min(self._began, since) > self.seconds
