"""Remove pull secrets from service accounts; the secrets themselves are kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.target_namespaces import TargetNamespaces, start_reading_accounts
from pullsecret.model.objects.serviceaccount import detached
from pullsecret.model.plan.change import Plan
from pullsecret.model.plan.observed import ObservedNamespaces
from pullsecret.model.plan.owned_lists import list_warnings
from pullsecret.model.plan.placement import absence_steps, account_changes
from pullsecret.model.request.command_request import Attachment, CommandRequest
from pullsecret.model.request.copy_names import is_wanted

if TYPE_CHECKING:
    from pullsecret.cluster.client import Cluster


@dataclass(frozen=True, kw_only=True)
class DetachRequest(CommandRequest):
    """Which names, or what matches which patterns, to remove from which service accounts or workloads."""

    names: tuple[str, ...]
    attachment: Attachment = field(default_factory=Attachment)


def observe(request: DetachRequest, cluster: Cluster) -> ObservedNamespaces:
    """Read the service accounts; the secrets need not exist any more."""
    namespaces = TargetNamespaces(cluster, request.targets)
    accounts = start_reading_accounts(cluster, namespaces, request.attachment)
    return ObservedNamespaces(selection=namespaces.selection, accounts=accounts.result())


def plan(request: DetachRequest, observed: ObservedNamespaces) -> Plan:
    """Remove the names from each service account; everything else is kept."""
    is_removed = partial(is_wanted, patterns=request.names)
    sequences = []
    for namespace in observed.selection.names:
        changes = account_changes(
            namespace,
            observed,
            request.attachment,
            lambda account: detached(account, is_removed, request.attachment.fields),
        )
        sequences.append(absence_steps(namespace, observed) or changes)
    conflicts = list_warnings(change for steps in sequences for change in steps)
    return Plan(sequences=tuple(sequences), notes=(*observed.notes, *conflicts))
