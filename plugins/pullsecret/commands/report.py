"""kubectl pullsecret report."""

from __future__ import annotations

from typing import Annotated

from pullsecret.commands import flags
from pullsecret.commands.flag_groups import FlagGroup
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.model.request.targets import Targets


def report(
    *,
    program: Annotated[str, FlagGroup(flags.program)],
    targets: Annotated[Targets, FlagGroup(flags.targets)],
    connection: Annotated[ConnectionFlags, FlagGroup(flags.connection)],
) -> int:
    """Print one HTML page about the pull secrets of a cluster or several.

    The page shows which namespaces pull from which registries and with which credentials, the copies of secrets, which
    credentials expire when, the findings of `check`, who manages what, and what was not allowed to be read. It is one
    file that loads nothing, and can be read without JavaScript and printed. Passwords are never in it.

    Nothing is written, and no registry is contacted. Exit status 1 means that something that was asked for could not be
    read; the page says what.

    Examples:
      # The whole cluster
      {prog} report -A > report.html
      # The namespaces of two teams
      {prog} report -n team-a,team-b > report.html
      # All production clusters on one page
      {prog} report -A --contexts 'prod-*' > report.html
    """
    from pullsecret.actions.composed.cluster_report import ReportRequest
    from pullsecret.pipeline.cluster_report import report_clusters_as_page

    return report_clusters_as_page(ReportRequest(program=program, targets=targets, connection=connection))
