"""A line of a rendered chart leads to the line of its template, if the template is there."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from pullsecret.files.chart_templates import _file_of, _lines_of, template_of
from pullsecret.files.manifests import read_manifests

if TYPE_CHECKING:
    from pathlib import Path

    from pullsecret.model.declared.file_line import FileLine

TEMPLATE = """\
{{- if .Values.enabled }}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .Release.Name }}
  labels:
    {{- include "labels" . | nindent 4 }}
spec:
  template:
    spec:
      imagePullSecrets:
        - name: {{ .Values.secret }}
      containers:
        - name: web
          image: "{{ .Values.image }}"
{{- end }}
"""
RENDERED = """\
---
# Source: shop/templates/account.yaml
apiVersion: v1
kind: ServiceAccount
metadata:
  name: shop
---
# Source: shop/templates/web.yaml
apiVersion: apps/v1
kind: Deployment
metadata:
  name: shop
  labels:
    app: shop
    release: shop
spec:
  template:
    spec:
      imagePullSecrets:
        - name: icr
      containers:
        - name: web
          image: "reg.example/web:1"
"""
IMAGE = ("spec", "template", "spec", "containers", 0, "image")
SECRET = ("spec", "template", "spec", "imagePullSecrets", 0, "name")


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The working directory, with the rendered chart, and no template."""
    folder = tmp_path / "repository"
    folder.mkdir()
    monkeypatch.chdir(folder)
    for cached in (_file_of, _lines_of):
        cached.cache_clear()
    (folder / "rendered.yaml").write_text(RENDERED)
    return folder


def add_template(repository: Path, chart: str) -> None:
    folder = repository / chart / "templates"
    folder.mkdir(parents=True)
    (folder / "web.yaml").write_text(TEMPLATE)


def place_of(*path: str | int, finds_templates: bool = True) -> FileLine:
    """The place of a field of the deployment."""
    declared = read_manifests(["rendered.yaml"], finds_templates=finds_templates)
    return declared.of_kind("Deployment")[0].place_of(*path)


@pytest.mark.parametrize("chart", ["shop", "charts/shop", "deploy/charts/shop"])
def test_line_is_that_of_the_template(repository: Path, chart: str) -> None:
    add_template(repository, chart)
    lines = {(): 2, ("metadata", "name"): 5, SECRET: 12, IMAGE: 15, ("metadata", "labels", "release"): 6}
    for path, line in lines.items():
        assert (place_of(*path).source.file, place_of(*path).source.line) == (f"{chart}/templates/web.yaml", line)
    assert (place_of(*IMAGE).file, place_of(*IMAGE).line) == ("rendered.yaml", 23)
    assert place_of(*IMAGE, finds_templates=False).source.file == "rendered.yaml"


def test_chart_in_the_working_directory(repository: Path) -> None:
    (repository / "Chart.yaml").touch()
    add_template(repository, ".")
    assert place_of(*IMAGE).source.file == "templates/web.yaml"


def test_template_that_is_not_there_or_not_the_only_one(repository: Path) -> None:
    assert place_of(*IMAGE).source.file == "rendered.yaml"
    add_template(repository, "one/shop")
    add_template(repository, "two/shop")
    _file_of.cache_clear()
    assert place_of(*IMAGE).source.file == "rendered.yaml"


OTHERS = {
    "above": "../shop/templates/web.yaml",
    "absolute": "/shop/templates/web.yaml",
    "home": "~/templates/web.yaml",
    "drive": "C:/templates/web.yaml",
    "no-templates": "x/web.yaml",
    "pattern": "*/templates/*",
    "any-depth": "**/templates/web.yaml",
    "too-long": f"shop/templates/{'a' * 5000}",
    "nul": "shop/templates/\0",
}


@pytest.mark.parametrize("source", OTHERS.values(), ids=OTHERS)
def test_only_templates_below_the_working_directory_are_looked_for(repository: Path, source: str) -> None:
    add_template(repository, "shop")
    add_template(repository, "../shop")
    (repository / "x").mkdir()
    (repository / "x" / "web.yaml").write_text(TEMPLATE)
    assert template_of(f"# Source: {source}\nkind: Pod\n", 1) is None


def test_template_without_a_line_in_common(repository: Path) -> None:
    add_template(repository, "shop")
    (repository / "shop" / "templates" / "web.yaml").write_text('{{ include "common.deployment" . }}\n')
    assert (place_of(*IMAGE).source.file, place_of(*IMAGE).source.line) == ("shop/templates/web.yaml", 1)


def test_hostile_lines_take_no_longer(repository: Path) -> None:
    add_template(repository, "shop")
    (repository / "shop" / "templates" / "web.yaml").write_text("".join(f"a: x\nb{n}: x\n" for n in range(300)))
    found = template_of("# Source: shop/templates/web.yaml\n" + "a: x\n" * 600, 1)
    assert found is not None
    assert found.line_for(2) == 1


def test_large_template_gives_its_first_line(repository: Path) -> None:
    add_template(repository, "shop")
    (repository / "shop" / "templates" / "web.yaml").write_text("a: b\n" * 100_000)
    assert place_of(*IMAGE).source.line == 1
