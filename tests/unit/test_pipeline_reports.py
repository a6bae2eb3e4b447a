"""SARIF and JUnit: valid whatever the names are, the same in the next run, and nothing in them is a link or markup."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest

from hostile_names import HOSTILE, REFUSED
from pipeline_reports import junit_suites, junit_text_of, sarif_place, sarif_run
from pullsecret.model.can_pull.answer import Reason
from pullsecret.model.can_pull.reason_titles import REASON_TITLES
from pullsecret.model.check.rule import CheckedObject, CheckResult, Finding, Severity
from pullsecret.model.declared.file_line import FileLine
from pullsecret.model.doctor.cause_titles import CAUSE_TITLES
from pullsecret.model.doctor.causes import CauseCode
from pullsecret.model.go.printable import is_printable
from pullsecret.model.request.ci_report import (
    CiError,
    CiLevel,
    CiObject,
    CiProblem,
    CiReport,
    CiRule,
)
from pullsecret.model.request.command_request import Format, Output
from pullsecret.model.request.gathered import Gathered
from pullsecret.model.request.suggested_command import CommandStyle, Flag, pullsecret
from pullsecret.report.check import show
from pullsecret.report.pipelines.junit import junit_text
from pullsecret.report.pipelines.print_ci_report import print_gathered_ci_report
from pullsecret.report.pipelines.sarif import sarif_text

if TYPE_CHECKING:
    from collections.abc import Callable

RULE = CiRule(code="PS1", title="A title", explanation="Why {0} it is.", level=CiLevel.ERROR)
FOREIGN = {
    **HOSTILE,
    **REFUSED,
    "element": "</failure><script>alert(1)</script>",
    "section": "]]>&amp;<!--",
    "quotation-marks": '" name="x" \'',
    "link": "[click](https://evil.example)",
    "image": "![](https://evil.example/x.png)",
    "placeholder": "{0} {{1}} }",
    "not-in-xml": "\x00\x08\x0b\x1f\ufffe\uffff",
    "path": "../../etc/passwd",
    "address": "https://evil.example/?a#b",
}


def problem(message: str = "it is wrong", **more: Any) -> CiProblem:  # noqa: ANN401
    return replace(CiProblem(rule=RULE, message=message, level=CiLevel.ERROR), **more)


def run_of(*problems: CiProblem, **more: Any) -> CiReport:  # noqa: ANN401
    item = CiObject(namespace="team", subject="secret/x", problems=problems)
    return CiReport(command="check", objects=(replace(item, **more),))


@pytest.mark.parametrize("text", FOREIGN.values(), ids=FOREIGN)
@pytest.mark.parametrize("file", ["", "charts/{}.yaml"], ids=["cluster", "file"])
def test_names_of_others_are_text(text: str, file: str) -> None:
    item = CiObject(
        context=text,
        namespace=text,
        subject=f"secret/{text}",
        file=file.format(text) if file else "",
        line=1 if file else 0,
        problems=(problem(text, command=f"kubectl get {text}", advice=text, identity=(text,)), problem(text)),
        unknown=text,
    )
    run = CiReport(command="check", objects=(item, item), errors=(CiError(message=text, context=text),))
    sarif, junit = sarif_text(run), junit_text(run)
    for report in (sarif, junit):
        assert report.isascii()
        assert all(is_printable(line) for line in report.split("\n"))
    assert "<script" not in junit
    results = sarif_run(sarif)["results"]
    assert len(results) == 4
    assert not any("](" in result["message"]["text"] for result in results)
    assert "failure" in next(iter(junit_suites(junit).values())).values()


def test_report_in_utf_16_can_be_read() -> None:
    """Windows PowerShell writes a program's output so, with `>`."""
    text = junit_text(run_of(problem("bücher"), namespace="größe"))
    assert junit_suites(text.encode("utf-16"))["größe"] == {"secret/x": "failure"}
    assert "bücher" in junit_text_of(text, "secret/x")


def test_commands_arrive_whole_or_not_at_all() -> None:
    plain, braces = "kubectl get secret x", """kubectl patch x -p '{"a":1}'"""
    run = sarif_run(sarif_text(run_of(problem(command=plain), problem(command=braces), problem(advice="ask"))))
    texts = [result["message"]["text"].split("\n") for result in run["results"]]
    assert [text[1] for text in texts] == [
        f"To fix: {plain}",
        "To fix: the command is in the properties of this result",
        "To fix: ask",
    ]
    assert [result["properties"].get("command") for result in run["results"]] == [plain, braces, None]
    assert braces in junit_text_of(junit_text(run_of(problem(command=braces))), "secret/x")


