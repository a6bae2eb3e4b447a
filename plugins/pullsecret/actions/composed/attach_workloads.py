"""Add pull secrets to the pod templates of workloads, as `attach` adds them to service accounts."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.actions.attach import refusal_of, secret_warnings
from pullsecret.cluster.bulk_read import read_all_in, read_by_keys
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.cluster.workload_reads import TemplateView, read_workloads
from pullsecret.model.objects.objects import Kind
from pullsecret.model.objects.serviceaccount import secret_names
from pullsecret.model.plan.change import Change, Plan
from pullsecret.model.plan.named_objects import by_namespace
from pullsecret.model.plan.observed import ObservedNamespaces
from pullsecret.model.plan.owned_lists import list_warnings
from pullsecret.model.plan.placement import absence_steps
from pullsecret.model.plan.system_namespaces import system_notes
from pullsecret.model.plan.waiting_pods import hints_for_owner, keys_of
from pullsecret.model.plan.workload_lists import (
    Workload,
    WorkloadChanges,
    hiding_warning,
    longer_list,
    rollouts_of,
)
from pullsecret.model.request.selection import is_spared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.actions.attach import AttachRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.plan.change import Steps
    from pullsecret.model.plan.observed import Observed
    from pullsecret.model.plan.waiting_pods import RestartHint


def observe(request: AttachRequest, cluster: Cluster) -> TemplateView:
    """Read the workloads with the service accounts that they hide, the secrets to attach, and the pending pods."""

    def read_secrets(namespaces: Sequence[str]) -> Observed:
        kept = (namespace for namespace in namespaces if not is_spared(namespace, request.targets))
        return read_by_keys(cluster, Kind.SECRET, [(namespace, name) for namespace in kept for name in request.names])

    namespaces = TargetNamespaces(cluster, request.targets)
    secrets = namespaces.start(read_secrets)
    pods = namespaces.start(partial(read_all_in, cluster, Kind.POD, fields="status.phase=Pending"))
    attachment = request.attachment
    found = read_workloads(
        cluster,
        namespaces,
        attachment.workloads,
        lambda workload: attachment.keep_account_secrets or not workload.listed,
    )
    seen = ObservedNamespaces(selection=namespaces.selection, secrets=secrets.result(), pods=pods.result())
    return TemplateView(observed=seen, found=found)


def plan(request: AttachRequest, view: TemplateView) -> WorkloadChanges:
    """Add each name to each template once, after the existing entries and, if asked for, those of its account.

    Raises:
        NotFoundError: no namespace of a broad selection has one of the workloads.
    """
    observed = view.observed
    left = [workload for workload in view.found.workloads if workload.namespace not in observed.selection.system]
    places = by_namespace(left, is_broad=request.targets.is_broad)
    parts = [_part(namespace, places.get(namespace, ()), request, view) for namespace in _namespaces(view)]
    sequences = tuple(part.steps for part in parts if part.steps)
    near = replace(observed, secrets=observed.secrets.within(places))
    notes = (*observed.notes, *view.found.notes, *view.found.accounts.notes, *system_notes(observed, sequences))
    warnings = (*secret_warnings(request, near), *(line for part in parts for line in part.warnings))
    changes = [pair for part in parts for pair in part.changes]
    conflicts = list_warnings(change for _, change in changes)
    hints = tuple(hint for part in parts for hint in part.hints)
    return WorkloadChanges(
        plan=Plan(sequences=sequences, notes=notes, hints=hints),
        rollouts=rollouts_of(changes),
        warnings=(*conflicts, *warnings),
    )


@dataclass(frozen=True, kw_only=True)
class _Part:
    """What is planned in one namespace."""

    steps: Steps = ()
    changes: tuple[tuple[Workload, Change], ...] = ()
    warnings: tuple[str, ...] = ()
    hints: tuple[RestartHint, ...] = ()


def _namespaces(view: TemplateView) -> Sequence[str]:
    selection = view.observed.selection
    return [name for name in selection.names if name not in selection.system]


def _part(namespace: str, workloads: Sequence[Workload], request: AttachRequest, view: TemplateView) -> _Part:
    if absence := absence_steps(namespace, view.observed):
        return _Part(steps=absence)
    if not workloads:
        return _Part()
    errors = {name: refusal_of(namespace, name, request, view.observed) for name in request.names}
    refusals = tuple(
        Change(kind=Kind.SECRET, namespace=namespace, name=name, refusal=error)
        for name, error in errors.items()
        if error
    )
    names = [name for name, error in errors.items() if not error]
    changes = tuple((one, _change(one, names, request, view)) for one in workloads) if names else ()
    return _Part(
        steps=(*refusals, *(change for _, change in changes)),
        changes=changes,
        warnings=tuple(filter(None, (_hiding(one, names, request, view) for one, _ in changes))),
        hints=tuple(hint for one, _ in changes for hint in _hints(one, names, view.observed)),
    )


def _change(workload: Workload, names: Sequence[str], request: AttachRequest, view: TemplateView) -> Change:
    """The change of one template; none without the list of the account where that is to be carried over."""
    attachment = request.attachment
    carried: tuple[str, ...] = ()
    if attachment.keep_account_secrets:
        key = (workload.namespace, workload.account)
        workload = replace(workload, error=workload.error or view.found.accounts.error_at(key))
        carried = _account_secrets(workload, view)
    return longer_list(workload, (*carried, *names), is_forced=attachment.force_conflicts)


def _account_secrets(workload: Workload, view: TemplateView) -> tuple[str, ...]:
    account = view.found.accounts.present.get((workload.namespace, workload.account), {})
    return tuple(filter(None, secret_names(account)))


def _hiding(workload: Workload, names: Sequence[str], request: AttachRequest, view: TemplateView) -> str:
    """What to know of the account's list, which the new one hides."""
    if request.attachment.keep_account_secrets or workload.current is None or workload.listed:
        return ""
    if view.found.accounts.error_at((workload.namespace, workload.account)):
        place = f"serviceaccount/{workload.account}"
        return f"warning: {workload.word} gets a list of its own, which hides that of {place}, which cannot be read"
    return hiding_warning(workload, _account_secrets(workload, view), names)


def _hints(workload: Workload, names: Sequence[str], observed: ObservedNamespaces) -> Sequence[RestartHint]:
    """The waiting pods that no rollout replaces: those of a stateful set wait for each other."""
    if workload.kind not in (Kind.STATEFUL_SET, Kind.REPLICA_SET, Kind.REPLICATION_CONTROLLER):
        return ()
    keys = {name: keys_of(observed.secrets.present.get((workload.namespace, name), {})) for name in names}
    pods = observed.pods.in_namespace(workload.namespace)
    return hints_for_owner(pods, workload.namespace, (workload.kind, workload.name), keys)
