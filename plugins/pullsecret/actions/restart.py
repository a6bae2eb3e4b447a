"""Recreate pods that wait for an image: through their owners or, where allowed, directly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in, read_by_keys
from pullsecret.model.doctor.evidence import TEMPLATES
from pullsecret.model.objects.objects import Kind, name_of
from pullsecret.model.plan.change import Change, Plan, Steps
from pullsecret.model.plan.owned_lists import list_warnings, unless_made_by_another, unless_undone
from pullsecret.model.plan.restart import deleted, recreated_pod, restarted, with_pull_secrets
from pullsecret.model.request.command_request import CommandRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.doctor.automatic import OwnerRestart
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.change import DesiredState
    from pullsecret.model.plan.observed import Observed


@dataclass(frozen=True, kw_only=True)
class RestartRequest(CommandRequest):
    """The owners of pods that wait, each once, and the time to record as that of the restart (RFC 3339).

    `force_conflicts` changes also what its owner changes back.
    """

    owners: tuple[OwnerRestart, ...]
    at: str
    force_conflicts: bool = False


def observe(request: RestartRequest, cluster: Cluster) -> Mapping[Kind, Observed]:
    """Read the owners and the pods as they are now."""
    places = list(dict.fromkeys(item.namespace for item in request.owners))
    reads = {Kind.POD: cluster.start(partial(read_all_in, cluster, Kind.POD, places))}
    for kind in TEMPLATES.values():
        keys = [(item.namespace, _name(item)) for item in request.owners if TEMPLATES.get(_kind(item)) is kind]
        if keys:
            reads[kind] = cluster.start(partial(read_by_keys, cluster, kind, keys))
    return {kind: read.result() for kind, read in reads.items()}


def plan(request: RestartRequest, seen: Mapping[Kind, Observed]) -> Plan:
    """A new template where that recreates the pods; elsewhere the pods are deleted, after any change of it."""
    sequences = tuple(_steps(item, request, seen) for item in request.owners)
    return Plan(sequences=sequences, notes=list_warnings(change for steps in sequences for change in steps))


def _steps(item: OwnerRestart, request: RestartRequest, seen: Mapping[Kind, Observed]) -> Steps:
    kind = TEMPLATES.get(_kind(item))
    if kind is None:
        return _standalone_pod_steps(item, request, seen)
    owner = seen[kind].present.get((item.namespace, _name(item)))
    desired = (
        restarted(kind, _name(item), request.at, *item.secrets)
        if item.is_restartable
        else with_pull_secrets(kind, _name(item), *item.secrets)
    )
    desired = unless_undone(kind, desired, is_forced=request.force_conflicts)
    change = Change(
        kind=kind, namespace=item.namespace, name=_name(item), desired=desired, current=owner, needs=item.needs
    )
    if item.is_restartable:
        return (change,)
    needs = item.needs | {(kind, _name(item))}
    deletions = tuple(_pod_change(item, pod, deleted(pod), needs) for pod in _pods(item, seen))
    return (*((change,) if item.secrets else ()), *deletions)


def _standalone_pod_steps(item: OwnerRestart, request: RestartRequest, seen: Mapping[Kind, Observed]) -> Steps:
    """The pods that wait and have no owner, recreated."""

    def desired(pod: Object) -> DesiredState:
        recreated = recreated_pod(pod, *item.secrets)
        return unless_made_by_another(Kind.POD, recreated, is_forced=request.force_conflicts)

    return tuple(_pod_change(item, pod, desired(pod), item.needs) for pod in _pods(item, seen))


def _pods(item: OwnerRestart, seen: Mapping[Kind, Observed]) -> Sequence[Object]:
    """The pods that wait and still exist."""
    pods = (seen[Kind.POD].present.get((item.namespace, name)) for name in item.pods)
    return [pod for pod in pods if pod is not None]


def _pod_change(item: OwnerRestart, pod: Object, desired: DesiredState, needs: frozenset[tuple[Kind, str]]) -> Change:
    return Change(kind=Kind.POD, namespace=item.namespace, name=name_of(pod), desired=desired, current=pod, needs=needs)


def _kind(item: OwnerRestart) -> str:
    return item.owner.partition("/")[0]


def _name(item: OwnerRestart) -> str:
    return item.owner.partition("/")[2]
