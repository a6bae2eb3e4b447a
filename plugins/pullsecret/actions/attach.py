"""Add pull secrets to service accounts, keeping existing entries."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.target_namespaces import TargetReads
from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.check.before_write import attached_secret_findings, preventing
from pullsecret.model.objects.generated_secrets import attachment_refusal
from pullsecret.model.objects.objects import Kind, name_of, text_at
from pullsecret.model.objects.pullsecret import is_pull_secret
from pullsecret.model.objects.serviceaccount import FIELDS, attached
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.openshift.builds import half_linked
from pullsecret.model.plan.change import Change, Plan, Steps
from pullsecret.model.plan.owned_lists import list_warnings
from pullsecret.model.plan.placement import (
    account_changes,
    duplicate_notes,
    namespace_steps,
    previous_lists,
)
from pullsecret.model.plan.system_namespaces import system_notes
from pullsecret.model.plan.waiting_pods import NewSecrets, RestartHint, keys_of, restart_hints_for
from pullsecret.model.request.command_request import Attachment, CheckLevel, CommandRequest
from pullsecret.model.request.selection import is_spared
from pullsecret.model.request.suggested_command import CommandStyle, Flag, Program, pullsecret, typed

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster
    from pullsecret.errors import PullSecretError
    from pullsecret.model.plan.observed import ObservedNamespaces

_ATTACH_ANYWAY = "use --check=off to attach it anyway"


@dataclass(frozen=True, kw_only=True)
class AttachRequest(CommandRequest):
    """Which secrets to add to which service accounts; `allow_missing`: even if a secret does not exist.

    `check_level`: which problems of a secret prevent that it is attached for pulls.
    `program` is what the user typed to start this program.
    """

    names: tuple[str, ...]
    check_level: CheckLevel = CheckLevel.ERRORS
    now: datetime = field(default_factory=lambda: datetime.now(UTC))
    attachment: Attachment = field(default_factory=Attachment)
    allow_missing: bool = False
    program: str = Program.PULLSECRET.value


def observe(request: AttachRequest, cluster: Cluster) -> ObservedNamespaces:
    """Read the service accounts, the secrets to attach, and the pending pods."""
    names_in = partial(_names_in, request)
    return TargetReads(cluster, request.targets, names_in, request.attachment).result()


def _names_in(request: AttachRequest, namespace: str) -> tuple[str, ...]:
    return () if is_spared(namespace, request.targets) else request.names


def plan(request: AttachRequest, observed: ObservedNamespaces) -> Plan:
    """Add each name to each service account once, after the existing entries; a missing secret is an error."""
    sequences: list[Steps] = []
    hints: list[RestartHint] = []
    system = observed.selection.system
    for namespace in (name for name in observed.selection.names if name not in system):
        opening, can_follow = namespace_steps(namespace, observed, create_missing=request.targets.create_missing)
        sequences.append((*opening, *(_attachment_steps(namespace, request, observed) if can_follow else ())))
        if pods := observed.pods.in_namespace(namespace):
            hints.extend(restart_hints_for(pods, _new_secrets(namespace, request, observed)))
    conflicts = list_warnings(change for steps in sequences for change in steps)
    doubled = duplicate_notes(observed, request.attachment, request.names)
    notes = (
        *observed.notes,
        *system_notes(observed, sequences),
        *conflicts,
        *doubled,
        *secret_warnings(request, observed),
        *_builder_notes(request, observed),
    )
    return Plan(sequences=tuple(sequences), notes=notes, hints=tuple(hints))


def _builder_notes(request: AttachRequest, observed: ObservedNamespaces) -> tuple[str, ...]:
    """A note, once, for the service account of OpenShift's builds, if it gets the secrets in one of its lists only."""
    notes = (half_linked(account, request.attachment.fields) for account in observed.accounts.present.values())
    return tuple(f"note: {note}" for note in dict.fromkeys(notes) if note)


