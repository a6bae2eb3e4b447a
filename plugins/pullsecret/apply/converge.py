"""One change, from the object as read to its desired state, whatever happens in between.

Every write is conditional: a new object by POST, which fails if the object exists, and a change by a merge patch with
the resourceVersion that was read, which fails if that is stale. So when a write fails, or its answer is lost, the
object is read again and the change computed again; nothing is done twice, and no concurrent change is lost.
"""

from __future__ import annotations

import random
import time
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from pullsecret.errors import (
    AlreadyExistsError,
    ConflictError,
    ConnectError,
    NotFoundError,
    PullSecretError,
    ServerError,
    ThrottledError,
)
from pullsecret.model.objects.objects import Kind, Object, mapping_at, merge_patch, merged, name_of, namespace_of
from pullsecret.model.objects.pullsecret import as_manifest, must_be_recreated
from pullsecret.model.objects.serviceaccount import new_service_account
from pullsecret.model.plan.change import GONE, Change, Done, Outcome
from pullsecret.model.request.command_request import DryRun, Output

if TYPE_CHECKING:
    from threading import Event

    from pullsecret.apply.throttle import Throttle
    from pullsecret.cluster.client import Cluster

PATIENCE = 60.0
"""Seconds during which one change may meet conflicts and throttling before it counts as failed."""

LOST_ANSWERS = 5
"""How many writes of one change may get no answer, or a 5xx, before it counts as failed."""

FIRST_DELAY, LONGEST_DELAY = 0.01, 1.0