def test_place_of_a_result() -> None:
    places = {
        "./charts/a b.yaml": ("charts/a b.yaml", 7),
        "/srv/x.yaml": ("file:///srv/x.yaml", 7),
        "../x.yaml": ("../x.yaml", 7),
        "": ("stdin", 7),
    }
    for file, place in places.items():
        (result,) = sarif_run(sarif_text(run_of(problem(line=7), file=file, line=3)))["results"]
        assert sarif_place(result) == place
        location = result["locations"][0]["physicalLocation"]["artifactLocation"]
        assert ("uriBaseId" in location) is (file not in ("", "/srv/x.yaml"))
    (result,) = sarif_run(sarif_text(run_of(problem())))["results"]
    assert sarif_place(result) == ("cluster/team/secret/x", 0)
    (result,) = sarif_run(sarif_text(run_of(problem(), context="a/b")))["results"]
    assert result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "cluster/a%2Fb/team/secret/x"


def test_fingerprint_is_that_of_the_thing_and_not_of_its_line_or_words() -> None:
    def prints(run: CiReport) -> list[str]:
        results = sarif_run(sarif_text(run))["results"]
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]

    (first,) = prints(run_of(problem("it ends in 3 days", line=3), file="x.yaml", line=1))
    assert prints(run_of(problem("it ends in 2 days", line=9), file="x.yaml", line=4)) == [first]
    assert prints(run_of(problem(), problem())) == [one := prints(run_of(problem()))[0], one.replace(":1", ":2")]
    others = (
        run_of(problem(identity=("us.icr.io",))),
        run_of(problem(), namespace="other"),
        run_of(problem(), subject="secret/y"),
        run_of(problem(), context="other"),
        run_of(problem(), file="y.yaml", line=1),
    )
    assert len({one, *(prints(run)[0] for run in others)}) == len(others) + 1


def test_what_is_good_unknown_or_incomplete() -> None:
    good = CiObject(namespace="team", subject="secret/good")
    note = replace(good, subject="secret/note", problems=(problem("a hint", level=CiLevel.NOTE),))
    bad = replace(good, subject="secret/bad", problems=(problem("one", line=2), problem("two")))
    unknown = replace(good, subject="deployment/web", unknown="the image may be public")
    run = CiReport(
        command="can-pull", objects=(good, note, bad, unknown), errors=(CiError(message="secrets is forbidden"),)
    )
    junit = junit_text(run)
    assert junit_suites(junit) == {
        "team": {
            "secret/good": "passed",
            "secret/note": "passed",
            "secret/bad": "failure",
            "deployment/web": "skipped",
        },
        "can-pull: incomplete": {"secrets is forbidden": "error"},
    }
    assert "a hint" in junit_text_of(junit, "secret/note")
    assert "error PS1 (line 2): one\nerror PS1: two" in junit_text_of(junit, "secret/bad")
    assert "one (and 1 more)" in junit_text_of(junit, "secret/bad")
    sarif = sarif_run(sarif_text(run))
    assert [(result["level"], result["message"]["text"]) for result in sarif["results"]] == [
        ("note", "a hint"),
        ("error", "one"),
        ("error", "two"),
    ]
    (invocation,) = sarif["invocations"]
    assert not invocation["executionSuccessful"]
    assert [(item["level"], item["message"]["text"]) for item in invocation["toolExecutionNotifications"]] == [
        ("error", "secrets is forbidden"),
        ("note", "deployment/web in team: the image may be public"),
    ]


def test_nothing_at_all_is_a_test_that_passes() -> None:
    run = CiReport(command="doctor", emptiness="No pods are waiting for an image.")
    assert junit_suites(junit_text(run)) == {"doctor": {"No pods are waiting for an image.": "passed"}}
    sarif = sarif_run(sarif_text(run))
    assert (sarif["results"], sarif["invocations"][0]["executionSuccessful"]) == ([], True)


