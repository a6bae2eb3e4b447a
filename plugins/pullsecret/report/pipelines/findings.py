"""The findings of `check` for CI systems: by object, with their rules."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from pullsecret.model.check.catalogue import RULES
from pullsecret.model.check.rule import Severity
from pullsecret.model.check.typed_fix import typed_fix
from pullsecret.model.request.ci_report import CiLevel, CiObject, CiProblem, CiRule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.check.rule import AnyRule, CheckResult, Finding
    from pullsecret.model.declared.file_line import FileLine
    from pullsecret.model.request.suggested_command import CommandStyle

_LEVELS = {
    Severity.ERROR: CiLevel.ERROR,
    Severity.WARNING: CiLevel.WARNING,
    Severity.INFO: CiLevel.NOTE,
}


def reported_findings(result: CheckResult, style: CommandStyle) -> Iterator[CiObject]:
    """All objects that were checked, with their findings."""
    objects = {
        _key(item.namespace, item.subject, item.place): _object(item.namespace, item.subject, item.place)
        for item in result.objects
    }
    problems: dict[tuple[str, str, str], list[CiProblem]] = {}
    for finding in result.findings:
        key = _key(finding.namespace, finding.subject, finding.place)
        objects.setdefault(key, _object(finding.namespace, finding.subject, finding.place))
        problems.setdefault(key, []).append(_problem(finding, *typed_fix(finding, style)))
    for key, item in objects.items():
        yield replace(item, problems=tuple(problems.get(key, ())))


def _key(namespace: str, subject: str, place: FileLine | None) -> tuple[str, str, str]:
    return place.source.file if place else "", namespace, subject


def _object(namespace: str, subject: str, place: FileLine | None) -> CiObject:
    file, line = (place.source.file, place.source.line) if place else ("", 0)
    return CiObject(namespace=namespace, subject=subject, file=file, line=line)


def _problem(finding: Finding, command: str, advice: str) -> CiProblem:
    return CiProblem(
        rule=_rule(RULES[finding.code]),
        message=finding.sentence,
        level=_LEVELS[finding.severity],
        command=command,
        advice=advice,
        identity=(finding.secret_name, *finding.registries),
        line=finding.place.source.line if finding.place else 0,
    )


def _rule(rule: AnyRule) -> CiRule:
    return CiRule(code=rule.code, title=rule.title, explanation=rule.explanation, level=_LEVELS[rule.severity])
