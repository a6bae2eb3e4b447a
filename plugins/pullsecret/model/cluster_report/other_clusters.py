"""The sources of copies in other clusters, by the contexts of those that are in the report, too."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pullsecret.model.cluster_report.report import ReportedCluster
    from pullsecret.model.cluster_report.reported_secret import ReportedSecret

ANOTHER_CLUSTER: Final = "another cluster"


def with_contexts(clusters: Iterable[ReportedCluster]) -> tuple[ReportedCluster, ...]:
    """The clusters, with the context of a source's cluster instead of its identity."""
    found = tuple(clusters)
    contexts = {cluster.identity: cluster.context for cluster in found if cluster.identity}
    return tuple(
        replace(cluster, secrets=tuple(_with_context(secret, contexts) for secret in cluster.secrets))
        for cluster in found
    )


def _with_context(secret: ReportedSecret, contexts: Mapping[str, str]) -> ReportedSecret:
    if secret.origin is None or not secret.origin.cluster:
        return secret
    context = contexts.get(secret.origin.cluster) or ANOTHER_CLUSTER
    return replace(secret, origin=replace(secret.origin, cluster=context))
