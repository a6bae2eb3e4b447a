"""Manifests as kubectl takes them: documents, lists, folders and pipes, each object with its line."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from objects import made_up_password
from pullsecret.errors import CredentialError, UsageError
from pullsecret.files.manifests import read_manifests
from pullsecret.model.declared.pod_templates import pod_templates
from pullsecret.model.objects.objects import name_of

if TYPE_CHECKING:
    from pathlib import Path

RENDERED = """\
# Source: app/templates/secret.yaml
---
# a comment before
apiVersion: v1
kind: Secret
metadata:
  name: regcred
---
apiVersion: apps/v1
kind: Deployment
metadata:
  name: app
spec:
  template:
    spec:
      imagePullSecrets:
      - name: regcred
      containers:
      - name: app
        image: reg.example/app:1
---
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: ServiceAccount
  metadata:
    name: builder
- apiVersion: v1
  kind: Pod
  metadata: {name: one}
---
not: an object
"""


def written(folder: Path, text: str, name: str = "all.yaml") -> str:
    file = folder / name
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text)
    return str(file)


def test_objects_have_the_lines_of_their_documents_and_fields(tmp_path: Path) -> None:
    file = written(tmp_path, RENDERED)

    found = read_manifests([file])

    places = {name_of(item.content): (item.place.file, item.place.line) for item in found.objects}
    assert places == {"regcred": (file, 4), "app": (file, 9), "builder": (file, 25), "one": (file, 29)}
    app = found.objects[1]
    assert app.place_of("spec", "template", "spec", "containers", 0, "image").line == 20
    assert app.place_of("spec", "template", "spec", "imagePullSecrets", 0).line == 17
    assert app.place_of("spec", "template", "spec", "none").line == 15
    assert found.problems == ()


def test_documents_that_cannot_be_parsed_are_lines_without_their_content(tmp_path: Path) -> None:
    password = made_up_password()
    texts = (
        f"kind: Secret\nstringData: *{password}",
        "kind: {{ .Values.kind }}",
        "kind: Pod\nspec: [",
        f"kind: !{password} x",
    )
    file = written(tmp_path, "\n---\n".join((*texts, "kind: Pod\nmetadata: {name: good}\n")))

    found = read_manifests([file])

    assert [name_of(item.content) for item in found.objects] == ["good"]
    assert [problem.split(": ")[1].rpartition(":")[0] for problem in found.problems] == [file] * len(texts)
    assert "rendered first" in found.problems[1]
    assert password not in repr(found)


@pytest.mark.parametrize(
    "text",
    [
        "kind: Pod\nspec: &all {again: *all}\n",
        "kind: List\nitems: &all [{kind: List, items: *all}]\n",
        "kind: Pod\nmetadata: &all {name: a, labels: {b: *all}, annotations: *all}\n",
        "kind: Pod\na: &a [{}]\n{}".format(
            ", ".join("x" * 2000),
            "".join(f"{new}: &{new} [*{old}, *{old}, *{old}]\n" for old, new in pairwise("abcdefg")),
        ),
    ],
    ids=["in itself", "list in itself", "twice in itself", "many times"],
)
def test_aliases_neither_end_in_themselves_nor_fill_the_memory(text: str, tmp_path: Path) -> None:
    found = read_manifests([written(tmp_path, text)])

    assert not found.objects
    assert "cannot be parsed: document contains excessive aliasing" in found.problems[0]


def test_folders_are_read_as_kubectl_reads_them(tmp_path: Path) -> None:
    for name in ("b.yml", "a.yaml", "deep/c.json", "README.md"):
        written(tmp_path, json.dumps({"kind": "Pod", "metadata": {"name": name}}), name)

    flat, deep = (read_manifests([str(tmp_path)], is_recursive=is_recursive) for is_recursive in (False, True))

    assert [name_of(item.content) for item in flat.objects] == ["a.yaml", "b.yml"]
    assert [name_of(item.content) for item in deep.objects] == ["a.yaml", "b.yml", "deep/c.json"]


@pytest.mark.parametrize("name", ["absent", "empty"])
def test_what_is_not_there_is_refused_in_a_line(name: str, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()

    with pytest.raises((UsageError, CredentialError), match=name):
        read_manifests([str(tmp_path / name)])


CONTAINERS = {"containers": [{"image": "a"}]}


@pytest.mark.parametrize(
    ("content", "paths"),
    [
        ({"kind": "Pod", "apiVersion": "v1", "spec": CONTAINERS}, [("spec",)]),
        ({"kind": "PodTemplate", "apiVersion": "v1", "template": {"spec": CONTAINERS}}, [("template", "spec")]),
        (
            {"kind": "Deployment", "apiVersion": "apps/v1", "spec": {"template": {"spec": CONTAINERS}}},
            [("spec", "template", "spec")],
        ),
        (
            {
                "kind": "CronJob",
                "apiVersion": "batch/v1",
                "spec": {"jobTemplate": {"spec": {"template": {"spec": CONTAINERS}}}},
            },
            [("spec", "jobTemplate", "spec", "template", "spec")],
        ),
        (
            {"kind": "Rollout", "apiVersion": "argoproj.io/v1alpha1", "spec": {"template": {"spec": CONTAINERS}}},
            [("spec", "template", "spec")],
        ),
        (
            {
                "kind": "Job",
                "apiVersion": "batch.volcano.sh/v1",
                "spec": {"tasks": [{"template": {"spec": CONTAINERS}}] * 2},
            },
            [("spec", "tasks", 0, "template", "spec"), ("spec", "tasks", 1, "template", "spec")],
        ),
        ({"kind": "Service", "apiVersion": "v1", "spec": {"template": "x"}}, []),
    ],
)
def test_pods_are_found_in_each_kind(content: dict[str, object], paths: list[tuple[str | int, ...]]) -> None:
    found = pod_templates(content)

    assert [item.path for item in found] == paths
    assert all(item.pod["spec"] == CONTAINERS for item in found)


def test_json_on_several_lines_has_lines(tmp_path: Path) -> None:
    items = [{"kind": "Pod", "metadata": {"name": name}, "spec": {}} for name in ("one", "two")]
    file = tmp_path / "x.json"
    file.write_text(json.dumps({"kind": "List", "items": items}, indent=1))

    first, second = read_manifests((str(file),)).objects

    lines = file.read_text().splitlines()
    assert '"one"' in lines[first.place_of("metadata", "name").line - 1]
    assert '"two"' in lines[second.place_of("metadata", "name").line - 1]
    file.write_text(json.dumps(items[0]))
    assert read_manifests((str(file),)).objects[0].place.line == 1


ACCEPTED_BY_KUBECTL = {
    "anchor-defined-again": ("a: &x 1\nb: &x 2\nc: *x", {"a": 1, "b": 2, "c": 2}),
    "equals-sign": ("matchType: =", {"matchType": "="}),
    "date": ("name: 2026-01-01", {"name": "2026-01-01"}),
    "ampersand-in-text": ("a: x &x\nb: '&x'", {"a": "x &x", "b": "&x"}),
}


@pytest.mark.parametrize(("text", "expected"), ACCEPTED_BY_KUBECTL.values(), ids=ACCEPTED_BY_KUBECTL.keys())
def test_yaml_is_read_as_kubectl_reads_it(tmp_path: Path, text: str, expected: dict[str, object]) -> None:
    file = tmp_path / "x.yaml"
    file.write_text(f"kind: Any\n{text}\n")

    (found,) = read_manifests((str(file),)).objects

    assert found.content == {"kind": "Any", **expected}