_PATCHED = {
    Kind.SERVICE_ACCOUNT: Done.PATCHED,
    Kind.DEPLOYMENT: Done.RESTARTED,
    Kind.DAEMON_SET: Done.RESTARTED,
    Kind.STATEFUL_SET: Done.PATCHED,
    Kind.REPLICA_SET: Done.PATCHED,
}
"""What a patch is called: a new template restarts some workloads, and only affects later pods of others."""


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What all changes of a run share.

    `output` tells whether they are written at all. `stop` ends all waiting and is checked before anything is sent
    again. `throttle` limits the writes in flight.
    """

    cluster: Cluster
    output: Output
    stop: Event
    throttle: Throttle

    @property
    def is_server_dry_run(self) -> bool:
        """Whether the server validates the writes and drops them."""
        return self.output.dry_run is DryRun.SERVER

    def without_server(self) -> Terms:
        """The same terms for a client-side dry run."""
        return replace(self, output=replace(self.output, dry_run=DryRun.CLIENT))


class Convergence:
    """One change under way: the object as last read, and what the writes whose answers were lost may have done."""

    def __init__(self, change: Change, terms: Terms) -> None:
        self.change, self.terms, self.current = change, terms, change.current
        self.deadline = time.monotonic() + PATIENCE
        self.delay = FIRST_DELAY
        self.lost: list[tuple[Done, PullSecretError]] = []

    def run(self) -> Outcome:
        """Bring the object to its desired state; there is always an outcome, whatever the server or the user does."""
        if self.change.refusal is not None:
            return self.change.outcome(Done.FAILED, error=self.change.refusal)
        try:
            done, result = self._converge()
        except PullSecretError as error:
            return self.change.outcome(Done.FAILED, error=error)
        return self.change.outcome(done, result=result if self.terms.output.shows_objects else None)

    def _converge(self) -> tuple[Done, Object]:
        if self.current is None and self.change.appears_within:
            self.current = self._wait_for_object()
        while True:
            try:
                return self._try()
            except ThrottledError as error:
                self.terms.throttle.slow_down()
                self._pause(error, at_least=error.retry_after or 0.0)
            except (ConflictError, AlreadyExistsError) as error:
                self._pause(error)
                self.current = self._read()
            except NotFoundError as error:
                if self.current is None:
                    raise  # not the object but its namespace, or something that the plan itself lacks
                self._pause(error)
                self.current = self._read()

    def _try(self) -> tuple[Done, Object]:
        desired = self.change.desired(self.current)
        if not merge_patch(self.current or GONE, desired):
            return self.lost[-1][0] if self.lost else Done.UNCHANGED, self.current or GONE
        if len(self.lost) >= LOST_ANSWERS:
            raise self.lost[-1][1]
        done = done_by_write(self.change.kind, self.current, desired)
        try:
            with self.terms.throttle.slot():
                return done, self._write(desired)
        except (ConnectError, ServerError) as error:
            self.lost.append((done, error))
            self._pause(error)
        # Only the object itself shows whether a write without an answer was done.
        self.current = self._read()
        return self._try()

    def _write(self, desired: Object) -> Object:
        """Write the object and return it as it is now; in a client-side dry run, as it would be.

        Unless whole objects are shown, the server is asked for their metadata only.
        """
        kind, current, cluster, output = self.change.kind, self.current, self.terms.cluster, self.terms.output
        if output.dry_run is DryRun.CLIENT:
            return desired
        dry_run, metadata_only = self.terms.is_server_dry_run, not output.shows_objects
        if current is None:
            return cluster.create(kind, desired, dry_run=dry_run, metadata_only=metadata_only)
        if not desired:
            cluster.delete(kind, current, dry_run=dry_run)
            return desired
        if done_by_write(kind, current, desired) is Done.REPLACED:
            return _recreate_object(cluster, kind, current, desired, dry_run=dry_run)
        version = mapping_at(current, "metadata").get("resourceVersion")
        patch = merged(merge_patch(current, desired), {"metadata": {"resourceVersion": version}})
        key = (namespace_of(current), name_of(current))
        return cluster.patch(kind, key, patch, dry_run=dry_run, metadata_only=metadata_only)

    def _read(self) -> Object | None:
        try:
            return self.terms.cluster.read(self.change.kind, self.change.namespace, self.change.name)
        except NotFoundError:
            return None

    def _wait_for_object(self) -> Object | None:
        """Wait for an object that the control plane creates; None if it did not come in time."""
        if self.terms.output.dry_run is DryRun.CLIENT:
            return new_service_account(self.change.namespace, self.change.name)
        deadline = time.monotonic() + self.change.appears_within
        found = self._read()
        while found is None and time.monotonic() < deadline and not self.terms.stop.is_set():
            self._wait(0.0)
            found = self._read()
        return found

    def _pause(self, error: PullSecretError, *, at_least: float = 0.0) -> None:
        """Wait before the next attempt, longer each time; raise the error if time is up or the run was stopped."""
        if self.terms.stop.is_set() or time.monotonic() + at_least > self.deadline:
            raise error
        self._wait(at_least)

    def _wait(self, at_least: float) -> None:
        # Jitter keeps writers that met at one object from meeting there again.
        self.terms.stop.wait(max(at_least, self.delay * random.uniform(0.5, 1.5)))  # noqa: S311  no secret
        self.delay = min(self.delay * 2, LONGEST_DELAY)


def done_by_write(kind: Kind, current: Object | None, desired: Object) -> Done:
    """What a successful write from the current to the desired object is called."""
    if current is None:
        return Done.CREATED
    if not desired:
        return Done.DELETED
    if kind is Kind.POD or (kind is Kind.SECRET and must_be_recreated(current, desired)):
        return Done.REPLACED
    return _PATCHED.get(kind, Done.CONFIGURED)


def _recreate_object(cluster: Cluster, kind: Kind, current: Object, desired: Object, *, dry_run: bool) -> Object:
    """Validate the new object with a server-side dry run, delete the old one, and create the new one.

    If that fails, restore the old one. The dry run uses the real name: validation and admission come before the server
    finds the name taken (apiserver: pkg/registry/generic/registry/store.go, Create), so AlreadyExists means accepted.
    """
    with suppress(AlreadyExistsError):
        cluster.create(kind, desired, dry_run=True)
    cluster.delete(kind, current, dry_run=dry_run, at_once=kind is Kind.POD)
    if dry_run:
        return desired
    try:
        return cluster.create(kind, desired)
    except PullSecretError:
        _restore_object(cluster, kind, current)
        raise


def _restore_object(cluster: Cluster, kind: Kind, deleted: Object) -> None:
    try:
        cluster.create(kind, as_manifest(deleted))
    except PullSecretError as error:
        raise error.with_hint(f"the previous {kind.word} was deleted and could not be restored") from error
