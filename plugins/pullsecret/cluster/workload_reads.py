"""Reads workloads by their names, and the service accounts of their pods."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_by_keys
from pullsecret.cluster.discovery import read_custom_kind
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.plan.workload_lists import Workload

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from pullsecret.cluster.client import Cluster
    from pullsecret.cluster.target_namespaces import TargetNamespaces
    from pullsecret.model.objects.objects import AnyKind
    from pullsecret.model.request.workload_name import WorkloadName


@dataclass(frozen=True, kw_only=True)
class ObservedWorkloads:
    """The workloads of the target namespaces, those that do not exist included, and service accounts."""

    workloads: tuple[Workload, ...]
    accounts: Observed = field(default_factory=Observed)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class TemplateView:
    """The target namespaces, with the secrets and pending pods in them where they matter, and the workloads."""

    observed: ObservedNamespaces
    found: ObservedWorkloads


def read_workloads(
    cluster: Cluster,
    namespaces: TargetNamespaces,
    names: Sequence[WorkloadName],
    needs_account: Callable[[Workload], bool],
) -> ObservedWorkloads:
    """Read the workloads of these names in each namespace, side by side, then the service accounts of some of them.

    Raises:
        PullSecretError: the server does not know a type.
    """
    kinds: dict[str, AnyKind] = {name.type: name.kind or read_custom_kind(cluster, name.type) for name in names}

    def read(kind: AnyKind, wanted: Sequence[str], existing: Sequence[str]) -> Observed:
        return read_by_keys(cluster, kind, [(namespace, name) for namespace in existing for name in wanted])

    wanted: dict[AnyKind, list[str]] = {}
    for name in names:
        wanted.setdefault(kinds[name.type], []).append(name.name)
    reads = {kind: namespaces.start(partial(read, kind, found)) for kind, found in wanted.items()}
    seen = {kind: read.result() for kind, read in reads.items()}
    workloads = tuple(
        _workload(kinds[name.type], (namespace, name.name), seen)
        for namespace in namespaces.selection.usable
        for name in names
    )
    return ObservedWorkloads(
        workloads=workloads,
        accounts=_read_accounts(cluster, [item for item in workloads if item.current and needs_account(item)]),
        notes=tuple(dict.fromkeys(note for part in seen.values() for note in part.notes)),
    )


def _workload(kind: AnyKind, key: tuple[str, str], seen: Mapping[AnyKind, Observed]) -> Workload:
    found = seen[kind]
    return Workload(kind=kind, namespace=key[0], name=key[1], current=found.present.get(key), error=found.error_at(key))


def _read_accounts(cluster: Cluster, workloads: Sequence[Workload]) -> Observed:
    accounts = dict.fromkeys((item.namespace, item.account) for item in workloads)
    return read_by_keys(cluster, Kind.SERVICE_ACCOUNT, tuple(accounts))
