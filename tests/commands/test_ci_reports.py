"""`-o sarif` and `-o junit` of commands in a cluster: the same findings as in JSON, and the same exit status."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest
import yaml
from bad_secrets import api_key, with_key
from check_runs import found, plant
from said_of_pods import waiting_pod

from documents import items_in
from objects import docker_config_secret, registry_entry, rule, service_account
from pipeline_reports import junit_suites, junit_text_of, sarif_place, sarif_run
from rights import Grant

if TYPE_CHECKING:
    from pathlib import Path

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


MANIFESTS = """\
apiVersion: v1
kind: ServiceAccount
metadata: {name: default}
imagePullSecrets: [{name: regcred}]
---
apiVersion: apps/v1
kind: Deployment
metadata: {name: web}
spec:
  template:
    spec:
      containers:
        - name: right
          image: reg.example.org/web:1
        - name: wrong
          image: us.icr.io/acme/web:1
        - name: public
          image: nginx
"""


def test_reports_of_can_pull_have_an_answer_for_each_image(offline: Program, tmp_path: Path) -> None:
    entries = {"reg.example.org": registry_entry(), "https://us.icr.io/v2": registry_entry("iamapikey", api_key())}
    secret = yaml.safe_dump(docker_config_secret("regcred", entries))
    (tmp_path / "web.yaml").write_text(f"{MANIFESTS}---\n{secret}")
    words = ("can-pull", "-f", tmp_path / "web.yaml", "--offline")
    answers = items_in(offline(*words, "-o", "json", expect=1).stdout)

    sarif = sarif_run(offline(*words, "-o", "sarif", expect=1).stdout)
    junit = junit_suites(offline(*words, "-o", "junit", expect=1).stdout)
    strict = sarif_run(offline(*words, "--fail-on-unknown", "-o", "sarif", expect=1).stdout)

    endings = {"yes": "passed", "no": "failure", "unknown": "skipped"}
    assert [answer["result"] for answer in answers] == ["yes", "no", "unknown"]
    assert junit == {
        str(tmp_path / "web.yaml"): {
            f"deployment/web: container {answer['container']}": endings[answer["result"]] for answer in answers
        }
    }
    file = (tmp_path / "web.yaml").as_uri()
    assert [(item["ruleId"], *sarif_place(item)) for item in sarif["results"]] == [("WrongRegistryKey", file, 16)]
    assert sarif["invocations"][0]["toolExecutionNotifications"][0]["level"] == "note"
    assert [(item["ruleId"], *sarif_place(item)) for item in strict["results"]] == [
        ("WrongRegistryKey", file, 16),
        (answers[2]["reason"], file, 18),
    ]


def test_report_of_can_pull_for_images_in_a_cluster(api: Api, pullsecret: Program, namespace: str) -> None:
    api.create(docker_config_secret("regcred", {"reg.example.org": registry_entry()}), namespace)
    api.create(service_account("puller", ["regcred"]), namespace)
    images = ("reg.example.org/web:1", "us.icr.io/acme/web:1")
    words = ("can-pull", *images, "--serviceaccount", "puller", "-n", namespace)

    sarif = sarif_run(pullsecret(*words, "-o", "sarif", expect=1).stdout)
    junit = junit_suites(pullsecret(*words, "-o", "junit", expect=1).stdout)

    assert junit == {namespace: dict(zip(images, ("passed", "failure"), strict=True))}
    (result,) = sarif["results"]
    assert result["locations"][0]["logicalLocations"][0]["name"] == images[1]
    assert result["message"]["text"].startswith(f"{images[1]} in namespace {namespace}: ")


def test_reports_of_check_on_manifests_have_their_lines(offline: Program, tmp_path: Path) -> None:
    secret = yaml.safe_dump(with_key("regcred", "us.icr.io/v2"))
    (tmp_path / "web.yaml").write_text(f"{MANIFESTS}---\n{secret}")
    (tmp_path / "broken.yaml").write_text("kind: {{ .Values.kind }}\n")
    words = ("check", "--from-file")
    findings = items_in(offline(*words, tmp_path / "web.yaml", "-o", "json", expect=1).stdout)

    sarif = sarif_run(offline(*words, tmp_path / "web.yaml", "-o", "sarif", expect=1).stdout)
    junit = junit_suites(offline(*words, tmp_path / "web.yaml", "-o", "junit", expect=1).stdout)
    incomplete = junit_suites(offline(*words, tmp_path, "-o", "junit", expect=2).stdout)
    piped = sarif_run(offline(*words, "-", "-o", "sarif", input=(tmp_path / "web.yaml").read_text(), expect=1).stdout)

    file = (tmp_path / "web.yaml").as_uri()
    assert Counter((item["ruleId"], *sarif_place(item)) for item in sarif["results"]) == Counter(
        (item["code"], file, item["line"]) for item in findings
    )
    assert Counter(sarif_place(item) for item in piped["results"]) == Counter(
        ("stdin", item["line"]) for item in findings
    )
    suite = junit[str(tmp_path / "web.yaml")]
    assert suite["secret/regcred"] == "failure"
    assert suite["serviceaccount/default"] == "passed"
    assert "deployment/web" in suite
    assert [*incomplete["check: incomplete"].values()] == ["error"]


def test_reports_of_a_rendered_chart_name_its_template(
    offline: Program, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    templates = tmp_path / "charts" / "shop" / "templates"
    templates.mkdir(parents=True)
    deployment, account = MANIFESTS.split("---\n")[1], MANIFESTS.split("---\n", maxsplit=1)[0]
    (templates / "web.yaml").write_text(
        "{{- $x := 1 }}\n" + deployment.replace("us.icr.io/acme/web:1", "{{ .Values.x }}")
    )
    rendered = (
        f"---\n# Source: shop/templates/account.yaml\n{account}---\n# Source: shop/templates/web.yaml\n{deployment}"
    )
    secret = yaml.safe_dump(with_key("regcred", "us.icr.io/v2"))
    monkeypatch.chdir(tmp_path)
    words = ("can-pull", "-f", "-", "--offline", "-o")

    said = [offline(*words, form, input=f"{rendered}---\n{secret}", expect=1).stdout for form in ("sarif", "junit")]

    assert [sarif_place(item) for item in sarif_run(said[0])["results"]] == [("charts/shop/templates/web.yaml", 12)]
    assert "deployment/web: container wrong" in junit_suites(said[1])["charts/shop/templates/web.yaml"]


def test_reports_of_a_login_file_have_it_as_their_place(offline: Program, tmp_path: Path) -> None:
    (tmp_path / "config.json").write_text('{"auths": {"us.icr.io/v2": {"auth": "eDp5"}}}')

    sarif = sarif_run(offline("check", "--from-file", tmp_path / "config.json", "-o", "sarif", expect=1).stdout)

    assert {sarif_place(item) for item in sarif["results"]} == {((tmp_path / "config.json").as_uri(), 1)}


@pytest.mark.parametrize("command", ["list", "verify", "describe x"])
def test_other_commands_have_no_such_report(offline: Program, command: str) -> None:
    result = offline(*command.split(), "-o", "sarif", expect=None)

    assert 'unable to match a printer suitable for the output format "sarif"' in result.stderr
