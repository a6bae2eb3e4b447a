"""Combinations as files: YAML or JSON, several documents, a List, or a file for each object, as tools render them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from pathlib import Path

    from can_pull.combinations import Combination
    from control_plane.api import Object


def write(one: Combination, namespace: str, directory: Path) -> None:
    """Write what a combination declares; the form, and whether the objects name their namespace, come from its seed."""
    objects = [placed_in(namespace, body) if (one.seed // 4) % 2 else body for body in one.declared]
    objects = objects[::-1] if (one.seed // 8) % 2 else objects  # a workload may come before its account
    FORMS[(one.seed // 16) % len(FORMS)](directory / one.name, objects)


def placed_in(namespace: str, body: Object) -> Object:
    """An object that names its namespace."""
    return {**body, "metadata": {**body["metadata"], "namespace": namespace}}


def _as_documents(path: Path, objects: list[Object]) -> None:
    """As Helm renders a chart."""
    documents = [
        f"---\n# Source: app/templates/{body['kind'].lower()}.yaml\n{yaml.safe_dump(body)}" for body in objects
    ]
    path.with_suffix(".yaml").write_text("".join(documents))


def _as_list(path: Path, objects: list[Object]) -> None:
    """As kubectl get prints several objects."""
    path.with_suffix(".json").write_text(json.dumps({"apiVersion": "v1", "kind": "List", "items": objects}, indent=4))


def _as_files(path: Path, objects: list[Object]) -> None:
    for number, body in enumerate(objects):
        path.with_name(f"{path.name}-{number}.yml").write_text(yaml.safe_dump(body, sort_keys=False))


FORMS = (_as_documents, _as_list, _as_files)
