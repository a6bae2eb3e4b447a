"""The outcomes of a run as text: kubectl's lines, the failures, and the summary."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from documents import document_in
from pullsecret.errors import ApiError, ForbiddenError, NotFoundError, RefusedError
from pullsecret.model.objects.objects import Kind
from pullsecret.model.plan.change import Change, Done, Outcome, Plan
from pullsecret.model.request.command_request import CommandRequest, DryRun, Format, Output
from pullsecret.report.outcomes import report_outcomes

if TYPE_CHECKING:
    from collections.abc import Iterator

GOOD = Outcome(kind=Kind.SECRET, namespace="a", name="regcred", done=Done.CREATED)
ACCOUNT = Outcome(kind=Kind.SERVICE_ACCOUNT, namespace="a", name="default", done=Done.PATCHED)
NAMESPACE = Outcome(kind=Kind.NAMESPACE, namespace="a", name="a", done=Done.CREATED)


def plan_for(outcomes: list[Outcome], **rest: tuple[str, ...]) -> Plan:
    changes = [Change(kind=item.kind, namespace=item.namespace, name=item.name) for item in outcomes]
    return Plan(sequences=tuple((change,) for change in changes), notes=rest.get("notes", ()))


def reported(
    capsys: pytest.CaptureFixture[str], outcomes: list[Outcome], output: Output | None = None
) -> tuple[str, str, bool]:
    is_good = report_outcomes(plan_for(outcomes), [outcomes], CommandRequest(output=output or Output()))
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


NAMES = {
    "one-namespace": (False, "secret/regcred\nserviceaccount/default\n"),
    "several": (True, "a secret/regcred\na serviceaccount/default\n"),
}


@pytest.mark.parametrize(("spans_namespaces", "lines"), NAMES.values(), ids=NAMES.keys())
def test_names_have_their_namespace_where_there_may_be_several(
    capsys: pytest.CaptureFixture[str], spans_namespaces: bool, lines: str
) -> None:
    out, _, _ = reported(capsys, [GOOD, ACCOUNT], Output(format=Format.NAME, spans_namespaces=spans_namespaces))

    assert out == lines


def test_outcomes_are_reported_in_the_order_of_the_plan_whichever_ends_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    refused = RefusedError("no")
    dones = (Done.CREATED, *[Done.FAILED] * 4, Done.UNCHANGED)
    planned = [
        replace(GOOD, namespace=f"n{number}", done=done, error=refused if done is Done.FAILED else None)
        for number, done in enumerate(dones)
    ]
    seen: list[str] = []

    def ending() -> Iterator[list[Outcome]]:
        for number in (4, 2, 0, 5, 1, 3):
            yield [planned[number]]
            seen.append(capsys.readouterr().out)

    report_outcomes(plan_for(planned), ending(), CommandRequest())

    created, unchanged = (
        f"secret/regcred {word}\n" for word in ("created in namespace n0", "unchanged in namespace n5")
    )
    assert seen == ["", "", created, "", "", unchanged]
    assert capsys.readouterr().err.startswith("error: 4 namespaces: no\n  n1, n2, n3, n4\n")


def test_document_has_an_item_for_each_change(capsys: pytest.CaptureFixture[str]) -> None:
    ends = [
        NAMESPACE,
        replace(GOOD, done=Done.FAILED, error=RefusedError("no", hint="use another name")),
        replace(ACCOUNT, done=Done.SKIPPED),
        replace(GOOD, namespace="b", done=Done.UNKNOWN, note="kept in secret/y"),
        replace(ACCOUNT, namespace="b", done=Done.SKIPPED),
    ]

    out, err, is_good = reported(capsys, ends, Output(format=Format.JSON, dry_run=DryRun.SERVER, context="prod"))

    document = document_in(out)
    assert [(item["kind"], item["result"], item["message"]) for item in document["items"]] == [
        ("Namespace", "created", ""),
        ("Secret", "failed", "no\nuse another name"),
        ("ServiceAccount", "skipped", "skipped because an earlier change in the namespace failed"),
        ("Secret", "unknown", "kept in secret/y"),
        ("ServiceAccount", "skipped", "skipped because the run was interrupted"),
    ]
    assert {item["context"] for item in document["items"]} == {"prod"}
    assert (document["dryRun"], document["summary"]["skipped"], is_good) == ("server", 2, False)
    assert err.splitlines()[-1] == "2 namespaces: 1 failed, 1 unknown (server dry run)"


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
    report_outcomes(plan_for([GOOD], notes=("note: a", "warning: b")), [[GOOD]], CommandRequest())

    assert capsys.readouterr().err == "note: a\nwarning: b\n"


def test_namespace_whose_secret_was_deleted_counts_as_deleted(capsys: pytest.CaptureFixture[str]) -> None:
    ends = [replace(one, namespace=place) for place in "ab" for one in (ACCOUNT, replace(GOOD, done=Done.DELETED))]

    _, err, _ = reported(capsys, ends)

    assert err.splitlines()[-1] == "2 namespaces: 2 deleted"