def _attachment_steps(namespace: str, request: AttachRequest, observed: ObservedNamespaces) -> Steps:
    errors = {name: refusal_of(namespace, name, request, observed) for name in request.names}
    refusals = tuple(
        Change(kind=Kind.SECRET, namespace=namespace, name=name, refusal=error)
        for name, error in errors.items()
        if error
    )
    names = [name for name, error in errors.items() if not error]
    if not names:
        return refusals
    edit = partial(attached, names=names, fields=request.attachment.fields)
    return (*refusals, *account_changes(namespace, observed, request.attachment, edit))


def refusal_of(
    namespace: str, name: str, request: AttachRequest, observed: ObservedNamespaces
) -> PullSecretError | None:
    """Why a secret is not attached, if it is not."""
    secret = observed.secrets.present.get((namespace, name))
    if secret is None:
        return None if request.allow_missing else _missing(namespace, name, request, observed)
    what = f'secrets "{name}" in namespace {namespace}'
    if is_sibling(secret):
        return RefusedError(f"{what} keeps the previous data of another secret and cannot be attached")
    refusal = attachment_refusal(secret, what, _accounts(request))
    if refusal or not _is_for_pulls(request) or request.check_level is CheckLevel.OFF:
        return refusal
    if not is_pull_secret(secret):
        return RefusedError(
            f"{what} has type {text_at(secret, 'type')}, {_of_other_type(request)}", hint=_ATTACH_ANYWAY
        )
    if prevented := preventing(attached_secret_findings(secret, request.now), request.check_level):
        reasons = "; ".join(f"{finding.sentence} ({finding.code})" for finding in prevented)
        return RefusedError(reasons, hint=_ATTACH_ANYWAY)
    return None


def _missing(namespace: str, name: str, request: AttachRequest, observed: ObservedNamespaces) -> PullSecretError:
    style = CommandStyle(connection=request.connection, program=request.program)
    copying = typed(pullsecret("copy", name, Flag("--from", "NAMESPACE"), Flag("--to", namespace)), style)
    hint = f"copy it first with `{copying}`, or use --allow-missing"
    missing = NotFoundError(f'secrets "{name}" not found', code=404, reason="NotFound", hint=hint)
    return observed.secrets.error_at((namespace, name)) or missing


def _accounts(request: AttachRequest) -> tuple[str, ...]:
    """The service accounts that are named; none for all of them, for workloads and for builds."""
    attachment = request.attachment
    return () if attachment.every or attachment.workloads or attachment.builds else attachment.accounts


def _is_for_pulls(request: AttachRequest) -> bool:
    return FIELDS["pull"] in request.attachment.fields


def _of_other_type(request: AttachRequest) -> str:
    """What it means that a secret has another type than pull secrets have."""
    return "which is not that of a pull secret" if request.attachment.builds else "which the kubelet ignores"


def _new_secrets(namespace: str, request: AttachRequest, observed: ObservedNamespaces) -> NewSecrets:
    secrets = observed.secrets.in_namespace(namespace)
    return NewSecrets(
        namespace=namespace,
        keys={name_of(secret): keys_of(secret) for secret in secrets},
        accounts=previous_lists(namespace, observed, request.attachment),
    )


def secret_warnings(request: AttachRequest, observed: ObservedNamespaces) -> tuple[str, ...]:
    """What is wrong with the secrets that are attached all the same."""
    if not _is_for_pulls(request):
        return ()
    lines: list[str] = []
    for (namespace, name), secret in observed.secrets.present.items():
        if refusal_of(namespace, name, request, observed):
            continue
        if not is_pull_secret(secret):
            kind = text_at(secret, "type")
            where = f"secret/{name} in namespace {namespace}"
            lines.append(f"warning: {where} has type {kind}, {_of_other_type(request)}")
            continue
        found = attached_secret_findings(secret, request.now)
        lines += [f"warning: {finding.sentence} ({finding.code})" for finding in found]
    return tuple(lines)
