"""The steps of `rotate all-icr-io --ibm-cluster`: prove the copies, ask IBM Cloud, wait, bring them up to date.

The proof of the copies needs the uid of the secret that IBM Cloud is about to recreate. It is noted first, where no one
but the cluster's administrators can write or read it, so that the same command goes on after the run was killed.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from itertools import chain
from typing import TYPE_CHECKING, Final

from pullsecret.actions.composed import renew
from pullsecret.apply.engine import Interruption, stream_outcomes
from pullsecret.cluster.credential_search import read_everything, read_remaining
from pullsecret.errors import (
    AlreadyExistsError,
    CloudError,
    ConflictError,
    ConnectError,
    ForbiddenError,
    NotFoundError,
    PullSecretError,
    RefusedError,
    ServerError,
    ThrottledError,
)
from pullsecret.ibmcloud.kubernetes_service import KubernetesService
from pullsecret.ibmcloud.session import open_session
from pullsecret.model.go.printable import Printable, printable
from pullsecret.model.images.registry_credential import held_credentials
from pullsecret.model.objects.objects import Kind, mapping_at, text_at
from pullsecret.model.plan.change import Done, Plan
from pullsecret.model.plan.renewal import LONGEST_WAIT, MEMORY, SOURCE, RenewalStep, note_of
from pullsecret.model.request.command_request import DryRun
from pullsecret.pipeline.prepared import Prepared, Question, must_ask
from pullsecret.pipeline.run import run_prepared
from pullsecret.report.conclusion import Conclusion
from pullsecret.report.confirmation import check_can_ask
from pullsecret.report.renewal import beginning_line, holder_lines
from pullsecret.report.streams import print_message

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import timedelta

    from pullsecret.actions.composed.renew import RenewalView, RenewRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.ibmcloud.cluster import CloudCluster
    from pullsecret.model.images.registry_credential import RegistryCredential
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.change import Outcome

_WHAT: Final = "rotate with --ibm-cluster"
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 5.0
_RETRYABLE = (ConnectError, ServerError, ThrottledError, ConflictError)
"""Failures after which the same command may do more than this run."""


def run_renewal(request: RenewRequest) -> int:
    """Renew the secret and bring its copies up to date, and return the exit status.

    Raises:
        UsageError: it would have to ask, and there is no terminal.
        RefusedError: the cluster at IBM Cloud is not the one of the context.
    """
    if must_ask(request):
        check_can_ask(_WHAT)
    return run_prepared(_prepare, request)


def _prepare(request: RenewRequest, cluster: Cluster) -> Prepared:
    opened = open_session(
        request.sign_in, request.connection, environ=os.environ, trace=cluster.trace, stdin=sys.stdin.buffer
    )
    with closing(opened) as session:  # idle connections; others are opened when they are needed again
        cloud = KubernetesService.of(session).cluster(request.ibm_cluster)
    _check_is_context(cloud, cluster)
    view = renew.observe(request, cluster)
    expected = renew.plan(request, view, renew.expected_source(view, request.now))
    renewal = _RunningRenewal(request, view, cluster, session, cloud)
    lines = (*view.observed.notes, *renewal.beginning_lines(expected))
    notes = () if expected.sequences else ("note: there are no copies to bring up to date",)
    is_written = request.output.dry_run is DryRun.NONE
    return Prepared(
        plan=replace(expected, notes=notes if must_ask(request) else lines),
        next_stage=renewal.next_stage if is_written else None,
        question=Question(what=_WHAT, show=lambda: _print(lines)),
        conclude=renewal.conclude,
    )


def _print(lines: Sequence[str]) -> None:
    for line in lines:
        print_message(Printable(line))


def _check_is_context(cloud: CloudCluster, cluster: Cluster) -> None:
    """Refuse another cluster than the context's: its secret would be renewed, and the copies here would stay.

    Raises:
        RefusedError: its API server is another one.
    """
    if not cloud.is_at(cluster.server):
        where = printable(" or ".join(cloud.servers)) or "no address"
        raise RefusedError(
            f'the context is not IBM Cloud\'s cluster "{printable(cloud.name)}" ({printable(cloud.id)}), whose API '
            f"server is at {where}: the context's is {printable(cluster.server)}",
            hint="to get a context for a cluster, run: ibmcloud ks cluster config --cluster CLUSTER",
        )


class _RunningRenewal:
    """One renewal: it is asked for when the first stage begins; the second one brings the copies up to date."""

    def __init__(
        self, request: RenewRequest, view: RenewalView, cluster: Cluster, session: Session, cloud: CloudCluster
    ) -> None:
        self._request, self._view, self._cluster = request, view, cluster
        self._session, self._cloud = session, cloud
        self._step = view.step(request.now)
        self._note: Object | None = view.renewal.note
        self._source: Object | None = None
        self._outcomes: Sequence[Outcome] = ()

    def beginning_lines(self, expected: Plan) -> Iterator[str]:
        """What is about to happen, to be read before the prompt."""
        where = f'cluster "{printable(self._cloud.name)}", account {self._session.shown_account}'
        yield beginning_line(self._step, where, is_dry=self._request.output.dry_run is not DryRun.NONE)
        yield from renew.scope_lines(self._view, self._view.copies(self._request))
        if self._request.output.dry_run is DryRun.NONE:
            yield from self._failing_lines(expected)

    def _failing_lines(self, expected: Plan) -> Iterator[str]:
        """What is known to fail: the server validates each write, and that of the note, without persisting it."""
        if problem := self._view.note_problem or self._problem_with_note():
            place = f"secret/{MEMORY[1]} in namespace {MEMORY[0]}"
            yield (
                f"warning: {place} cannot be written ({problem.message}): if this run is interrupted after IBM Cloud "
                "was asked, the copies are no longer proven and must be updated by name"
            )
        dry = replace(self._request.output, dry_run=DryRun.SERVER, is_diff=False)
        for outcome in chain.from_iterable(stream_outcomes(expected, self._cluster, dry, Interruption())):
            if outcome.error is not None:
                what = f"secret/{outcome.name} in namespace {outcome.namespace}"
                yield f"warning: {what} will not be updated: {outcome.error.message}"

    def _problem_with_note(self) -> PullSecretError | None:
        try:
            if self._note is None:
                self._cluster.create(Kind.SECRET, note_of(self._view.renewal, self._request.now), dry_run=True)
        except PullSecretError as error:
            return error
        return None

    def next_stage(self, ended: Sequence[Outcome], interruption: Interruption) -> Plan | None:
        """The changes of the copies, once IBM Cloud has written the secret; None after these, or if interrupted.

        Raises:
            PullSecretError: IBM Cloud refused, or did not write the secret in time.
        """
        self._outcomes = ended
        if self._source is not None:
            return None
        self._source = self._view.source if self._step is RenewalStep.UPDATE else self._renewed(interruption)
        if self._source is None:
            return None
        observed = read_everything(self._request.targets, self._cluster)
        self._view = replace(self._view, observed=observed)
        return renew.plan(self._request, self._view, self._source)

    def _renewed(self, interruption: Interruption) -> Object | None:
        """Wait for what a run that was interrupted has asked for; ask if nothing comes of it; None if interrupted.

        Raises:
            PullSecretError: IBM Cloud refused, or did not write the secret in time.
        """
        _print([f"waiting for IBM Cloud to write secret/{SOURCE[1]}"] if not self._request.output.quiet else [])
        asked = self._view.renewal.asked
        if self._step is RenewalStep.WAIT and asked is not None:
            left = asked + LONGEST_WAIT - datetime.now(UTC)
            if (source := self._wait(interruption, left)) is not None or interruption.event.is_set():
                return source
            _print([f"note: secret/{SOURCE[1]} was not written for the run that was interrupted; asking again"])
        with closing(self._session):
            self._ask()
        source = self._wait(interruption, LONGEST_WAIT)
        if source is not None or interruption.event.is_set():
            return source
        minutes = int(LONGEST_WAIT.total_seconds() // 60)
        raise RefusedError(
            f"IBM Cloud has not written secret/{SOURCE[1]} within {minutes} minutes; no copy was changed",
            hint="to ask again, run the same command again; what IBM Cloud does, `ibmcloud ks cluster get` shows",
        )

    def _ask(self) -> None:
        """Note what proves the copies, then ask IBM Cloud; without the note if that may not be written.

        Raises:
            CloudError: IBM Cloud refused; if it certainly did nothing, the note is deleted again.
        """
        wanted = note_of(self._view.renewal, datetime.now(UTC))
        with suppress(ForbiddenError):
            self._note = self._write_note(wanted)
        try:
            KubernetesService.of(self._session).apply_pull_secret(self._cloud)
        except CloudError as error:
            if error.is_sent:
                again = "IBM Cloud may have begun all the same; to find out, run the same command again"
                raise error.with_hint(again) from error
            self._delete_note()
            raise

    def _write_note(self, wanted: Object) -> Object:
        if self._note is None:
            try:
                return self._cluster.create(Kind.SECRET, wanted)
            except AlreadyExistsError as error:
                raise error.with_hint(
                    "another run has begun meanwhile; to go on with it, run the command again"
                ) from error
        version = text_at(self._note, "metadata", "resourceVersion")
        patch = {"metadata": {"resourceVersion": version}, "data": mapping_at(wanted, "data")}
        return self._cluster.patch(Kind.SECRET, MEMORY, patch)

    def _delete_note(self) -> None:
        """Forget the renewal; another run may have done so, or gone on, meanwhile."""
        if self._note is not None:
            with suppress(NotFoundError, ConflictError, ForbiddenError):
                self._cluster.delete(Kind.SECRET, self._note)

    def _wait(self, interruption: Interruption, longest: timedelta) -> Object | None:
        """Read the secret until IBM Cloud has written it, and it stays so for a moment; None if not, or interrupted."""
        ends, pause = time.monotonic() + longest.total_seconds(), _FIRST_PAUSE
        latest: Object | None = None
        while time.monotonic() < ends:
            found = self._read_source()
            if found is not None and latest is not None and _version(found) == _version(latest):
                return found
            latest = found if self._view.renewal.is_new(found) else None
            if interruption.event.wait(_FIRST_PAUSE if latest else pause):
                _print(["note: IBM Cloud was asked; to go on, run the same command again"])
                return None
            pause = min(pause * 1.5, _LONGEST_PAUSE)
        return None

    def _read_source(self) -> Object | None:
        """The secret as it is now; None if it does not exist, or the server does not answer just now."""
        try:
            return self._cluster.read(Kind.SECRET, *SOURCE)
        except (NotFoundError, *_RETRYABLE):
            return None

    def conclude(self) -> Conclusion:
        """Forget the renewal unless another run can do more, and tell who still holds the previous API key."""
        bad = [outcome for outcome in self._outcomes if not outcome.is_good]
        if self._source is None or any(_may_succeed_later(outcome) for outcome in bad):
            return Conclusion(lines=(Printable("note: to go on, run the same command again"),), is_failure=True)
        self._delete_note()
        lines = [Printable(line) for line in self._holder_lines(self._source)]
        account = f"note: secret/{SOURCE[1]} has a new API key of IBM Cloud account {self._session.shown_account}"
        if bad:
            lines.append(
                Printable(f"note: to update a copy later, copy it again by name: copy {SOURCE[1]} -n NAMESPACE")
            )
        return Conclusion(lines=(Printable(account), *lines))

    def _holder_lines(self, source: Object) -> Iterator[str]:
        """A line for each secret that still holds what the source or its copies held before."""
        previous = tuple(self._previous_credentials(source))
        if not previous:
            return
        try:
            remaining = read_remaining(self._view.observed.selection, self._cluster, (), previous)
        except PullSecretError as error:
            yield f"warning: other secrets may hold the previous API key: {error.message}"
            return
        yield from holder_lines(remaining)

    def _previous_credentials(self, source: Object) -> Iterator[RegistryCredential]:
        """What the source had before, as far as that is known, and the copies that were brought up to date."""
        updated = {(outcome.namespace, outcome.name) for outcome in self._outcomes if outcome.is_good}
        copies = (copy.secret for copy in self._view.copies(self._request).selected if copy.key in updated)
        new = held_credentials(source)
        held = (credential for secret in (self._view.source or {}, *copies) for credential in held_credentials(secret))
        yield from dict.fromkeys(credential for credential in held if credential not in new)


def _version(secret: Object) -> tuple[str, str]:
    return text_at(secret, "metadata", "uid"), text_at(secret, "metadata", "resourceVersion")


def _may_succeed_later(outcome: Outcome) -> bool:
    return outcome.done in (Done.SKIPPED, Done.UNKNOWN) or isinstance(outcome.error, _RETRYABLE)
