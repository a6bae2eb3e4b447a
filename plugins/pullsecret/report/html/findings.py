"""What `check` found, who manages what, and what could not be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.rule import Severity
from pullsecret.report.html.markup import Markup, element, joined_markup
from pullsecret.report.html.tables import (
    TableColumn,
    data_table,
    names_cell,
    number_cell,
    table_row,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.cluster_report.owned_objects import OwnedObject, OwnerSummary
    from pullsecret.model.cluster_report.report import ReportedCluster, ReportedFinding, ReportedRule, Unread

_SEVERITIES = tuple(severity.value for severity in Severity)

_COLORS = {Severity.ERROR: "broken", Severity.WARNING: "unknown", Severity.INFO: "none"}

_COLUMNS = (
    TableColumn(header="Severity", sort="order", order=_SEVERITIES, is_choice=True),
    TableColumn(header="Code"),
    TableColumn(header="Object"),
    TableColumn(header="Problem"),
    TableColumn(header="Namespaces"),
    TableColumn(header="To fix"),
)


def findings_part(cluster: ReportedCluster) -> Markup:
    """The findings, the errors first, and what their codes mean."""
    if not cluster.findings:
        return element("p", "No problem was found.")
    rows = [
        _finding_row(finding)
        for finding in sorted(cluster.findings, key=lambda one: _SEVERITIES.index(one.severity.value))
    ]
    return joined_markup((data_table("Findings", _COLUMNS, rows), _meanings(cluster.rules)), "\n")


def _finding_row(finding: ReportedFinding) -> Markup:
    mark = element("span", finding.severity.value, class_=f"mark {_COLORS[finding.severity]}")
    problem = f"{', '.join(finding.registries)}: {finding.message}" if finding.registries else finding.message
    return table_row(
        mark,
        finding.code,
        finding.subject,
        problem,
        names_cell(finding.namespaces),
        _fix(finding),
    )


def _fix(finding: ReportedFinding) -> Markup:
    """The command, with the namespace where it is for one of several only; or what to do, in words."""
    if not finding.command:
        return joined_markup((finding.advice,))
    command = element("code", finding.command)
    return (
        joined_markup((f"in namespace {finding.command_namespace}: ", command))
        if finding.command_namespace
        else command
    )


def _meanings(rules: Sequence[ReportedRule]) -> Markup:
    terms = (
        joined_markup((element("dt", f"{rule.code} {rule.title}"), element("dd", rule.explanation))) for rule in rules
    )
    return element("details", element("summary", "What the codes mean"), element("dl", *terms)) if rules else Markup()


_OWNER_COLUMNS = (
    TableColumn(header="Managed by"),
    TableColumn(header="Objects", sort="number"),
    TableColumn(header="Which"),
    TableColumn(header="After a change by others"),
    TableColumn(header="Where to change it"),
)


def owners_part(owners: Sequence[OwnerSummary]) -> Markup:
    """Who manages secrets and the lists of service accounts, beside people and this program."""
    if not owners:
        return element("p", "No other program manages a pull secret or the list of a service account.")
    rows = [
        table_row(
            owner.party,
            number_cell(len(owner.objects)),
            names_cell([_owned_name(one) for one in owner.objects]),
            owner.prediction,
            owner.advice,
        )
        for owner in owners
    ]
    return data_table("Who manages what", _OWNER_COLUMNS, rows)


def _owned_name(owned: OwnedObject) -> str:
    return f"{owned.subject} in namespace {owned.namespace}"


_UNREAD_COLUMNS = (
    TableColumn(header="What"),
    TableColumn(header="Where"),
    TableColumn(header="So it is not known"),
)


def unread_part(unread: Sequence[Unread], notes: Sequence[str]) -> Markup:
    """What the report lacks because it could not be read."""
    table = data_table("Not read", _UNREAD_COLUMNS, [_unread_row(one) for one in unread]) if unread else Markup()
    lines = element("ul", *(element("li", note) for note in notes)) if notes else Markup()
    nothing = element("p", "Everything that was asked for could be read.") if not unread else Markup()
    return joined_markup((nothing, table, lines), "\n")


def _unread_row(unread: Unread) -> Markup:
    return table_row(unread.what, names_cell(unread.namespaces, empty="all namespaces"), unread.effect)
