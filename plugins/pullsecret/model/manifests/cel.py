"""Expressions for admission policies in the Common Expression Language."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from pullsecret.model.objects.sources import SYSTEM_NAMESPACES

if TYPE_CHECKING:
    from collections.abc import Iterable


def is_system(namespace: str = "request.namespace") -> str:
    """Whether a namespace, by an expression, belongs to Kubernetes, OpenShift or IBM Cloud's services."""
    return f"{namespace}.matches('^({SYSTEM_NAMESPACES})$')"


def cel_text(text: str) -> str:
    """A string literal: a name of Kubernetes has nothing that JSON and CEL write differently."""
    return json.dumps(text)


def cel_list(texts: Iterable[str]) -> str:
    """A list of string literals."""
    return f"[{', '.join(map(cel_text, texts))}]"


def cel_matches(pattern: str, namespace: str = "request.namespace") -> str:
    """Whether a namespace, by an expression, matches a pattern of names, as in --exclude."""
    return f"{namespace}.matches({cel_text(f'^({_expression(pattern)})$')})"


def _expression(pattern: str) -> str:
    """A pattern (`*`, `?`, `[...]`) as a regular expression of Go, for the whole name."""
    parts = re.findall(r"\[[!^]?\]?[^\]]*\]|.", pattern)
    return "".join(_part(part) for part in parts)


def _part(part: str) -> str:
    if len(part) > 1:
        return f"[{re.sub(r'^!', '^', part[1:-1])}]"
    return {"*": ".*", "?": "."}.get(part) or re.escape(part)
