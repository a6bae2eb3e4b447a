"""The steps of `report`: each cluster is read as by any other command, and one page has them all."""

from __future__ import annotations

from contextlib import ExitStack, closing
from typing import TYPE_CHECKING

from pullsecret import __version__
from pullsecret.actions.composed import cluster_report as action
from pullsecret.model.cluster_report.other_clusters import with_contexts
from pullsecret.model.cluster_report.report import ClusterReport, ReportedCluster
from pullsecret.model.cluster_report.scope import report_command, scope_of
from pullsecret.model.go.printable import printable
from pullsecret.pipeline.clusters import look_at_all
from pullsecret.pipeline.members import open_members
from pullsecret.pipeline.run import located, open_cluster
from pullsecret.report.clusters import print_cluster_error
from pullsecret.report.html.page import html_page
from pullsecret.report.streams import print_block, print_messages

if TYPE_CHECKING:
    from pullsecret.actions.composed.cluster_report import ReportRequest
    from pullsecret.cluster.client import Cluster
    from pullsecret.model.cluster_report.reported_cluster import ReportPart
    from pullsecret.model.request.command_request import Output


def report_clusters_as_page(request: ReportRequest) -> int:
    """Print the page; 0 if all that was asked for could be read, else 1: the page says what is missing.

    Raises:
        PullSecretError: the cluster, or every cluster for the same reason, could not be read.
    """
    parts = _read_several(request) if request.targets.contexts.is_given else [_read_one(request)]
    report = ClusterReport(
        created=request.now,
        version=__version__,
        command=report_command(request.targets, request.style),
        scope=scope_of(request.targets),
        clusters=with_contexts(cluster for cluster, _ in parts),
    )
    print_block(html_page(report))
    return 0 if all(is_whole for _, is_whole in parts) else 1


def _look(request: ReportRequest, cluster: Cluster) -> ReportPart:
    return action.plan(request, action.observe(request, cluster))


def _read_one(request: ReportRequest) -> tuple[ReportedCluster, bool]:
    with closing(open_cluster(request)) as cluster:
        found = _look(request, cluster)
        output = located(request, cluster).output
    return _with_messages(found, output)


def _read_several(request: ReportRequest) -> list[tuple[ReportedCluster, bool]]:
    with ExitStack() as opened:
        seen = look_at_all(_look, open_members(request, opened, lambda _: None))
    parts = []
    for one in seen:
        if one.found is not None:
            parts.append(_with_messages(one.found, one.request.output))
            continue
        print_cluster_error(one.error, one.request.output)
        reason = printable(one.error.line.removeprefix("error: ")) if one.error else ""
        parts.append((ReportedCluster(context=one.request.output.context, error=reason), False))
    return parts


def _with_messages(found: ReportPart, output: Output) -> tuple[ReportedCluster, bool]:
    """The cluster, and whether all that was asked for could be read; what could not is on stderr."""
    print_messages((*found.notes, *found.failures), output)
    return found.cluster, not found.failures
