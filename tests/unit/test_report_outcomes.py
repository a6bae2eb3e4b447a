"""The outcomes of a run as text: kubectl's lines, the failures, and the summary."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pullsecret.errors import ApiError, ForbiddenError, NotFoundError, RefusedError
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Change, Done, Outcome, Plan
from pullsecret.model.request.command_request import CommandRequest, DryRun, Format, Output
from pullsecret.report.outcomes import report_outcomes

GOOD = Outcome(kind=Kind.SECRET, namespace="a", name="regcred", done=Done.CREATED)
ACCOUNT = Outcome(kind=Kind.SERVICE_ACCOUNT, namespace="a", name="default", done=Done.PATCHED)
NAMESPACE = Outcome(kind=Kind.NAMESPACE, namespace="a", name="a", done=Done.CREATED)


def plan_for(outcomes: list[Outcome], **rest: tuple[str, ...]) -> Plan:
    changes = [Change(kind=item.kind, namespace=item.namespace, name=item.name) for item in outcomes]
    return Plan(sequences=tuple((change,) for change in changes), notes=rest.get("notes", ()))


def reported(
    capsys: pytest.CaptureFixture[str], outcomes: list[Outcome], output: Output | None = None
) -> tuple[str, str, bool]:
    is_good = report_outcomes(plan_for(outcomes), outcomes, CommandRequest(output=output or Output()))
    captured = capsys.readouterr()
    return captured.out, captured.err, is_good


LINES = {
    "secret": (GOOD, "secret/regcred created in namespace a\n"),
    "service-account": (ACCOUNT, "serviceaccount/default patched in namespace a\n"),
    "namespace": (NAMESPACE, "namespace/a created\n"),
    "unchanged": (replace(GOOD, done=Done.UNCHANGED), "secret/regcred unchanged in namespace a\n"),
    "configured": (replace(GOOD, done=Done.CONFIGURED), "secret/regcred configured in namespace a\n"),
    "replaced": (replace(GOOD, done=Done.REPLACED), "secret/regcred replaced in namespace a\n"),
}


@pytest.mark.parametrize(("outcome", "line"), LINES.values(), ids=LINES.keys())
def test_good_outcome_is_a_line_on_stdout(capsys: pytest.CaptureFixture[str], outcome: Outcome, line: str) -> None:
    assert reported(capsys, [outcome]) == (line, "", True)


SUFFIXES = {DryRun.NONE: "", DryRun.CLIENT: " (dry run)", DryRun.SERVER: " (server dry run)"}


@pytest.mark.parametrize(("mode", "suffix"), SUFFIXES.items(), ids=[mode.value for mode in SUFFIXES])
def test_dry_run_ends_the_line(capsys: pytest.CaptureFixture[str], mode: DryRun, suffix: str) -> None:
    out, _, _ = reported(capsys, [GOOD, NAMESPACE], Output(dry_run=mode))

    assert out == f"secret/regcred created in namespace a{suffix}\nnamespace/a created{suffix}\n"


def test_names_are_resource_and_name(capsys: pytest.CaptureFixture[str]) -> None:
    out, _, _ = reported(capsys, [GOOD, ACCOUNT], Output(format=Format.NAME))

    assert out == "secret/regcred\nserviceaccount/default\n"


FAILURES = {
    "server": (
        ForbiddenError('secrets "x" is forbidden: no', code=403, reason="Forbidden"),
        'Error from server (Forbidden): secrets "x" is forbidden: no in namespace a\n',
    ),
    "named-already": (
        RefusedError('secrets "x" already exists in namespace a and is not ours'),
        'error: secrets "x" already exists in namespace a and is not ours\n',
    ),
    "without-reason": (ApiError("no", code=418, reason=""), "Error from server: no in namespace a\n"),
    "with-a-hint": (
        NotFoundError('namespaces "a" not found', code=404, reason="NotFound", hint="make it"),
        'Error from server (NotFound): namespaces "a" not found\nmake it\n',
    ),
}


@pytest.mark.parametrize(("error", "lines"), FAILURES.values(), ids=FAILURES.keys())
def test_failure_is_reported_on_stderr_with_its_namespace(
    capsys: pytest.CaptureFixture[str], error: ApiError, lines: str
) -> None:
    assert reported(capsys, [replace(GOOD, done=Done.FAILED, error=error)]) == ("", lines, False)


def test_summary_counts_namespaces_by_the_worst_outcome(capsys: pytest.CaptureFixture[str]) -> None:
    refused = RefusedError("no")
    ends = [
        GOOD,
        ACCOUNT,
        replace(GOOD, namespace="b", done=Done.UNCHANGED),
        replace(ACCOUNT, namespace="b"),
        replace(GOOD, namespace="c", done=Done.UNCHANGED),
        replace(GOOD, namespace="d", done=Done.FAILED, error=refused),
        replace(ACCOUNT, namespace="d", done=Done.SKIPPED),
        replace(GOOD, namespace="e", done=Done.SKIPPED),
        replace(GOOD, namespace="f", done=Done.UNKNOWN),
    ]

    _, err, is_good = reported(capsys, ends)

    assert err.splitlines()[-1] == ("6 namespaces: 1 created, 1 patched, 1 unchanged, 1 failed, 1 skipped, 1 unknown")
    assert not is_good


def test_one_namespace_has_no_summary(capsys: pytest.CaptureFixture[str]) -> None:
    _, err, _ = reported(capsys, [NAMESPACE, GOOD, ACCOUNT])

    assert err == ""


def test_skipped_changes_are_reported_with_their_namespaces(capsys: pytest.CaptureFixture[str]) -> None:
    ends = [replace(GOOD, namespace=f"n{number:02}", done=Done.SKIPPED) for number in range(12)]

    _, err, _ = reported(capsys, ends)

    names = ", ".join(f"n{number:02}" for number in range(10))
    assert err.splitlines()[0] == f"note: skipped secret/regcred in namespaces {names} and 2 more"


def test_empty_plan_is_reported(capsys: pytest.CaptureFixture[str]) -> None:
    assert reported(capsys, []) == ("", "note: no namespaces match the selection\n", True)


def test_empty_plan_is_reported_after_warnings_too(capsys: pytest.CaptureFixture[str]) -> None:
    report_outcomes(plan_for([], notes=("warning: b",)), [], CommandRequest())

    assert capsys.readouterr().err == "warning: b\nnote: no namespaces match the selection\n"


def test_notes_come_first(capsys: pytest.CaptureFixture[str]) -> None:
    report_outcomes(plan_for([GOOD], notes=("note: a", "warning: b")), [GOOD], CommandRequest())

    assert capsys.readouterr().err == "note: a\nwarning: b\n"
