"""One change, from what was seen to what is wanted, whatever happens in between.

Every write is conditional: a new object by POST, which fails when there is one, and a change by a merge patch that
holds the resourceVersion of what was read, which fails when it is stale. So a write that failed, or whose answer was
lost, is settled by reading again and computing again; nothing is done twice, and nobody's change is lost.
"""

from __future__ import annotations

import random
import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pullsecret.apply.writing import word_for, write
from pullsecret.errors import (
    AlreadyExistsError,
    ConflictError,
    ConnectError,
    NotFoundError,
    PullSecretError,
    ServerError,
    ThrottledError,
)
from pullsecret.model.objects.objects import Object, merge_patch
from pullsecret.model.objects.serviceaccount import blank
from pullsecret.model.plan.change import GONE, Change, Done, Outcome
from pullsecret.model.request.common import DryRun, Output

if TYPE_CHECKING:
    from threading import Event

    from pullsecret.apply.throttle import Pace
    from pullsecret.cluster.client import Cluster

PATIENCE = 60.0
"""Seconds that one change may meet conflicts and throttling before it counts as failed."""

LOST_ANSWERS = 5
"""How many times a server that does not answer, or answers 5xx, is tried about one change."""

FIRST_DELAY, LONGEST_DELAY = 0.01, 1.0


@dataclass(frozen=True, kw_only=True)
class Converger:
    """Settles changes one by one, for many workers at a time.

    `stop` ends its waiting, and is asked before anything is sent again; `pace` limits the writes under way.
    """

    cluster: Cluster
    output: Output
    stop: Event
    pace: Pace

    @property
    def is_rehearsal(self) -> bool:
        """Whether the server judges writes that it then drops."""
        return self.output.dry_run is DryRun.SERVER

    def without_server(self) -> Converger:
        """The same, with the plan's word instead of the server's."""
        return replace(self, output=replace(self.output, dry_run=DryRun.CLIENT))

    def converge(self, change: Change) -> Outcome:
        """Bring one object to what is wanted: an outcome, whatever a server or a user does."""
        try:
            done, result = _Settling(self, change).run()
        except PullSecretError as error:
            return Outcome(
                kind=change.kind, namespace=change.namespace, name=change.name, done=Done.FAILED, error=error
            )
        kept = result if self.output.shows_objects else None
        return Outcome(kind=change.kind, namespace=change.namespace, name=change.name, done=done, result=kept)


class _Settling:
    """The tries at one change: what is known of the object now, and what a try whose answer was lost may have done."""

    def __init__(self, settler: Converger, change: Change) -> None:
        self.settler, self.change, self.seen = settler, change, change.seen
        self.deadline = time.monotonic() + PATIENCE
        self.delay = FIRST_DELAY
        self.lost: list[tuple[Done, PullSecretError]] = []

    def run(self) -> tuple[Done, Object]:
        if self.seen is None and self.change.appears_within:
            self.seen = self._awaited()
        while True:
            try:
                return self._try()
            except ThrottledError as error:
                self.settler.pace.was_throttled()
                self._pause(error, at_least=error.retry_after or 0.0)
            except (ConflictError, AlreadyExistsError) as error:
                self._pause(error)
                self.seen = self._read()
            except NotFoundError as error:
                if self.seen is None:
                    raise  # not the object but its namespace, or what the plan itself misses
                self._pause(error)
                self.seen = self._read()

    def _try(self) -> tuple[Done, Object]:
        wanted = self.change.wanted(self.seen)
        if not merge_patch(self.seen or GONE, wanted):
            return self.lost[-1][0] if self.lost else Done.UNCHANGED, self.seen or GONE
        if len(self.lost) >= LOST_ANSWERS:
            raise self.lost[-1][1]
        word = word_for(self.change.kind, self.seen, wanted)
        try:
            return word, self._write(wanted)
        except (ConnectError, ServerError) as error:
            self.lost.append((word, error))
            self._pause(error)
        # Whether a write without an answer was done, only the object can tell.
        self.seen = self._read()
        return self._try()

    def _write(self, wanted: Object) -> Object:
        settler = self.settler
        with settler.pace.turn():
            result = write(settler.cluster, self.change.kind, self.seen, wanted, settler.output)
        settler.pace.went_well()
        return result

    def _read(self) -> Object | None:
        try:
            return self.settler.cluster.read(self.change.kind, self.change.namespace, self.change.name)
        except NotFoundError:
            return None

    def _awaited(self) -> Object | None:
        """What the control plane makes by itself, as soon as it is there; None when it never came."""
        if self.settler.output.dry_run is DryRun.CLIENT:
            return blank(self.change.namespace, self.change.name)
        give_up = time.monotonic() + self.change.appears_within
        found = self._read()
        while found is None and time.monotonic() < give_up and not self.settler.stop.is_set():
            self._rest(0.0)
            found = self._read()
        return found

    def _pause(self, error: PullSecretError, *, at_least: float = 0.0) -> None:
        """Wait a moment before the next try, longer each time; or let the error stand when patience is at its end."""
        if self.settler.stop.is_set() or time.monotonic() + at_least > self.deadline:
            raise error
        self._rest(at_least)

    def _rest(self, at_least: float) -> None:
        # The jitter keeps those who met at one object from meeting there again.
        self.settler.stop.wait(max(at_least, self.delay * random.uniform(0.5, 1.5)))  # noqa: S311  no secret
        self.delay = min(self.delay * 2, LONGEST_DELAY)
