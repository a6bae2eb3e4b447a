"""The documents of -o json and -o yaml, held to their schemas: what is printed has these fields and no others."""

from __future__ import annotations

import json
from functools import cache
from typing import TYPE_CHECKING, Any

import yaml
from jsonschema import Draft202012Validator, FormatChecker

from program import CHECKOUT

if TYPE_CHECKING:
    from control_plane.api import Object


def document_in(text: str) -> Object:
    """The document of a program's stdout, JSON or YAML, valid for the schema of its kind."""
    document: Object = json.loads(text) if text.startswith("{") else yaml.safe_load(text)
    problems = [f"{error.json_path}: {error.message}" for error in _validator(document["kind"]).iter_errors(document)]
    assert not problems, problems
    return document


def items_in(text: str) -> list[Object]:
    """The items of the document."""
    items: list[Object] = document_in(text)["items"]
    return items


@cache
def _validator(kind: str) -> Draft202012Validator:
    schema = json.loads((CHECKOUT / "docs" / "reference" / "schemas" / f"{kind}.json").read_text())
    Draft202012Validator.check_schema(schema)
    return Draft202012Validator(_closed(schema), format_checker=FormatChecker())


def _closed(schema: Any) -> Any:  # noqa: ANN401  any JSON
    """The schema with no field allowed that it does not name: published, it lets later versions add some."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {key: _closed(value) for key, value in schema.items()}
    return {**closed, "additionalProperties": False} if "properties" in schema else closed
