"""Tell what is wrong with the pull secrets of namespaces, and with what names them; no registry is asked."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pullsecret.cluster.bulk_read import read_all_in, read_by_keys, select_namespaces
from pullsecret.errors import NotFoundError
from pullsecret.model.check.accounts import account_findings, type_findings
from pullsecret.model.check.copies import copy_findings, source_key, source_of
from pullsecret.model.check.finding import Checked, Finding
from pullsecret.model.check.fix_commands import SECRET_ADVICE, fix_target, secret_fix
from pullsecret.model.check.observed import Inventory, images_of, naming
from pullsecret.model.check.one_secret import Circumstances, secret_problems
from pullsecret.model.check.pods import pod_findings
from pullsecret.model.check.server_keys import shown_key
from pullsecret.model.objects.objects import Kind, Object, name_of, namespace_of
from pullsecret.model.objects.pullsecret import DATA_KEYS, holds_same
from pullsecret.model.plan.observed import Observed, ObservedNamespaces, combined_reads
from pullsecret.model.request.common import Request

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.cluster.client import Cluster

OTHER_TYPES = ",".join(f"type!={kind}" for kind in DATA_KEYS)
"""The field selector of all secrets that are no pull secrets."""


@dataclass(frozen=True, kw_only=True)
class CheckRequest(Request):
    """Which secrets to check: those of these names, or all; with `private`, that private names are needed, too."""

    names: tuple[str, ...] = ()
    needs_private: bool = False
    now: datetime = field(default_factory=lambda: datetime.now(UTC))


def observe(request: CheckRequest, cluster: Cluster) -> Inventory:
    """A LIST for each type of pull secret, for service accounts and for pods, and two more where they are needed."""
    selection = select_namespaces(cluster, request.targets)
    there = [name for name in selection.names if name not in selection.missing]
    observed = ObservedNamespaces(
        selection=selection,
        secrets=combined_reads([read_all_in(cluster, Kind.SECRET, there, fields=f"type={kind}") for kind in DATA_KEYS]),
        accounts=read_all_in(cluster, Kind.SERVICE_ACCOUNT, there),
        pods=read_all_in(cluster, Kind.POD, there, fields="status.phase=Running"),
    )
    return Inventory(
        observed=observed,
        others=_seen_others(request, cluster, observed, there),
        sources=_seen_sources(cluster, observed),
    )


def _seen_others(
    request: CheckRequest, cluster: Cluster, observed: ObservedNamespaces, namespaces: Sequence[str]
) -> Observed:
    """The names of secrets of other types, where a name was met that no pull secret has."""
    named = {*naming(observed), *((namespace, name) for namespace in namespaces for name in request.names)}
    if named <= set(observed.secrets.present):
        return Observed()
    return read_all_in(cluster, Kind.SECRET, namespaces, fields=OTHER_TYPES, metadata_only=True)


def _seen_sources(cluster: Cluster, observed: ObservedNamespaces) -> Observed:
    """The sources of copies that are in none of the namespaces looked at."""
    looked_at = set(observed.selection.names)
    keys = dict.fromkeys(key for copy in observed.secrets.present.values() if (key := source_key(copy)))
    return read_by_keys(cluster, Kind.SECRET, [key for key in keys if key[0] not in looked_at])


def plan(request: CheckRequest, inventory: Inventory) -> Checked:
    """The findings by namespace: of its secrets, of its service accounts, of its pods."""
    found = tuple(
        finding
        for namespace in inventory.observed.selection.names
        for finding in _findings_in(namespace, request, inventory)
        if not request.names or finding.about in request.names
    )
    return Checked(
        findings=found,
        notes=(*inventory.observed.notes, *_unseen_notes(inventory)),
        failures=_failures(request, inventory),
        looked_at=_looked_at(request, inventory),
    )


def _findings_in(namespace: str, request: CheckRequest, inventory: Inventory) -> Iterator[Finding]:
    observed = inventory.observed
    images = {image for pod in observed.pods.in_namespace(namespace) for image in images_of(pod)}
    judged_by = Circumstances(now=request.now, images=images, needs_private=request.needs_private)
    for secret in sorted(observed.secrets.in_namespace(namespace), key=name_of):
        yield from _secret_findings(secret, judged_by, inventory)
        yield from copy_findings(secret, inventory)
    for other in sorted(inventory.others.in_namespace(namespace), key=name_of):
        key = (namespace, name_of(other))
        if key in inventory.named_by or key[1] in request.names:
            yield from type_findings(key, inventory)
    for account in observed.accounts.in_namespace(namespace):
        yield from account_findings((namespace, name_of(account)), account, inventory)
    yield from pod_findings(namespace, inventory, needs_private=request.needs_private)


def _secret_findings(secret: Object, judged_by: Circumstances, inventory: Inventory) -> Iterator[Finding]:
    source = source_of(secret, inventory)
    target = fix_target(secret, source if source is not None and holds_same(secret, source) else None)
    for problem in secret_problems(secret, judged_by):
        fix = secret_fix(problem, target)
        yield Finding(
            code=problem.code,
            namespace=namespace_of(secret),
            subject=f"secret/{name_of(secret)}",
            about=name_of(secret),
            message=problem.message,
            registries=tuple(map(shown_key, problem.registries)),
            fix=fix,
            advice="" if fix else SECRET_ADVICE,
        )


def _unseen_notes(inventory: Inventory) -> Iterator[str]:
    """What nothing is said of, because it may not be read."""
    if inventory.observed.accounts.unreadable:
        yield "note: no right to list service accounts everywhere, so the secrets that they name are not all looked for"
    if inventory.observed.pods.unreadable:
        yield "note: no right to list pods everywhere, so the secrets that they run with are not all looked for"
    for namespace in dict.fromkeys(namespace for namespace, _ in inventory.sources.unreadable):
        yield f"note: no right to read secrets in namespace {namespace}, so copies are not compared with their sources"


def _failures(request: CheckRequest, inventory: Inventory) -> tuple[str, ...]:
    """What was asked for and could not be looked at, in the server's words."""
    selection = inventory.observed.selection
    unreadable = [
        error.line for part in (inventory.observed.secrets, inventory.others) for error in part.unreadable.values()
    ]
    named = {name for _, name in (*inventory.observed.secrets.present, *inventory.others.present, *inventory.named_by)}
    absent = [f'namespaces "{name}" not found' for name in sorted(selection.missing)]
    absent += [f'secrets "{name}" not found' for name in request.names if name not in named]
    missing = [NotFoundError(message, code=404, reason="NotFound").line for message in absent]
    return tuple(dict.fromkeys((*unreadable, *missing)))


def _looked_at(request: CheckRequest, inventory: Inventory) -> str:
    """How much was looked at: `12 pull secrets of 3 namespaces`."""
    names = [name for _, name in inventory.observed.secrets.present]
    secrets = sum(1 for name in names if not request.names or name in request.names)
    namespaces = len(inventory.observed.selection.names) - len(inventory.observed.selection.missing)
    return f"{counted(secrets, 'pull secret')} of {counted(namespaces, 'namespace')}"


def counted(number: int, noun: str) -> str:
    """A number with its noun: `1 namespace`, `2 namespaces`."""
    return f"{number} {noun}" + ("" if number == 1 else "s")
