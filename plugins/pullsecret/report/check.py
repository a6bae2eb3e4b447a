"""The findings of `check` as lines, names or objects, and its exit status."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from pullsecret.model.check.rule import Severity
from pullsecret.model.check.typed_fix import typed_fix
from pullsecret.model.go.printable import Printable, printable
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.request.joined_command import joined
from pullsecret.model.request.suggested_command import CommandStyle, typed
from pullsecret.report.documents import print_items
from pullsecret.report.names import print_names
from pullsecret.report.streams import print_line, print_message, print_messages

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.model.check.rule import CheckResult, Finding
    from pullsecret.model.objects.objects import Object

NOTHING_FOUND, FOUND, INCOMPLETE = 0, 1, 2
"""The exit statuses: as grep has them; an incomplete look is never "found"."""

FEW = 3
"""Up to this many namespaces with the same finding get a line each."""

NAMES_SHOWN = 10


def show(result: CheckResult, output: Output, style: CommandStyle) -> int:
    """Print the result of a check; 0 without errors and warnings, 1 with some, 2 when something could not be read."""
    style = style.within(output)
    print_messages((*result.notes, *result.failures), output)
    if output.is_document:
        items = [finding_object(finding, style) for finding in result.findings]
        print_items("FindingList", items, output, errors=result.failures)
    elif output.is_for_pipelines:
        _print_for_pipelines(result, output, style)
    elif output.format is Format.NAME:
        print_names([(finding.namespace, finding.subject) for finding in result.findings], output)
    else:
        _print_lines(result.findings, output, style)
    if result.findings or not result.failures:
        print_message(Printable(_summary(result, output, style)))
    if result.failures:
        return INCOMPLETE
    return FOUND if any(finding.severity is not Severity.INFO for finding in result.findings) else NOTHING_FOUND


def _print_for_pipelines(result: CheckResult, output: Output, style: CommandStyle) -> None:
    from pullsecret.report.pipelines.findings import reported_findings
    from pullsecret.report.pipelines.print_ci_report import print_ci_report

    objects = reported_findings(result, style)
    print_ci_report("check", objects, output, errors=result.failures, emptiness=f"no findings in {result.scope}")


def finding_object(finding: Finding, style: CommandStyle) -> Object:
    """The item of a FindingList."""
    return finding.as_object(*typed_fix(finding, style))


def _print_lines(findings: Iterable[Finding], output: Output, style: CommandStyle) -> None:
    """A line each, and the fix below; what is true of many namespaces is printed once, and lines of files each."""
    groups: dict[tuple[str, int, str, str], list[Finding]] = {}
    for position, finding in enumerate(findings):
        alone = position if finding.place else -1
        groups.setdefault((finding.code, alone, finding.subject, finding.statement), []).append(finding)
    for group in groups.values():
        whole = _joined_fix(group, style)
        if len(group) <= FEW and whole:
            for finding in group:
                print_line(Printable(f"{_head(finding)} {_sentence(finding, output)}"))
            print_line(Printable.of("  ", whole))
            continue
        if len(group) <= FEW:
            for finding in group:
                print_line(Printable(f"{_head(finding)} {_sentence(finding, output)}"))
                _put_fix("", finding, style)
            continue
        (first, *_), names = group, [finding.namespace for finding in group]
        place = output.located(f"{first.subject} in {len(group)} namespaces")
        print_line(Printable(f"{_head(first)} {place}{first.statement}"))
        print_line(Printable(f"  {_first_names(names)}"))
        if whole:
            print_line(Printable.of("  ", whole))
        else:
            _put_fix(f"for {first.namespace}: ", first, style)


def _joined_fix(group: Sequence[Finding], style: CommandStyle) -> Printable:
    """The one command for several namespaces; "" where each has its own."""
    fixes = [finding.fix for finding in group if finding.fix is not None]
    whole = joined(fixes) if len(fixes) == len(group) > 1 else None
    return typed(whole, style) if whole else Printable("")


def _put_fix(before: str, finding: Finding, style: CommandStyle) -> None:
    command, advice = typed_fix(finding, style)
    if command or advice:
        print_line(Printable.of("  ", before, command or f"to fix: {advice}"))


def _summary(result: CheckResult, output: Output, style: CommandStyle) -> str:
    scope = output.located(result.scope)
    if not result.findings:
        return f"no findings in {scope}"
    counts = Counter(finding.severity for finding in result.findings)
    parts = [severity.counted(counts[severity]) for severity in Severity if counts[severity]]
    code = result.findings[0].code
    return f"{', '.join(parts)} in {scope}. Run '{style.program} check --explain {code}' for details."


def _sentence(finding: Finding, output: Output) -> str:
    place = f" in namespace {finding.namespace}" if finding.namespace else ""
    return f"{_line_of(finding)}{output.located(f'{finding.subject}{place}')}{finding.statement}"


def _line_of(finding: Finding) -> str:
    """Where an object is in a manifest: `deploy.yaml:12: `; "" in a cluster, and for a file as a whole."""
    if finding.place is None:
        return ""
    file = printable(finding.place.file) or "standard input"
    return "" if finding.subject == file else f"{file}:{finding.place.line}: "


def _head(finding: Finding) -> str:
    return f"{finding.severity.value} {finding.code}"


def _first_names(names: Sequence[str]) -> str:
    more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
    return ", ".join(names[:NAMES_SHOWN]) + more
