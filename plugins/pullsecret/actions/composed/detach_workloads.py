"""Remove pull secrets from the pod templates of workloads; all other entries are kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.cluster.workload_reads import TemplateView, read_workloads
from pullsecret.model.plan.change import Plan
from pullsecret.model.plan.named_objects import by_namespace
from pullsecret.model.plan.observed import ObservedNamespaces
from pullsecret.model.plan.owned_lists import list_warnings
from pullsecret.model.plan.placement import absence_steps
from pullsecret.model.plan.workload_lists import (
    WorkloadChanges,
    revealing_note,
    rollouts_of,
    shorter_list,
)
from pullsecret.model.request.copy_names import is_wanted

if TYPE_CHECKING:
    from pullsecret.actions.detach import DetachRequest
    from pullsecret.cluster.client import Cluster


def observe(request: DetachRequest, cluster: Cluster) -> TemplateView:
    """Read the workloads; the secrets need not exist any more."""
    namespaces = TargetNamespaces(cluster, request.targets)
    found = read_workloads(cluster, namespaces, request.attachment.workloads, lambda _: False)
    return TemplateView(observed=ObservedNamespaces(selection=namespaces.selection), found=found)


def plan(request: DetachRequest, view: TemplateView) -> WorkloadChanges:
    """Remove the names from each template; everything else is kept.

    Raises:
        NotFoundError: no namespace of a broad selection has one of the workloads.
    """
    is_removed = partial(is_wanted, patterns=request.names)
    places = by_namespace(view.found.workloads, is_broad=request.targets.is_broad)
    changes = {
        namespace: [
            (one, shorter_list(one, is_removed, is_forced=request.attachment.force_conflicts)) for one in workloads
        ]
        for namespace, workloads in places.items()
    }
    sequences = tuple(
        absence_steps(namespace, view.observed) or tuple(change for _, change in changes.get(namespace, ()))
        for namespace in view.observed.selection.names
    )
    every = [pair for found in changes.values() for pair in found]
    revealing = filter(None, (revealing_note(one, change) for one, change in every))
    return WorkloadChanges(
        plan=Plan(sequences=tuple(filter(None, sequences)), notes=(*view.observed.notes, *view.found.notes)),
        rollouts=rollouts_of(every),
        warnings=(*list_warnings(change for _, change in every), *revealing),
    )
