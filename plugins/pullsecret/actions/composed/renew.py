"""Have IBM Cloud renew `all-icr-io`, and bring its copies up to date: what to read, and what to change."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_one_by_one
from pullsecret.cluster.credential_search import read_everything
from pullsecret.model.check.before_write import new_secret_refusal
from pullsecret.model.objects.objects import Kind, text_at
from pullsecret.model.objects.pullsecret import built
from pullsecret.model.plan.change import Change, Plan
from pullsecret.model.plan.placement import absence_steps
from pullsecret.model.plan.renewal import (
    MEMORY,
    SOURCE,
    RenewalCopies,
    RenewalStep,
    copies_to_renew,
    renewal_changes,
    renewal_of,
    shown_namespaces,
    unproven_lines,
)
from pullsecret.model.request.command_request import CheckLevel, CommandRequest
from pullsecret.model.request.ibm_sign_in import IbmSignIn

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.errors import PullSecretError, RefusedError
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.change import Steps
    from pullsecret.model.plan.observed import ObservedNamespaces
    from pullsecret.model.plan.renewal import Renewal, RenewedCopy


@dataclass(frozen=True, kw_only=True)
class RenewRequest(CommandRequest):
    """The name or ID of the cluster at IBM Cloud, and how to sign in there."""

    ibm_cluster: str
    sign_in: IbmSignIn = field(default_factory=IbmSignIn)
    check_level: CheckLevel = CheckLevel.ERRORS
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def credential_source(self) -> str:
        """IBM Cloud makes the new API key itself."""
        return "IBM Cloud"

    @property
    def spans_namespaces(self) -> bool:
        """The source and its copies have the same name, in namespaces of their own."""
        return True

    @property
    def reads_stdin(self) -> bool:
        """Whether the API key to sign in to IBM Cloud with comes from standard input."""
        return self.sign_in.api_key_file == "-"


@dataclass(frozen=True, kw_only=True)
class RenewalView:
    """The renewal, the secret as it is now, and the pull secrets of all namespaces that could be read.

    `note_problem` is why the note of a renewal cannot be read, None if it can.
    """

    renewal: Renewal
    source: Object | None = field(repr=False)
    observed: ObservedNamespaces
    note_problem: PullSecretError | None = None

    def step(self, now: datetime) -> RenewalStep:
        """Where to begin."""
        return self.renewal.step(self.source, now)

    def copies(self, request: RenewRequest) -> RenewalCopies:
        """The copies to bring up to date, and the others."""
        usable = self.observed.selection.usable
        named = tuple(name for name in usable if request.targets.is_named(name))
        return copies_to_renew(self.renewal.proofs(self.source), self.observed.secrets.present, usable, named)


def observe(request: RenewRequest, cluster: Cluster) -> RenewalView:
    """Read the secret, what an interrupted run has noted of it, and all pull secrets.

    Raises:
        PullSecretError: the secret cannot be read.
    """
    found = read_one_by_one(cluster, Kind.SECRET, [SOURCE, MEMORY])
    if error := found.error_at(SOURCE):
        raise error
    source, note = found.present.get(SOURCE), found.present.get(MEMORY)
    return RenewalView(
        renewal=renewal_of(source, note),
        source=source,
        observed=read_everything(request.targets, cluster),
        note_problem=found.error_at(MEMORY),
    )


def plan(request: RenewRequest, view: RenewalView, source: Object) -> Plan:
    """The changes that bring the copies up to date with the secret that IBM Cloud has written."""
    proofs = view.renewal.proofs(view.source)
    changes = renewal_changes(view.copies(request).selected, source, proofs, _refusal(request, source))
    sequences = (*_failures(view.observed), *_by_namespace(changes))
    return Plan(sequences=sequences)


def expected_source(view: RenewalView, now: datetime) -> Object:
    """The secret as IBM Cloud will write it, as far as that can be known: with an entry for nothing."""
    if view.source is not None and view.step(now) is RenewalStep.UPDATE:
        return view.source
    place = {"namespace": SOURCE[0], "name": SOURCE[1]}
    return {**built(SOURCE[1], b'{"auths":{}}'), "metadata": place}


def _refusal(request: RenewRequest, source: Object) -> RefusedError | None:
    """Why the secret may not be copied: findings that --check does not allow; one without a uid is not known yet."""
    if not text_at(source, "metadata", "uid"):
        return None
    return new_secret_refusal(source, request.now, request.check_level)


def _failures(observed: ObservedNamespaces) -> Iterable[Steps]:
    for namespace in observed.selection.names:
        if absence := absence_steps(namespace, observed):
            yield absence
        elif error := observed.secrets.error_at((namespace, "")):
            yield (Change(kind=Kind.SECRET, namespace=namespace, name=SOURCE[1], refusal=error),)


def _by_namespace(changes: Iterable[Change]) -> Iterable[Steps]:
    found: dict[str, Steps] = {}
    for change in changes:
        found[change.namespace] = (*found.get(change.namespace, ()), change)
    return found.values()


def scope_lines(view: RenewalView, copies: RenewalCopies) -> Iterator[str]:
    """What is brought up to date, and what is not."""
    yield f"note: {_counted(copies.selected)} then brought up to date"
    if copies.elsewhere:
        yield f"warning: {_counted(copies.elsewhere)} not selected, and keep the previous API key"
    if view.observed.secrets.is_partial or view.observed.secrets.unreadable:
        yield "warning: not allowed to list secrets in all namespaces; copies in others keep the previous API key"
    for line in unproven_lines(copies.unproven):
        yield f"warning: {line}; it is not updated: copy it again with -n if it is yours"


def _counted(copies: Sequence[RenewedCopy]) -> str:
    if not copies:
        return "no copies are"
    where = shown_namespaces(copy.key[0] for copy in copies)
    return f"{len(copies)} cop{'ies' if len(copies) > 1 else 'y'} {where} {'are' if len(copies) > 1 else 'is'}"
