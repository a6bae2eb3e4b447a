"""Report on a cluster's pull secrets: what `check` and `describe` know, and which namespaces pull from where."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import partial
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pullsecret.actions import check
from pullsecret.actions.list import row_of
from pullsecret.cluster.build_reads import read_build_users
from pullsecret.cluster.bulk_read import read_all_in, read_one_by_one
from pullsecret.cluster.identity import read_identity
from pullsecret.cluster.target_namespaces import TargetNamespaces
from pullsecret.model.check.description import Description
from pullsecret.model.check.origin_standing import origin_standing
from pullsecret.model.cluster_report.image_uses import with_images
from pullsecret.model.cluster_report.reported_cluster import ReportPart, SeenCluster, report_part
from pullsecret.model.objects.objects import Kind, Object
from pullsecret.model.objects.pullsecret import OTHER_CLUSTER
from pullsecret.model.objects.secret_uses import POD_SPECS
from pullsecret.model.openshift.builds import is_of_openshift
from pullsecret.model.openshift.global_secrets import SECRETS_OF_NODES
from pullsecret.model.plan.observed import Key, Observed
from pullsecret.model.plan.references import known_references, with_uses
from pullsecret.model.request.command_request import CommandRequest
from pullsecret.model.request.suggested_command import CommandStyle

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.cluster.client import Cluster
    from pullsecret.model.check.observed import Inventory
    from pullsecret.model.plan.references import References


@dataclass(frozen=True, kw_only=True)
class ReportRequest(CommandRequest):
    """What to report on, `program` as commands to paste have it, and the time that dates are compared with."""

    program: str = ""
    now: datetime = field(default_factory=lambda: datetime.now(UTC))

    @property
    def checking(self) -> check.CheckRequest:
        """What `check` would be asked about the same namespaces."""
        return check.CheckRequest(now=self.now, targets=self.targets, output=self.output, connection=self.connection)

    @property
    def style(self) -> CommandStyle:
        """How commands to paste are written."""
        return CommandStyle(program=self.program, connection=self.connection).within(self.output)


def observe(request: ReportRequest, cluster: Cluster) -> SeenCluster:
    """Read what `check` reads, a LIST for each kind of workload, and what else tells how images are pulled."""
    namespaces = TargetNamespaces(cluster, request.targets)
    reads = {
        kind: namespaces.start(partial(read_all_in, cluster, kind, keep=partial(with_images, kind)))
        for kind in POD_SPECS
    }
    inventory = check.read_inventory(request.checking, cluster, namespaces)
    workloads = {kind: read.result() for kind, read in reads.items()}
    workloads[Kind.BUILD_CONFIG] = read_build_users(cluster, inventory.observed.accounts)
    return SeenCluster(
        context=cluster.context,
        server=urlsplit(cluster.server).netloc.rpartition("@")[2],
        identity=_read_identity(request, cluster),
        now=request.now,
        inventory=inventory,
        workloads=workloads,
        references=_references(inventory, workloads),
        node_secrets=_read_node_secrets(cluster, inventory),
    )


def _references(inventory: Inventory, workloads: Mapping[Kind, Observed]) -> References:
    observed = inventory.observed
    pods = {**observed.pods.present, **inventory.pending.present}
    kept = {key: with_uses(Kind.POD, pod) for key, pod in pods.items()}
    users = {**workloads, Kind.POD: replace(observed.pods, present=kept)}
    return known_references(users, observed.accounts)


def _read_identity(request: ReportRequest, cluster: Cluster) -> str:
    """Read what tells the cluster from others, if several are in the report; "" if it is not known."""
    found = read_identity(cluster) if request.output.spans_contexts else OTHER_CLUSTER
    return "" if found == OTHER_CLUSTER else found


def _read_node_secrets(cluster: Cluster, inventory: Inventory) -> Observed:
    """Read the secrets that all nodes of OpenShift have, where a cluster seems to be one."""
    observed = inventory.observed
    if not is_of_openshift(observed.accounts.present.values()):
        return Observed()
    known = {key: item for key in SECRETS_OF_NODES if (item := observed.secrets.present.get(key))}
    absent = [key for key in SECRETS_OF_NODES if key[0] not in observed.selection.usable]
    read = read_one_by_one(cluster, Kind.SECRET, absent)
    return replace(read, present={**known, **read.present})


def plan(request: ReportRequest, seen: SeenCluster) -> ReportPart:
    """The report on the cluster, with the findings of `check`."""
    findings = check.plan(request.checking, seen.inventory).findings
    found = {**seen.inventory.observed.secrets.present, **seen.inventory.siblings.present}
    described = tuple(_described(found[key], key, seen) for key in sorted(found))
    return report_part(seen, described, findings, request.style)


def _described(secret: Object, key: Key, seen: SeenCluster) -> Description:
    return Description(
        row=row_of(secret, seen.references.accounts.get(key, ())),
        origin=origin_standing(secret, seen.inventory),
        users=seen.references.workloads.get(key, ()),
        is_all_known=seen.references.is_known(key[0]),
    )
