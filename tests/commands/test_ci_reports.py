"""`-o sarif` and `-o junit` of commands in a cluster: the same findings as in JSON, and the same exit status."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
from bad_secrets import with_key
from check_runs import found, plant
from said_of_pods import waiting_pod

from documents import items_in
from objects import docker_config_secret, registry_entry, rule, service_account
from pipeline_reports import junit_suites, junit_text_of, sarif_place, sarif_run
from rights import Grant

if TYPE_CHECKING:
    from control_plane.api import Api
    from namespaces import Namespaces
    from program import Program
    from rights import Rights


def test_reports_of_check_have_its_findings(api: Api, pullsecret: Program, namespaces: Namespaces) -> None:
    home, team = namespaces(2)
    plant(api, pullsecret, home, team)
    where = ("-n", f"{home},{team}")
    findings = found(pullsecret, *where)

    sarif = sarif_run(pullsecret("check", *where, "-o", "sarif", expect=1).stdout)
    junit = junit_suites(pullsecret("check", *where, "-o", "junit", expect=1).stdout)

    assert Counter((item["ruleId"], item["level"].replace("note", "info")) for item in sarif["results"]) == Counter(
        (item["code"], item["severity"]) for item in findings
    )
    assert Counter(sarif_place(item) for item in sarif["results"]) == Counter(
        (f"cluster/{team}/{item['subject']}", 0) for item in findings
    )
    commands = {item["command"] for item in findings}
    assert {item["properties"].get("command", "") for item in sarif["results"]} == commands
    failing = {item["subject"] for item in findings if item["severity"] != "info"}
    assert {name for name, ending in junit[team].items() if ending == "failure"} == failing
    assert junit[home]["secret/rotated"] == "passed"
    assert junit[home]["serviceaccount/default"] == "passed"


def test_report_without_findings_has_the_objects_that_are_good(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(docker_config_secret("right", {"reg.example.org": registry_entry()}), namespace)
    api.create(service_account("puller", ["right"]), namespace)

    sarif = sarif_run(pullsecret("check", "-n", namespace, "-o", "sarif").stdout)
    junit = junit_suites(pullsecret("check", "right", "-n", namespace, "-o", "junit").stdout)

    assert (sarif["results"], sarif["invocations"][0]["executionSuccessful"]) == ([], True)
    assert junit == {namespace: {"secret/right": "passed"}}


def test_report_of_what_could_not_be_read(api: Api, pullsecret: Program, restricted: Rights, namespace: str) -> None:
    api.create(with_key("wrong", "us.icr.io/v2"), namespace)
    few = restricted(Grant(rule("list", "pods", "serviceaccounts"), namespace=namespace), namespace=namespace)

    sarif = sarif_run(pullsecret("check", "-o", "sarif", kubeconfig=few, expect=2).stdout)
    junit = junit_suites(pullsecret("check", "-o", "junit", kubeconfig=few, expect=2).stdout)

    (invocation,) = sarif["invocations"]
    assert not invocation["executionSuccessful"]
    assert all("Forbidden" in item["message"]["text"] for item in invocation["toolExecutionNotifications"])
    assert set(junit["check: incomplete"].values()) == {"error"}
    assert "secret/wrong" not in junit.get(namespace, {})


def test_failure_before_the_first_read_prints_no_report(offline: Program) -> None:
    for form in ("sarif", "junit"):
        assert offline("check", "-o", form, expect=2).stdout == ""
        assert offline("doctor", "-o", form, expect=2).stdout == ""


def test_reports_of_doctor_have_an_entry_for_each_owner(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(docker_config_secret("regcred", {"reg.example": registry_entry()}), namespace)
    for name, image in (("one", "reg.example/a:1"), ("two", "reg.example/b:1"), ("three", "other.example/c:1")):
        waiting_pod(api, namespace, name, image=image)
    waiting_pod(api, namespace, "starts", reason="ContainerCreating", message="")
    words = ("doctor", "-n", namespace)
    diagnoses = items_in(pullsecret(*words, "-o", "json", expect=1).stdout)

    sarif = sarif_run(pullsecret(*words, "-o", "sarif", expect=1).stdout)
    text = pullsecret(*words, "-o", "junit", expect=1).stdout
    named = junit_suites(pullsecret(*words, "starts", "one", "-o", "junit", expect=1).stdout)

    owners = {owner["owner"]: item for item in diagnoses for owner in item["owners"]}
    assert {sarif_place(item)[0]: item["ruleId"] for item in sarif["results"]} == {
        f"cluster/{namespace}/{owner}": item["cause"] for owner, item in owners.items()
    }
    for result in sarif["results"]:
        item = owners[result["locations"][0]["logicalLocations"][0]["name"]]
        assert result["properties"].get("command", "") == " && ".join(item["commands"])
        assert f"cannot pull {', '.join(item['images'])}: {item['text']}" in result["message"]["text"]
    assert junit_suites(text) == {namespace: dict.fromkeys(owners, "failure")}
    assert "SecretNotAttached" in text
    assert all(command in junit_text_of(text, "pod/one") for command in owners["pod/one"]["commands"])
    assert named == {
        "doctor": {"pod/starts is not waiting for an image": "passed"},
        namespace: {"pod/one": "failure"},
    }


def test_doctor_without_failing_pods_reports_a_test_that_passes(pullsecret: Program, namespace: str) -> None:
    nothing = f"No pods are waiting for an image in namespace {namespace}."

    assert junit_suites(pullsecret("doctor", "-n", namespace, "-o", "junit").stdout) == {"doctor": {nothing: "passed"}}
    assert sarif_run(pullsecret("doctor", "-n", namespace, "-o", "sarif").stdout)["results"] == []


@pytest.mark.parametrize("command", ["list", "verify", "describe x"])
def test_other_commands_have_no_such_report(offline: Program, command: str) -> None:
    result = offline(*command.split(), "-o", "sarif", expect=None)

    assert 'unable to match a printer suitable for the output format "sarif"' in result.stderr
