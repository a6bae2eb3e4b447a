"""Put the names of pull secrets on service accounts, and lose none that is there."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_namespaces, select_namespaces
from pullsecret.errors import NotFoundError
from pullsecret.model.objects.objects import Kind, name_of, text_at
from pullsecret.model.objects.pullsecret import is_pull_secret
from pullsecret.model.objects.serviceaccount import FIELDS, attached
from pullsecret.model.plan.change import Change, Plan, Steps, refused_with
from pullsecret.model.plan.placement import account_changes, doubled_notes, lists_before, malformed_notes, opening_steps
from pullsecret.model.plan.waiting_pods import Advice, NewSecrets, advice_for, keys_of
from pullsecret.model.request.common import Attachment, Request

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.observed import ObservedNamespaces


@dataclass(frozen=True, kw_only=True)
class AttachRequest(Request):
    """Which secrets, by name, on which service accounts; `allow_missing`: also names of secrets that are not there."""

    names: tuple[str, ...]
    attachment: Attachment = field(default_factory=Attachment)
    allow_missing: bool = False


def observe(request: AttachRequest, cluster: Cluster) -> ObservedNamespaces:
    """Read the service accounts, the secrets to name, and the pods that wait."""
    selection = select_namespaces(cluster, request.targets)
    return read_namespaces(cluster, selection, lambda _: request.names, request.attachment)


def plan(request: AttachRequest, observed: ObservedNamespaces) -> Plan:
    """Each name on each service account once, behind what is there; a secret that is not there is an error."""
    sequences: list[Steps] = []
    advice: list[Advice] = []
    for namespace in observed.selection.names:
        opening, is_there = opening_steps(namespace, observed, create_missing=request.targets.create_missing)
        sequences.append((*opening, *(_attaching_steps(namespace, request, observed) if is_there else ())))
        if pods := observed.pods.in_namespace(namespace):
            advice.extend(advice_for(pods, _supply(namespace, request, observed)))
    notes = (*observed.notes, *doubled_notes(observed, request.attachment), *_type_notes(request, observed))
    return Plan(sequences=tuple(sequences), notes=notes, advice=tuple(advice))


def _attaching_steps(namespace: str, request: AttachRequest, observed: ObservedNamespaces) -> Steps:
    absent = [name for name in request.names if (namespace, name) not in observed.secrets.present]
    unusable = [] if request.allow_missing else absent
    edit = partial(
        attached, names=[name for name in request.names if name not in unusable], fields=request.attachment.fields
    )
    refusals = tuple(_refusal(namespace, name, observed) for name in unusable)
    if len(unusable) == len(request.names):
        return refusals
    return (*refusals, *account_changes(namespace, observed, request.attachment, edit))


def _refusal(namespace: str, name: str, observed: ObservedNamespaces) -> Change:
    hint = f"bring it there with `copy {name} -n {namespace}`, or name it all the same with --allow-missing"
    absent = NotFoundError(f'secrets "{name}" not found', code=404, reason="NotFound", hint=hint)
    error = observed.secrets.error_at((namespace, name)) or absent
    return Change(kind=Kind.SECRET, namespace=namespace, name=name, wanted=refused_with(error))


def _supply(namespace: str, request: AttachRequest, observed: ObservedNamespaces) -> NewSecrets:
    secrets = observed.secrets.in_namespace(namespace)
    return NewSecrets(
        namespace=namespace,
        keys={name_of(secret): keys_of(secret) for secret in secrets},
        accounts=lists_before(namespace, observed, request.attachment),
    )


def _type_notes(request: AttachRequest, observed: ObservedNamespaces) -> tuple[str, ...]:
    if FIELDS["pull"] not in request.attachment.fields:
        return ()
    unread = tuple(
        f"warning: secret/{name} in namespace {namespace} is of type {text_at(secret, 'type')}: "
        "the kubelet pulls nothing with it"
        for (namespace, name), secret in observed.secrets.present.items()
        if not is_pull_secret(secret)
    )
    return (*unread, *malformed_notes(observed.secrets.present.values()))
