"""The part of a cluster: how it is in numbers, and a section for each question."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.check.rule import Severity
from pullsecret.model.cluster_report.matrix import PullState
from pullsecret.model.results.copy_standing import CopyStanding
from pullsecret.report.html.copies import copies_part
from pullsecret.report.html.findings import findings_part, owners_part, unread_part
from pullsecret.report.html.markup import Markup, element, joined_markup
from pullsecret.report.html.pulls import pulls_part
from pullsecret.report.html.secrets import credentials_part, secrets_part
from pullsecret.report.html.tables import TableColumn, data_table, number_cell, table_row
from pullsecret.report.html.timeline import AHEAD

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from pullsecret.model.cluster_report.report import ReportedCluster


@dataclass(frozen=True, kw_only=True)
class ReportSection:
    """A section of a cluster's part, with its place in the page and that of the cluster."""

    anchor: str
    cluster: str
    title: str
    content: Markup

    @property
    def markup(self) -> Markup:
        """The section as a part of the page."""
        title = element("h3", self.title, id=f"{self.anchor}-title")
        labels = f"{self.cluster}-title {self.anchor}-title"
        return element("section", title, self.content, id=self.anchor, aria_labelledby=labels)


@dataclass(frozen=True, kw_only=True)
class _Tile:
    """A number of a cluster, with the section that has more of it."""

    number: int
    label: str
    section: str
    kind: str


def cluster_title(cluster: ReportedCluster) -> str:
    """What a cluster is called: its context, or its server where it has none."""
    return cluster.context or cluster.server or "This cluster"


def cluster_sections(cluster: ReportedCluster, prefix: str, now: datetime) -> tuple[ReportSection, ...]:
    """The sections in the order of the page; none for a cluster that could not be read."""
    if cluster.error:
        return ()
    parts = (
        ("pulls", "What pulls from where", pulls_part(cluster)),
        ("findings", "Findings", findings_part(cluster)),
        ("credentials", "Credentials and their expiry", credentials_part(cluster, now)),
        ("copies", "Copies and their sources", copies_part(cluster.copy_groups)),
        ("secrets", "Pull secrets", secrets_part(cluster.secrets, now)),
        ("owners", "Who manages what", owners_part(cluster.owners)),
        ("unread", "What could not be read", unread_part(cluster.unread, cluster.notes)),
    )
    return tuple(
        ReportSection(anchor=f"{prefix}-{name}", cluster=prefix, title=title, content=content)
        for name, title, content in parts
    )


def cluster_part(cluster: ReportedCluster, prefix: str, sections: tuple[ReportSection, ...], now: datetime) -> Markup:
    """A cluster with its heading, its numbers and its sections."""
    title = element("h2", cluster_title(cluster), id=f"{prefix}-title")
    server = element("p", f"API server {cluster.server}", class_="muted") if cluster.server else Markup()
    content = (
        (element("p", f"It could not be read: {cluster.error}", class_="notice"),)
        if cluster.error
        else (_tiles(cluster, prefix, now), *(section.markup for section in sections))
    )
    return element("section", title, server, *content, id=prefix, class_="cluster", aria_labelledby=f"{prefix}-title")


def clusters_table(parts: Sequence[tuple[ReportedCluster, str]], now: datetime) -> Markup:
    """The numbers of several clusters, one below the other, with links to their parts."""
    labels = [tile.label for tile in _numbers(parts[0][0], now)]
    columns = [TableColumn(header="Cluster"), *(TableColumn(header=label, sort="number") for label in labels)]
    return data_table("Clusters", columns, [_cluster_row(cluster, prefix, now) for cluster, prefix in parts])


def _cluster_row(cluster: ReportedCluster, prefix: str, now: datetime) -> Markup:
    link = element("a", cluster_title(cluster), href=f"#{prefix}")
    if not cluster.error:
        return table_row(link, *(number_cell(tile.number, tile.kind) for tile in _numbers(cluster, now)))
    name = joined_markup((link, element("small", " could not be read")))
    return table_row(name, *(element("td") for _ in _numbers(cluster, now)))


def _tiles(cluster: ReportedCluster, prefix: str, now: datetime) -> Markup:
    items = (
        element(
            "li",
            element("a", element("b", f"{tile.number:,}"), f" {tile.label}", href=f"#{prefix}-{tile.section}"),
            class_=tile.kind if tile.number else None,
        )
        for tile in _numbers(cluster, now)
    )
    return element("ul", *items, class_="tiles")


def _numbers(cluster: ReportedCluster, now: datetime) -> Iterator[_Tile]:
    states = [cell.state for cell in cluster.cells if cell.is_used]
    standings = [secret.standing for secret in cluster.secrets if secret.standing is not None]
    ends = [expiry.expires for expiry in cluster.expiries]
    severities = [finding.severity for finding in cluster.findings for _ in finding.namespaces or ("",)]
    yield _Tile(number=len(cluster.namespaces), label="namespaces", section="pulls", kind="")
    yield _Tile(number=states.count(PullState.BROKEN), label="cannot pull", section="pulls", kind="broken")
    yield _Tile(number=states.count(PullState.UNKNOWN), label="unknown pulls", section="pulls", kind="unknown")
    yield _Tile(number=severities.count(Severity.ERROR), label="errors", section="findings", kind="broken")
    yield _Tile(number=severities.count(Severity.WARNING), label="warnings", section="findings", kind="unknown")
    yield _Tile(number=sum(end <= now for end in ends), label="expired", section="credentials", kind="broken")
    soon = sum(now < end <= now + AHEAD for end in ends)
    yield _Tile(number=soon, label=f"expire in {AHEAD.days} days", section="credentials", kind="unknown")
    stale = sum(standing is not CopyStanding.CURRENT for standing in standings)
    yield _Tile(number=stale, label="copies not up to date", section="copies", kind="unknown")
    yield _Tile(number=len(cluster.secrets), label="pull secrets", section="secrets", kind="")
    yield _Tile(number=len(cluster.unread), label="not read", section="unread", kind="unknown")
