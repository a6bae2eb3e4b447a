"""Check with a node whether a pull secret can pull an image: `verify --probe`."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_by_keys
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.doctor.waiting_container import meaning_with_credentials
from pullsecret.model.images.credential_checks import image_checks
from pullsecret.model.images.verdict import Result, Verdict
from pullsecret.model.objects.objects import Kind, text_at
from pullsecret.model.objects.pullsecret import is_pull_secret
from pullsecret.model.plan.observed import ObservedNamespaces
from pullsecret.model.plan.probe_pod import ProbeResult, Pull, PullProbe
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.model.results.verify import Verified, VerifyRow

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster

_RESULTS = {Pull.DONE: Result.PULLED, Pull.FAILED: Result.PULL_FAILED, Pull.UNKNOWN: Result.NOT_PROBED}


@dataclass(frozen=True, kw_only=True)
class ProbeRequest(CommandRequest):
    """One secret and one image, in the one target namespace; `seconds` is the time for the pull."""

    name: str
    image: str
    seconds: float = 120.0


@dataclass(frozen=True, kw_only=True)
class ProbePlan:
    """The probe, or without one what is known without it."""

    probe: PullProbe | None = None
    known: Verified = field(default_factory=lambda: Verified(rows=()))


def observe(request: ProbeRequest, cluster: Cluster) -> ObservedNamespaces:
    """Read the namespace and the secret."""
    namespaces = TargetNamespaces(cluster, request.targets)
    secrets = namespaces.start(
        lambda names: read_by_keys(cluster, Kind.SECRET, [(namespace, request.name) for namespace in names])
    )
    return ObservedNamespaces(selection=namespaces.selection, secrets=secrets.result())


def plan(request: ProbeRequest, observed: ObservedNamespaces) -> ProbePlan:
    """A probe, if the secret has an entry for the image: without one, a pull proves nothing of the secret."""
    (namespace,) = observed.selection.names
    failures = [*observed.selection.failures, *observed.secrets.unreadable.values()]
    secret = observed.secrets.present.get((namespace, request.name))
    if secret is None:
        absent = NotFoundError(f'secrets "{request.name}" not found', code=404, reason="NotFound")
        return ProbePlan(known=Verified(rows=(), failures=tuple(error.line for error in failures or [absent])))
    if not is_pull_secret(secret):
        other = RefusedError(f'secrets "{request.name}" has type {text_at(secret, "type")} and is not a pull secret')
        return ProbePlan(known=Verified(rows=(), failures=(other.line,)))
    (check,) = image_checks(secret, [request.image], all_images=True)
    if check.known:
        return ProbePlan(known=Verified(rows=(_row(request, namespace, check.known),)))
    return ProbePlan(
        probe=PullProbe(namespace=namespace, secrets=(request.name,), image=request.image, seconds=request.seconds)
    )


def verified(request: ProbeRequest, probe: PullProbe, result: ProbeResult) -> Verified:
    """The row for a probe that has ended, and a line for a pod that is left."""
    detail = f"by node {result.node}" if result.is_proven else result.message
    row = _row(request, probe.namespace, Verdict(result=_RESULTS[result.pull], detail=detail))
    left = f"warning: pod/{result.left} in namespace {probe.namespace} could not be deleted; it runs nothing"
    meaning = meaning_with_credentials(result.message) if result.pull is Pull.FAILED else ""
    notes = ((left, result.left), (f"note: {meaning}", meaning))
    return Verified(rows=(row,), notes=tuple(note for note, applies in notes if applies))


def _row(request: ProbeRequest, namespace: str, verdict: Verdict) -> VerifyRow:
    return VerifyRow(namespace=namespace, secret=request.name, image=request.image, verdict=verdict)
