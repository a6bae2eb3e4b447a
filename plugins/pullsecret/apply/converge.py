"""One change, from the object as read to its desired state, whatever happens in between.

Every write is conditional: a new object by POST, which fails if the object exists, and a change by a merge patch with
the resourceVersion that was read, which fails if that is stale. So when a write fails, or its answer is lost, the
object is read again and the change computed again; nothing is done twice, and no concurrent change is lost. A secret
that must be deleted to be changed is kept in a sibling meanwhile (kept_secret.py).
"""

from __future__ import annotations

import random
import time
from contextlib import suppress
from typing import TYPE_CHECKING

from pullsecret.apply.done_by_write import done_by_write
from pullsecret.apply.kept_secret import KeptSecret
from pullsecret.apply.terms import ENOUGH
from pullsecret.errors import (
    AlreadyExistsError,
    ApiError,
    ConflictError,
    ConnectError,
    ForbiddenError,
    NotFoundError,
    PullSecretError,
    ServerError,
    ThrottledError,
    TimedOutError,
)
from pullsecret.model.objects.objects import (
    Kind,
    Object,
    as_manifest,
    mapping_at,
    merge_patch,
    merged,
    name_of,
    namespace_of,
)
from pullsecret.model.objects.pullsecret import must_be_recreated, recreated
from pullsecret.model.objects.serviceaccount import new_service_account
from pullsecret.model.plan.change import GONE, Done
from pullsecret.model.request.command_request import DryRun

if TYPE_CHECKING:
    from pullsecret.apply.terms import Terms
    from pullsecret.apply.throttle import Slot
    from pullsecret.model.plan.change import Change, Outcome

PATIENCE = 60.0
"""Seconds during which one change may meet conflicts and throttling before it counts as failed."""

FIRST_DELAY, LONGEST_DELAY = 0.01, 1.0


