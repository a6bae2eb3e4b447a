"""The findings of check as the report shows them: what is the same in many namespaces is there once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.catalogue import RULES
from pullsecret.model.check.rule import Severity
from pullsecret.model.check.typed_fix import typed_fix
from pullsecret.model.cluster_report.report import ReportedFinding, ReportedRule
from pullsecret.model.go.printable import printable
from pullsecret.model.request.joined_command import joined
from pullsecret.model.request.suggested_command import typed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from pullsecret.model.check.rule import Finding
    from pullsecret.model.request.suggested_command import CommandStyle

_FEW = 3
"""Up to so many namespaces with the same finding have one each, where no command is for all of them."""

_SEVERITY = {severity: position for position, severity in enumerate(Severity)}


def grouped_findings(findings: Iterable[Finding], style: CommandStyle) -> tuple[ReportedFinding, ...]:
    """The findings by severity and code, those of the same object in many namespaces as one."""
    groups: dict[tuple[str, str, str], list[Finding]] = {}
    for finding in findings:
        groups.setdefault((finding.code, finding.subject, finding.statement), []).append(finding)
    found = [one for group in groups.values() for one in _reported(group, style)]
    return tuple(sorted(found, key=lambda one: (_SEVERITY[one.severity], one.code)))


def _reported(group: Sequence[Finding], style: CommandStyle) -> Iterator[ReportedFinding]:
    fixes = [finding.fix for finding in group if finding.fix is not None]
    whole = joined(fixes) if len(fixes) == len(group) > 1 else None
    if whole is not None and (command := typed(whole, style)):
        yield _of(group, str(command), "", "")
        return
    is_same = len({typed_fix(finding, style) for finding in group}) == 1
    parts = [group] if is_same or len(group) > _FEW else [[finding] for finding in group]
    for part in parts:
        fix, advice = typed_fix(part[0], style)
        yield _of(part, fix, advice, "" if is_same or len(part) == 1 else part[0].namespace)


def _of(group: Sequence[Finding], command: str, advice: str, place: str) -> ReportedFinding:
    first = group[0]
    return ReportedFinding(
        code=first.code,
        severity=first.severity,
        namespaces=tuple(finding.namespace for finding in group),
        subject=printable(first.subject),
        secret_name=printable(first.secret_name),
        message=printable(first.message),
        registries=first.registries,
        command=command,
        command_namespace=place if command else "",
        advice=printable(advice),
    )


def rules_of(findings: Iterable[ReportedFinding]) -> tuple[ReportedRule, ...]:
    """What the codes of these findings mean, each once."""
    rules = [RULES[code] for code in sorted({finding.code for finding in findings})]
    return tuple(
        ReportedRule(code=rule.code, severity=rule.severity, title=rule.title, explanation=rule.explanation)
        for rule in rules
    )
