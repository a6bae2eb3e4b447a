"""Check OpenShift's global pull secret, and find copies of it in namespaces, without contacting a registry."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.actions.composed.global_reads import GlobalView, read_global_view
from pullsecret.cluster.bulk_read import read_all_pull_secrets
from pullsecret.model.check.catalogue import global_findings
from pullsecret.model.check.global_rules import left_to_nodes
from pullsecret.model.check.observed import CheckedNamespace, Inventory
from pullsecret.model.check.rule import CheckResult, Finding
from pullsecret.model.check.secret import CheckedSecret, Circumstances
from pullsecret.model.check.secret_rules import secret_findings
from pullsecret.model.objects.pullsecret import is_pull_secret
from pullsecret.model.objects.sibling import is_sibling
from pullsecret.model.plan.observed import Observed, ObservedNamespaces
from pullsecret.model.request.targets import Selection

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from pullsecret.actions.check import CheckRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.observed import Key

_NOT_SEARCHED = (
    "note: not allowed to list secrets in all namespaces; copies of the global pull secret were not looked for"
)


@dataclass(frozen=True, kw_only=True)
class GlobalCheckView:
    """The secrets that the global one is made of, and all pull secrets of the cluster."""

    of_nodes: GlobalView
    everywhere: Observed = field(repr=False)


def observe(_request: CheckRequest, cluster: Cluster) -> GlobalCheckView:
    """Read the global pull secret, then a LIST for each type of pull secret, to find copies."""
    seen = read_global_view(cluster)
    return GlobalCheckView(of_nodes=seen, everywhere=read_all_pull_secrets(cluster))


def plan(request: CheckRequest, view: GlobalCheckView) -> CheckResult:
    """The findings in the global pull secret, then its copies by namespace."""
    seen = view.of_nodes
    return CheckResult(
        findings=tuple(_findings(request, view)),
        notes=(*seen.notes, *((_NOT_SEARCHED,) if view.everywhere.unreadable else ())),
        failures=seen.failures,
        scope="the global pull secret" + ("" if view.everywhere.unreadable else " and all other pull secrets"),
    )


def _findings(request: CheckRequest, view: GlobalCheckView) -> Iterator[Finding]:
    yield from findings_in_secrets(view.of_nodes, request.now)
    others = {key: item for key, item in view.everywhere.present.items() if not is_sibling(item)}
    inventory = _inventory_of({**others, **view.of_nodes.secrets.present})
    for namespace in inventory.observed.selection.names:
        yield from global_findings(CheckedNamespace(namespace=namespace, inventory=inventory, now=request.now))


def findings_in_secrets(seen: GlobalView, now: datetime) -> Iterator[Finding]:
    """What is wrong with the content of the secrets that the global one is made of, whatever the cluster needs."""
    for secret in filter(is_pull_secret, seen.secrets.present.values()):
        checked = CheckedSecret(secret=secret, circumstances=Circumstances(now=now))
        yield from (left_to_nodes(finding, secret) for finding in secret_findings(checked))


def findings_about_secrets(seen: GlobalView, now: datetime) -> Iterator[Finding]:
    """The same, with what the cluster needs of them."""
    yield from findings_in_secrets(seen, now)
    inventory = _inventory_of(seen.secrets.present)
    for namespace in inventory.observed.selection.names:
        yield from global_findings(CheckedNamespace(namespace=namespace, inventory=inventory, now=now))


def _inventory_of(secrets: Mapping[Key, Object]) -> Inventory:
    names = tuple(sorted({namespace for namespace, _ in secrets}))
    observed = ObservedNamespaces(selection=Selection(names=names), secrets=Observed(present=secrets))
    return Inventory(observed=observed)
