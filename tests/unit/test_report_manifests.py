"""Objects as JSON and YAML, and the manifests of a client-side dry run."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml

from objects import docker_config_secret, registry_entry
from pullsecret.model.objects.objects import LAST_APPLIED, Kind, Object
from pullsecret.model.plan.change import Done, Outcome
from pullsecret.model.request.command_request import Format
from pullsecret.report.manifests import print_manifests, print_objects, print_version

APPLIED = {LAST_APPLIED: "{}"}
STORED: dict[str, Any] = {
    **docker_config_secret("regcred", {"reg.example": registry_entry()}),
    "metadata": {
        "name": "regcred",
        "namespace": "a",
        "uid": "u",
        "resourceVersion": "7",
        "creationTimestamp": "2026-01-01T00:00:00Z",
        "managedFields": [{"manager": "x"}],
        "annotations": {**APPLIED, "kept": "yes"},
    },
}


def outcome(result: Object, kind: Kind = Kind.SECRET) -> Outcome:
    return Outcome(kind=kind, namespace="a", name="regcred", done=Done.CONFIGURED, result=result)


def test_manifest_has_the_data_and_no_field_of_the_server(capsys: pytest.CaptureFixture[str]) -> None:
    print_manifests([outcome(STORED)], Format.YAML)

    shown = yaml.safe_load(capsys.readouterr().out)
    assert shown["data"] == STORED["data"]
    assert shown["metadata"] == {"name": "regcred", "namespace": "a", "annotations": {**APPLIED, "kept": "yes"}}


def test_several_objects_are_documents_or_a_list(capsys: pytest.CaptureFixture[str]) -> None:
    objects: list[Object] = [{"a": 1}, {"b": "ü"}]

    print_objects(objects, Format.YAML)
    assert capsys.readouterr().out == "a: 1\n---\nb: ü\n"

    print_objects(objects, Format.JSON)
    assert json.loads(capsys.readouterr().out) == {"apiVersion": "v1", "kind": "List", "items": objects}


def test_no_object_is_an_empty_list_or_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    print_objects([], Format.YAML)
    assert capsys.readouterr().out.strip() == ""

    print_objects([], Format.JSON)
    assert json.loads(capsys.readouterr().out)["items"] == []


def test_failed_outcome_prints_no_object(capsys: pytest.CaptureFixture[str]) -> None:
    failed = Outcome(kind=Kind.SECRET, namespace="a", name="x", done=Done.FAILED)

    print_manifests([failed, outcome(STORED)], Format.JSON)

    assert json.loads(capsys.readouterr().out)["metadata"]["name"] == "regcred"


VERSIONS = {Format.LINES: "1.2.3\n", Format.JSON: '{\n    "version": "1.2.3"\n}\n', Format.YAML: "version: 1.2.3\n"}


@pytest.mark.parametrize(("form", "text"), VERSIONS.items(), ids=[form.name for form in VERSIONS])
def test_version(capsys: pytest.CaptureFixture[str], form: Format, text: str) -> None:
    print_version("1.2.3", form)

    assert capsys.readouterr().out == text
