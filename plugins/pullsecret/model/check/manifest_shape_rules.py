"""PS008 and PS009: imagePullSecrets that is not a list of names, or is where Kubernetes does not read it.

Source: kubernetes staging/src/k8s.io/api/core/v1/types.go: LocalObjectReferences in PodSpec and ServiceAccount.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.check.declared_holders import PULL_LIST, CheckedHolder, kind_in_manifest
from pullsecret.model.check.rule import Match, Rule, Severity, no_fix
from pullsecret.model.objects.objects import Kind
from pullsecret.model.objects.secret_uses import POD_SPECS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.declared.declared import FieldPath

_KNOWN = frozenset(kind.title for kind in (*POD_SPECS, Kind.POD, Kind.SERVICE_ACCOUNT))


def _not_a_list(holder: CheckedHolder) -> Iterator[Match]:
    for one in holder.lists:
        value = _value_at(holder.item.content, one.path)
        if value is None:
            continue
        if not isinstance(value, list):
            yield Match(message=f"has {PULL_LIST} that is not a list", place=holder.place_of(*one.path))
        elif wrong := [position for position, entry in enumerate(value) if not _is_reference(entry)]:
            message = f"has an entry in {PULL_LIST} that is not an object with a name"
            yield Match(message=message, place=holder.place_of(*one.path, wrong[0]))


def _is_reference(entry: object) -> bool:
    return entry is None or (isinstance(entry, dict) and isinstance(entry.get("name", ""), str | None))


def _misplaced(holder: CheckedHolder) -> Iterator[Match]:
    """Lists elsewhere in an object of Kubernetes' own kinds, whose fields are known."""
    if kind_in_manifest(holder) not in _KNOWN:
        return
    read = {one.path for one in holder.lists}
    for path in _paths_to_lists(holder.item.content, ()):
        if path not in read:
            where = ".".join(str(step) for step in path)
            yield Match(message=f"has {where}, which Kubernetes does not read", place=holder.place_of(*path))


def _paths_to_lists(value: object, path: FieldPath) -> Iterator[FieldPath]:
    """Where a field of this name is, below what only people write: labels, annotations and data can have any name."""
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from _paths_to_lists(item, (*path, position))
    if isinstance(value, dict):
        for key, item in value.items():
            if key == PULL_LIST:
                yield (*path, key)
            elif key not in ("metadata", "status") and isinstance(item, dict | list):
                yield from _paths_to_lists(item, (*path, str(key)))


def _value_at(content: object, path: FieldPath) -> object:
    for step in path:
        if isinstance(content, dict):
            content = content.get(step)
        elif isinstance(content, list) and isinstance(step, int) and step < len(content):
            content = content[step]
        else:
            return None
    return content


MANIFEST_SHAPE_RULES: tuple[Rule[CheckedHolder], ...] = (
    Rule(
        code="PS008",
        severity=Severity.ERROR,
        title="imagePullSecrets is not a list of names",
        explanation=(
            "The field is a list of objects with a name: `imagePullSecrets: [{name: regcred}]`. The API server rejects "
            "the object if it is a name, a list of names, or anything else."
        ),
        condition=_not_a_list,
        fix=no_fix,
        advice="write it as a list of `name: SECRET`",
    ),
    Rule(
        code="PS009",
        severity=Severity.WARNING,
        title="imagePullSecrets where Kubernetes does not read it",
        explanation=(
            "Pods have the list in their spec, workloads in the spec of their pod template, and service accounts at "
            "the top. Anywhere else the API server drops it with a warning, or rejects the object."
        ),
        condition=_misplaced,
        fix=no_fix,
        advice="move it to the spec of the pod, or of the pod template",
    ),
)
"""The rules for where imagePullSecrets is, and what it is."""
