"""What all changes of a run share: who may write now, and how long a write without an answer is repeated."""

from __future__ import annotations

import time
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from pullsecret.model.request.command_request import DryRun, Output

if TYPE_CHECKING:
    from threading import Event

    from pullsecret.apply.throttle import Throttle
    from pullsecret.model.objects.objects import AnyKind, Object


class Server(Protocol):
    """Where changes are made: what the engine needs of a cluster. A Code Engine project has it, too.

    Its methods do and raise what those of `Cluster` do.
    """

    @property
    def server(self) -> str:
        """The URL."""

    @property
    def context(self) -> str:
        """The kubeconfig context, "" for none."""

    @property
    def parallel(self) -> int | None:
        """How many requests may be under way; None for as many as the server answers best."""

    @property
    def most(self) -> int | None:
        """The limit of that, None for none."""

    @property
    def patience(self) -> float:
        """The seconds during which to repeat a write that gets no answer."""

    @property
    def round_trip(self) -> float:
        """The seconds that the quickest answer so far took, 0 before the first one."""

    def prepare_connection(self) -> bool:
        """Open a connection if none is idle; returns whether it did."""

    def read(self, kind: AnyKind, namespace: str, name: str) -> Object:
        """One object."""

    def create(self, kind: AnyKind, wanted: Object, *, dry_run: bool = False, metadata_only: bool = False) -> Object:
        """Create an object if the name is not taken, and return it."""

    def patch(
        self, kind: AnyKind, key: tuple[str, str], patch: Object, *, dry_run: bool = False, metadata_only: bool = False
    ) -> Object:
        """Change an object if it is still of the version in the patch, and return it."""

    def delete(self, kind: AnyKind, seen: Object, *, dry_run: bool = False, at_once: bool = False) -> None:
        """Delete an object if it is still as seen."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What all changes of a run share.

    `output` tells whether they are written at all. `stop` ends all waiting and is checked before anything is sent
    again. `throttle` limits the writes under way, `patience` the time without answers. `at_risk` are the secrets that
    are kept in siblings meanwhile, by the change, so that they are named however the run ends.
    """

    cluster: Server
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