def test_objects_of_one_name_are_numbered() -> None:
    item = CiObject(namespace="team", subject="pod/x", file="x.yaml", line=1)
    run = CiReport(command="check", objects=(item, replace(item, line=9), replace(item, file="", line=1)))
    assert junit_suites(junit_text(run)) == {
        "x.yaml": {"pod/x": "passed", "pod/x (2)": "passed"},
        "standard input": {"pod/x": "passed"},
    }


def finding(**more: Any) -> Finding:  # noqa: ANN401
    made = Finding(
        code="PS203",
        severity=Severity.ERROR,
        namespace="team",
        subject="secret/x",
        secret_name="x",  # noqa: S106  a name
        message="it is wrong",
        registries=("us.icr.io/v2",),
        fix=pullsecret("delete", "x", Flag("-n", "team")),
    )
    return replace(made, **more)


@pytest.fixture
def shown(capsys: pytest.CaptureFixture[str]) -> Callable[[CheckResult, Format], str]:
    """Prints a result of check in a format, and returns what was on stdout."""

    def print_result(result: CheckResult, form: Format) -> str:
        show(result, Output(format=form), CommandStyle())
        return capsys.readouterr().out

    return print_result


def test_findings_of_check(shown: Callable[[CheckResult, Format], str]) -> None:
    place = FileLine(file="deploy.yaml", line=12)
    result = CheckResult(
        findings=(
            finding(),
            finding(code="PS306", severity=Severity.WARNING, fix=None, advice="ask the owner"),
            finding(code="PS502", subject="pod/late", severity=Severity.INFO),
            finding(namespace="", subject="deployment/web", place=place),
        ),
        objects=(
            CheckedObject(namespace="team", subject="secret/good"),
            CheckedObject(namespace="team", subject="secret/x"),
            CheckedObject(namespace="", subject="deployment/web", place=replace(place, line=3)),
        ),
        failures=("Error from server (Forbidden): no",),
    )
    assert junit_suites(shown(result, Format.JUNIT)) == {
        "team": {"secret/good": "passed", "secret/x": "failure", "pod/late": "passed"},
        "deploy.yaml": {"deployment/web": "failure"},
        "check: incomplete": {"Error from server (Forbidden): no": "error"},
    }
    run = sarif_run(shown(result, Format.SARIF))
    assert [(item["ruleId"], item["level"], *sarif_place(item)) for item in run["results"]] == [
        ("PS203", "error", "cluster/team/secret/x", 0),
        ("PS306", "warning", "cluster/team/secret/x", 0),
        ("PS203", "error", "deploy.yaml", 12),
        ("PS502", "note", "cluster/team/pod/late", 0),
    ]
    first = run["results"][0]["message"]["text"]
    assert first == (
        "secret/x in namespace team: us.icr.io/v2: it is wrong\nTo fix: kubectl pullsecret delete x -n team"
    )


def test_several_clusters_are_one_report(capsys: pytest.CaptureFixture[str]) -> None:
    for form in (Format.SARIF, Format.JUNIT):
        gathered = Gathered()
        outputs = [Output(format=form, context=context, gathered=gathered) for context in ("east", "west")]
        for output in outputs:
            assert show(CheckResult(findings=(finding(),)), output, CommandStyle()) == 1
        assert capsys.readouterr().out == ""
        gathered.errors.append({"context": "north", "message": "Unable to connect to the server"})
        print_gathered_ci_report(outputs[0])
        text = capsys.readouterr().out
        if form is Format.SARIF:
            run = sarif_run(text)
            assert [sarif_place(item)[0] for item in run["results"]] == [
                "cluster/east/team/secret/x",
                "cluster/west/team/secret/x",
            ]
            assert [item["properties"]["command"] for item in run["results"]] == [
                f"kubectl pullsecret --context={context} delete x -n team" for context in ("east", "west")
            ]
            assert json.loads(text)["runs"][0]["invocations"][0]["executionSuccessful"] is False
        else:
            assert junit_suites(text) == {
                "east/team": {"secret/x": "failure"},
                "west/team": {"secret/x": "failure"},
                "check: incomplete": {"north: Unable to connect to the server": "error"},
            }


def test_every_cause_and_reason_has_a_title() -> None:
    assert CAUSE_TITLES.keys() == set(CauseCode)
    assert REASON_TITLES.keys() == set(Reason)
    for titles in (CAUSE_TITLES, REASON_TITLES):
        assert all(title and not title.endswith(".") for title in titles.values())
        assert len(set(titles.values())) == len(titles)
