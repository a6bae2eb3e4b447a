"""Remove pull secrets from build configs, where they name them; the secrets themselves are kept."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from pullsecret.actions.composed.attach_builds import BuildView
from pullsecret.cluster.build_reads import read_build_configs
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.model.plan.build_secrets import BuildEdit, step_after_detaching
from pullsecret.model.plan.change import Plan
from pullsecret.model.plan.named_objects import by_namespace
from pullsecret.model.plan.observed import ObservedNamespaces
from pullsecret.model.plan.owned_lists import list_warnings
from pullsecret.model.plan.placement import absence_steps
from pullsecret.model.request.build_names import BuildNames
from pullsecret.model.request.copy_names import is_wanted

if TYPE_CHECKING:
    from pullsecret.actions.detach import DetachRequest
    from pullsecret.cluster.client import Cluster


def observe(request: DetachRequest, cluster: Cluster) -> BuildView:
    """Read the build configs; the secrets need not exist any more."""
    namespaces = TargetNamespaces(cluster, request.targets)
    builds, notes = read_build_configs(cluster, namespaces, (request.attachment.builds or BuildNames()).names)
    return BuildView(observed=ObservedNamespaces(selection=namespaces.selection), builds=builds, notes=notes)


def plan(request: DetachRequest, view: BuildView) -> Plan:
    """Remove the names from each build config that has them; everything else is kept.

    Raises:
        NotFoundError: no namespace of a broad selection has one of the build configs.
    """
    attachment = request.attachment
    edit = BuildEdit(builds=attachment.builds or BuildNames(), is_forced=attachment.force_conflicts)
    is_removed = partial(is_wanted, patterns=request.names)
    places = by_namespace(view.builds, is_broad=request.targets.is_broad)
    changes = {
        namespace: tuple(edit.detaching(build, is_removed) for build in builds) for namespace, builds in places.items()
    }
    sequences = tuple(
        absence_steps(namespace, view.observed) or changes.get(namespace, ())
        for namespace in view.observed.selection.names
    )
    every = [change for steps in changes.values() for change in steps]
    return Plan(
        sequences=tuple(filter(None, sequences)),
        notes=(*view.observed.notes, *view.notes, *list_warnings(every)),
        next_steps=tuple(map(step_after_detaching, every)),
    )
