"""Puts together what the report has of one cluster."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from pullsecret.model.cluster_report.grouped_findings import grouped_findings, rules_of
from pullsecret.model.cluster_report.image_uses import use_by_pod, use_by_template
from pullsecret.model.cluster_report.matrix_cells import matrix_of
from pullsecret.model.cluster_report.pull_verdicts import NamespaceView, NodeCredentials
from pullsecret.model.cluster_report.report import ReportedCluster, ReportedNamespace
from pullsecret.model.cluster_report.reported_secrets import owned_objects, reported_secret
from pullsecret.model.cluster_report.unread_objects import SECRETS, unread_line, unread_objects
from pullsecret.model.objects.objects import Kind, name_of
from pullsecret.model.objects.sources import is_system_namespace
from pullsecret.model.plan.observed import Observed
from pullsecret.model.plan.references import References
from pullsecret.model.request.targets import NO_NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from pullsecret.model.check.description import Description
    from pullsecret.model.check.observed import Inventory
    from pullsecret.model.check.rule import Finding
    from pullsecret.model.cluster_report.image_uses import ImageUse
    from pullsecret.model.cluster_report.matrix_cells import Matrix
    from pullsecret.model.cluster_report.report import Unread
    from pullsecret.model.objects.objects import Object
    from pullsecret.model.request.suggested_command import CommandStyle


@dataclass(frozen=True, kw_only=True)
class SeenCluster:
    """What was read of a cluster: what `check` reads, and more.

    `workloads` are kept as `with_images` does it, with build configs; `references` are the users of secrets.
    `node_secrets` are those that all nodes of OpenShift have, none in other clusters.
    """

    context: str
    server: str
    identity: str
    now: datetime
    inventory: Inventory
    workloads: Mapping[Kind, Observed] = field(default_factory=dict, repr=False)
    references: References = field(default_factory=References)
    node_secrets: Observed = field(default_factory=Observed)

    def is_known(self, namespace: str) -> bool:
        """Whether secrets, service accounts, pods and workloads of a namespace could all be read."""
        return not self.inventory.observed.secrets.error_at((namespace, "")) and self.references.is_known(namespace)


@dataclass(frozen=True, kw_only=True)
class ReportPart:
    """The report on one cluster, and the lines for stderr; `failures` are what was asked for and could not be read."""

    cluster: ReportedCluster
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def report_part(
    seen: SeenCluster, described: Sequence[Description], findings: Sequence[Finding], style: CommandStyle
) -> ReportPart:
    """The report on what was seen, with its secrets as `describe` has them, and the findings of `check`."""
    observed = seen.inventory.observed
    matrix = matrix_of(tuple(_views(seen)))
    unread = unread_objects(seen.inventory, seen.workloads, seen.node_secrets)
    reported = grouped_findings(findings, style)
    cluster = ReportedCluster(
        context=seen.context,
        server=seen.server,
        identity=seen.identity,
        namespaces=tuple(_namespaces(seen)),
        registries=matrix.registries,
        cells=matrix.cells,
        secrets=tuple(map(reported_secret, described)),
        findings=reported,
        rules=rules_of(reported),
        owned=owned_objects(observed.secrets.present.values(), observed.accounts.present.values()),
        unread=unread,
        notes=tuple(_notes(matrix, seen)),
    )
    return ReportPart(cluster=cluster, notes=tuple(_lines(unread, seen)), failures=tuple(_failures(seen)))


def _namespaces(seen: SeenCluster) -> Iterator[ReportedNamespace]:
    selection = seen.inventory.observed.selection
    for name in selection.names:
        error = selection.error_at(name)
        yield ReportedNamespace(
            name=name,
            is_system=is_system_namespace(name),
            is_known=error is None and seen.is_known(name),
            problem=error.message if error else "",
        )


def _views(seen: SeenCluster) -> Iterator[NamespaceView]:
    observed = seen.inventory.observed
    nodes = NodeCredentials(
        secrets=tuple(seen.node_secrets.present.values()),
        is_known=not seen.node_secrets.unreadable,
        mirrors=seen.inventory.mirrors,
        mirror_config=seen.inventory.node_credentials,
    )
    for namespace in observed.selection.usable:
        accounts = {name_of(item): item for item in observed.accounts.in_namespace(namespace)}
        yield NamespaceView(
            namespace=namespace,
            now=seen.now,
            secrets={name_of(item): item for item in observed.secrets.in_namespace(namespace)},
            accounts=accounts,
            uses=tuple(_uses(namespace, seen, accounts)),
            are_secrets_known=not observed.secrets.error_at((namespace, "")),
            nodes=nodes,
        )


def _uses(namespace: str, seen: SeenCluster, accounts: Mapping[str, Object]) -> Iterator[ImageUse]:
    observed = seen.inventory.observed
    are_known = not observed.accounts.error_at((namespace, ""))
    for pods in (observed.pods, seen.inventory.pending):
        yield from (use_by_pod(pod, accounts) for pod in pods.in_namespace(namespace))
    for kind, read in seen.workloads.items():
        found = partial(use_by_template, kind, accounts=accounts, are_accounts_known=are_known)
        yield from filter(None, map(found, read.in_namespace(namespace)))


def _notes(matrix: Matrix, seen: SeenCluster) -> Iterator[str]:
    """What the reader of the report should know, without what could not be read."""
    for name, registries in matrix.joined.items():
        yield f"in the column {name}, nothing uses any of {', '.join(registries)}"
    if matrix.left_out:
        yield f"{matrix.left_out} more registries, which fewer namespaces use, are not in the matrix"
    if skipped := seen.inventory.observed.selection.skipped:
        yield f"namespaces that are terminating are left out: {', '.join(skipped)}"


def _lines(unread: Iterable[Unread], seen: SeenCluster) -> Iterator[str]:
    """The lines for stderr, without those about secrets, which are failures."""
    observed = seen.inventory.observed
    yield from observed.notes
    if not observed.selection.names:
        yield NO_NAMESPACES
    for one in unread:
        if one.what != SECRETS:
            yield unread_line(one)
    yield from seen.inventory.mirror_notes


def _failures(seen: SeenCluster) -> Iterator[str]:
    """What was asked for and could not be read, in the server's words."""
    observed = seen.inventory.observed
    errors = (*observed.selection.failures, *observed.secrets.unreadable.values())
    yield from dict.fromkeys(error.line for error in errors)