class Convergence:
    """One change under way: the object as last read, and what a write whose answer was lost may have done."""

    def __init__(self, change: Change, terms: Terms) -> None:
        self.change, self.terms, self.current = change, terms, change.current
        self.kept = KeptSecret(change, terms.cluster)
        self.deadline = time.monotonic() + PATIENCE
        self.delay = FIRST_DELAY
        self.is_stale = False
        self.attempts = 0
        self.failing_since = float("inf")
        self.sent: Done | None = None
        self.slot: Slot | None = None
        self.lost: Done | None = None
        self.deleted: Object | None = None

    def run(self) -> Outcome:
        """Bring the object to its desired state; there is always an outcome, whatever the server or the user does."""
        if self.change.refusal is not None:
            return self.change.outcome(Done.FAILED, error=self.change.refusal)
        try:
            done, result = self._converge()
        except PullSecretError as error:
            self._remember()
            return self.change.outcome(Done.FAILED, error=self._with_hint(error))
        self._remember()
        if not self.terms.output.keeps_objects:
            return self.change.outcome(done)
        return self.change.outcome(done, before=self.current, result=result)

    def _with_hint(self, error: PullSecretError) -> PullSecretError:
        """The error with where the previous object is, or with what to do without the permission."""
        hint = self.change.forbidden_hint if isinstance(error, ForbiddenError) else ""
        return error if error.hint else error.with_hint(self.kept.story or hint)

    def _converge(self) -> tuple[Done, Object]:
        if self.current is None and self.change.appears_within:
            self.current = self._wait_for_object()
        while True:
            try:
                if self.is_stale:
                    self._refresh()
                ended = self._try()
            except (ApiError, ConnectError) as error:
                self._prepare_next_attempt(error)
            else:
                if self.attempts:
                    self.terms.patience.note_recovery()
                return ended

    def _prepare_next_attempt(self, error: ApiError | ConnectError) -> None:
        """Wait as long as an error asks for, and see to it that the object is read again; raise what cannot pass."""
        meanwhile = (ConflictError, AlreadyExistsError, *((NotFoundError,) if self.current is not None else ()))
        self.is_stale = True
        if isinstance(error, ThrottledError):
            self.is_stale = bool(self.kept.story)
            self.terms.throttle.slow_down(self.slot)
            self._pause(error, at_least=error.retry_after or 0.0)
        elif isinstance(error, meanwhile):
            self._pause(error)
        elif isinstance(error, ConnectError | ServerError):
            self._wait_for_server(error)  # only the object itself can tell whether a write without an answer was done
        else:
            raise error  # or the namespace is missing, or something that the plan itself lacks

    def _try(self) -> tuple[Done, Object]:
        self.sent = None
        desired = self._desired()
        is_real = self.terms.output.dry_run is not DryRun.CLIENT
        patch = merge_patch(self.current or GONE, desired)
        if not patch:
            if is_real:
                self.kept.discard(dry_run=self.terms.is_server_dry_run)
            return self.lost or Done.UNCHANGED, self.current or GONE
        done = done_by_write(self.change.kind, self.current, desired)
        if self.kept.previous is not None and self.current is None:
            done = Done.REPLACED
        with self.terms.throttle.slot() as self.slot:
            self.sent = done
            result = self._write(desired, patch)
        self.lost = done
        if is_real:
            self.kept.discard(dry_run=self.terms.is_server_dry_run)
        return done, result

    def _desired(self) -> Object:
        """The desired state; in the place of a secret that was deleted meanwhile, one like that."""
        desired = self.change.desired(self.current)
        if self.change.kind is not Kind.SECRET or not desired:
            return desired
        if self.current is None:
            return desired if self.kept.previous is None else recreated(self.kept.previous, desired)
        if must_be_recreated(self.current, desired):
            self.kept.check_name()
        return desired

    def _write(self, desired: Object, patch: Object) -> Object:
        """Write the object, or the patch that leads to it, and return it as it is now; in a dry run, as it would be.

        Unless whole objects are shown, the server is asked for their metadata only.
        """
        kind, current, cluster, output = self.change.kind, self.current, self.terms.cluster, self.terms.output
        if output.dry_run is DryRun.CLIENT:
            return desired
        dry_run, metadata_only = self.terms.is_server_dry_run, not output.keeps_objects
        if current is None:
            return self._create(desired)
        if not desired:
            cluster.delete(kind, current, dry_run=dry_run)
            return desired
        if self.sent is Done.REPLACED:
            return self._recreate(current, desired)
        version = mapping_at(current, "metadata").get("resourceVersion")
        conditional = merged(patch, {"metadata": {"resourceVersion": version}})
        key = (namespace_of(current), name_of(current))
        return cluster.patch(kind, key, conditional, dry_run=dry_run, metadata_only=metadata_only)

    def _recreate(self, current: Object, desired: Object) -> Object:
        """Validate all that follows with server-side dry runs, delete the old object, and create the new one.

        The dry run uses the real name: validation and admission come before the server finds the name taken
        (apiserver: pkg/registry/generic/registry/store.go, Create), so AlreadyExists means accepted.
        """
        kind, cluster, dry_run = self.change.kind, self.terms.cluster, self.terms.is_server_dry_run
        with suppress(AlreadyExistsError):
            cluster.create(kind, desired, dry_run=True)
        self.terms.at_risk[id(self.change)] = self.kept
        if kind is Kind.SECRET:
            cluster.delete(kind, current, dry_run=True)
            self.kept.keep(current, dry_run=dry_run)
        if not dry_run:
            self.kept.expect_deletion(current)  # without an answer it may be deleted as well
        try:
            cluster.delete(kind, current, dry_run=dry_run, at_once=kind is Kind.POD)
        except ApiError as error:
            if not isinstance(error, ServerError):
                self.kept.note_presence()
            raise
        if dry_run:
            return desired
        self.deleted = current
        return self._create(desired)

    def _create(self, desired: Object) -> Object:
        """Create the object; if the server refuses it and an object was deleted for it, restore that."""
        terms, previous = self.terms, self.kept.previous or (self.deleted and as_manifest(self.deleted))
        try:
            return terms.cluster.create(
                self.change.kind,
                desired,
                dry_run=terms.is_server_dry_run,
                metadata_only=not terms.output.keeps_objects,
            )
        except (ConflictError, AlreadyExistsError, ThrottledError, ServerError):
            raise
        except ApiError as refusal:
            if previous is None or terms.is_server_dry_run:
                raise
            raise self._restore(previous, refusal) from refusal

    def _restore(self, previous: Object, refusal: ApiError) -> ApiError:
        """Create the previous object again; returns the refusal of the new one with what came of it.

        Only a lost answer is raised instead: then all is read again, and tried again.
        """
        word = f"{self.change.kind.word}/{self.change.name}"
        try:
            self.terms.cluster.create(self.change.kind, previous)
            self.kept.discard(dry_run=False)
        except (ConnectError, ServerError, ThrottledError):
            raise
        except PullSecretError:
            return refusal.with_hint(self.kept.story or f"the previous {word} was deleted and could not be restored")
        return refusal.with_hint(f"the previous {word} was restored")

    def _read(self) -> Object | None:
        try:
            return self.terms.cluster.read(self.change.kind, self.change.namespace, self.change.name)
        except NotFoundError:
            return None

    def _refresh(self) -> None:
        """Read the object and its sibling as they are now."""
        self.current = self._read()
        if self.current is not None:
            self.kept.note_presence()
        self.kept.refresh(self.current)

    def _wait_for_object(self) -> Object | None:
        """Wait for an object that the control plane creates; None if it did not come in time."""
        if self.terms.output.dry_run is DryRun.CLIENT:
            return new_service_account(self.change.namespace, self.change.name)
        deadline = time.monotonic() + self.change.appears_within
        found = self._read()
        with self.terms.throttle.aside():
            while found is None and time.monotonic() < deadline and not self.terms.stop.is_set():
                self._wait(0.0)
                found = self._read()
        return found

    def _wait_for_server(self, error: ConnectError | ServerError) -> None:
        """Wait before the next attempt after a lost answer; raise the error when the run's patience is over."""
        self.attempts = max(self.attempts + 1, ENOUGH if isinstance(error, TimedOutError) else 0)
        self.lost = self.sent or self.lost
        self.failing_since = min(self.failing_since, self.terms.patience.note_failure())
        if self._is_stopped() or self.terms.patience.is_over(self.attempts, self.failing_since):
            raise error
        self._wait(0.0)

    def _pause(self, error: PullSecretError, *, at_least: float = 0.0) -> None:
        """Wait before the next attempt, longer each time; raise the error if time is up or the run was stopped."""
        if self._is_stopped() or time.monotonic() + at_least > self.deadline:
            raise error
        self._wait(at_least)

    def _is_stopped(self) -> bool:
        """Whether to give up because of an interruption; what was deleted is still created, if there is time."""
        return self.terms.stop.is_set() and not self.kept.has_deleted

    def _wait(self, at_least: float) -> None:
        # Jitter keeps writers that met at one object from meeting there again.
        seconds = max(at_least, self.delay * random.uniform(0.5, 1.5))  # noqa: S311  no secret
        self.delay = min(self.delay * 2, LONGEST_DELAY)
        if self.kept.has_deleted:
            time.sleep(seconds)
        else:
            self.terms.stop.wait(seconds)

    def _remember(self) -> None:
        """Keep what must still be reported if the process ends before its report."""
        if not self.kept.story:
            self.terms.at_risk.pop(id(self.change), None)
