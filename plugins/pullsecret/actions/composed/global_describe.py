"""Describe OpenShift's global pull secret: its entries, those that the cluster needs, and the findings of `check`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.actions.composed.global_check import findings_about_secrets
from pullsecret.actions.composed.global_reads import GlobalView, read_global_view
from pullsecret.actions.list import row_of
from pullsecret.model.check.description import Description, Descriptions
from pullsecret.model.objects.objects import name_of, namespace_of
from pullsecret.model.openshift.global_secrets import ADDITIONAL_PULL_SECRET, MERGED_PULL_SECRET, ORIGINAL_PULL_SECRET

if TYPE_CHECKING:
    from pullsecret.actions.composed.describe import DescribeRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.check.rule import Finding
    from pullsecret.model.plan.observed import Key

_NODES: Final = "nodes, for the pods of all namespaces"
_USERS: Final = {
    ADDITIONAL_PULL_SECRET: f"secret/{MERGED_PULL_SECRET[1]}, under keys that the original one does not have",
    ORIGINAL_PULL_SECRET: f"secret/{MERGED_PULL_SECRET[1]}, and nodes while that one does not exist",
}
"""What uses the secrets of a hosted control plane, other than the nodes."""


def observe(_request: DescribeRequest, cluster: Cluster) -> GlobalView:
    """Read the secrets that the global one is made of."""
    return read_global_view(cluster)


def plan(request: DescribeRequest, view: GlobalView) -> Descriptions:
    """Describe each secret."""
    findings: dict[Key, list[Finding]] = {}
    for finding in findings_about_secrets(view, request.now):
        findings.setdefault((finding.namespace, finding.secret_name), []).append(finding)
    items = tuple(
        Description(
            row=row_of(secret, ()),
            users=(_USERS.get((namespace_of(secret), name_of(secret)), _NODES),),
            findings=tuple(findings.get((namespace_of(secret), name_of(secret)), ())),
        )
        for secret in view.secrets.present.values()
    )
    return Descriptions(items=items, notes=view.notes, failures=view.failures)
