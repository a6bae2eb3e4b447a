"""Recreate pods that wait for an image: through their owners or, where allowed, directly."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in, read_by_keys
from pullsecret.model.doctor.evidence import TEMPLATES
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Change, Plan, Steps
from pullsecret.model.plan.owned_lists import unless_undone
from pullsecret.model.plan.placement import list_warnings
from pullsecret.model.plan.restart import deleted, recreated_pod, restarted, with_pull_secrets
from pullsecret.model.plan.waiting_pods import RESTARTABLE
from pullsecret.model.request.command_request import CommandRequest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.doctor.automatic import OwnerRestart
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
    seen = {Kind.POD: read_all_in(cluster, Kind.POD, places)}
    for kind in TEMPLATES.values():
        keys = [(item.namespace, _name(item)) for item in request.owners if TEMPLATES.get(_kind(item)) is kind]
        if keys:
            seen[kind] = read_by_keys(cluster, kind, keys)
    return seen


def plan(request: RestartRequest, seen: Mapping[Kind, Observed]) -> Plan:
    """A new template where that recreates the pods; elsewhere the pods are deleted, after any change of it."""
    sequences = tuple(_steps(item, request, seen) for item in request.owners)
    return Plan(sequences=sequences, notes=list_warnings(change for steps in sequences for change in steps))


def _steps(item: OwnerRestart, request: RestartRequest, seen: Mapping[Kind, Observed]) -> Steps:
    kind = TEMPLATES.get(_kind(item))
    if kind is None:
        return _pod_steps(item, seen, item.secrets)
    owner = seen[kind].present.get((item.namespace, _name(item)))
    is_enough = _kind(item) in RESTARTABLE and not item.made_by
    desired = (
        restarted(kind, _name(item), request.at, *item.secrets)
        if is_enough
        else with_pull_secrets(kind, _name(item), *item.secrets)
    )
    desired = unless_undone(kind, desired, is_forced=request.force_conflicts)
    change = Change(
        kind=kind, namespace=item.namespace, name=_name(item), desired=desired, current=owner, needs=item.needs
    )
    if is_enough:
        return (change,)
    return (*((change,) if item.secrets else ()), *_pod_steps(item, seen, ()))


def _pod_steps(item: OwnerRestart, seen: Mapping[Kind, Observed], secrets: Sequence[str]) -> Steps:
    """The pods that wait, deleted for their owner to recreate, or recreated when they have none."""
    is_standalone = _kind(item) == Kind.POD.word
    needs = item.needs if is_standalone else item.needs | {(TEMPLATES[_kind(item)], _name(item))}
    pods = ((name, seen[Kind.POD].present.get((item.namespace, name))) for name in item.pods)
    return tuple(
        Change(
            kind=Kind.POD,
            namespace=item.namespace,
            name=name,
            desired=recreated_pod(pod, *secrets) if is_standalone else deleted(pod),
            current=pod,
            needs=needs,
        )
        for name, pod in pods
        if pod is not None
    )


def _kind(item: OwnerRestart) -> str:
    return item.owner.partition("/")[0]


def _name(item: OwnerRestart) -> str:
    return item.owner.partition("/")[2]
