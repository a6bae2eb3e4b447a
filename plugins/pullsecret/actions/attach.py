"""Add pull secrets to service accounts, keeping existing entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_namespaces, select_namespaces
from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.objects.objects import Kind, name_of, text_at
from pullsecret.model.objects.pullsecret import is_pull_secret
from pullsecret.model.objects.serviceaccount import FIELDS, attached
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.plan.change import Change, Plan, Steps
from pullsecret.model.plan.placement import (
    account_changes,
    duplicate_notes,
    malformed_notes,
    namespace_steps,
    previous_lists,
)
from pullsecret.model.plan.waiting_pods import NewSecrets, RestartHint, keys_of, restart_hints_for
from pullsecret.model.request.command_request import Attachment, CommandRequest
from pullsecret.model.request.suggested_command import CommandStyle, Flag, Program, pullsecret, typed

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.observed import ObservedNamespaces


@dataclass(frozen=True, kw_only=True)
class AttachRequest(CommandRequest):
    """Which secrets to add to which service accounts; `allow_missing`: even if a secret does not exist.

    `program` is what the user typed to start this program.
    """

    names: tuple[str, ...]
    attachment: Attachment = field(default_factory=Attachment)
    allow_missing: bool = False
    program: str = Program.PULLSECRET.value


def observe(request: AttachRequest, cluster: Cluster) -> ObservedNamespaces:
    """Read the service accounts, the secrets to attach, and the pending pods."""
    selection = select_namespaces(cluster, request.targets)
    return read_namespaces(cluster, selection, lambda _: request.names, request.attachment)


def plan(request: AttachRequest, observed: ObservedNamespaces) -> Plan:
    """Add each name to each service account once, after the existing entries; a missing secret is an error."""
    sequences: list[Steps] = []
    hints: list[RestartHint] = []
    for namespace in observed.selection.names:
        opening, can_follow = namespace_steps(namespace, observed, create_missing=request.targets.create_missing)
        sequences.append((*opening, *(_attachment_steps(namespace, request, observed) if can_follow else ())))
        if pods := observed.pods.in_namespace(namespace):
            hints.extend(restart_hints_for(pods, _new_secrets(namespace, request, observed)))
    notes = (*observed.notes, *duplicate_notes(observed, request.attachment), *_type_notes(request, observed))
    return Plan(sequences=tuple(sequences), notes=notes, hints=tuple(hints))


def _attachment_steps(namespace: str, request: AttachRequest, observed: ObservedNamespaces) -> Steps:
    present = observed.secrets.present
    missing = [name for name in request.names if (namespace, name) not in present]
    siblings = [name for name in request.names if is_sibling(present.get((namespace, name), {}))]
    refused = [*siblings, *([] if request.allow_missing else missing)]
    names = [name for name in request.names if name not in refused]
    refusals = tuple(_refusal(namespace, name, request, observed) for name in refused)
    if not names:
        return refusals
    edit = partial(attached, names=names, fields=request.attachment.fields)
    return (*refusals, *account_changes(namespace, observed, request.attachment, edit))


def _refusal(namespace: str, name: str, request: AttachRequest, observed: ObservedNamespaces) -> Change:
    style = CommandStyle(connection=request.connection, program=request.program)
    copying = typed(pullsecret("copy", name, Flag("--from", "NAMESPACE"), Flag("--to", namespace)), style)
    hint = f"copy it first with `{copying}`, or use --allow-missing"
    missing = NotFoundError(f'secrets "{name}" not found', code=404, reason="NotFound", hint=hint)
    what = f'secrets "{name}" in namespace {namespace}'
    sibling = RefusedError(f"{what} keeps the previous data of another secret and cannot be attached")
    error = observed.secrets.error_at((namespace, name)) or missing
    if (namespace, name) in observed.secrets.present:
        error = sibling
    return Change(kind=Kind.SECRET, namespace=namespace, name=name, refusal=error)


def _new_secrets(namespace: str, request: AttachRequest, observed: ObservedNamespaces) -> NewSecrets:
    secrets = observed.secrets.in_namespace(namespace)
    return NewSecrets(
        namespace=namespace,
        keys={name_of(secret): keys_of(secret) for secret in secrets},
        accounts=previous_lists(namespace, observed, request.attachment),
    )


def _type_notes(request: AttachRequest, observed: ObservedNamespaces) -> tuple[str, ...]:
    if FIELDS["pull"] not in request.attachment.fields:
        return ()
    ignored = tuple(
        f"warning: secret/{name} in namespace {namespace} has type {text_at(secret, 'type')}, which the kubelet ignores"
        for (namespace, name), secret in observed.secrets.present.items()
        if not is_pull_secret(secret)
    )
    return (*ignored, *malformed_notes(observed.secrets.present.values()))
