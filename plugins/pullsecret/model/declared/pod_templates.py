"""The pods that a declared object would create: its own spec, its pod template, or the templates of a custom kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pullsecret.model.objects.objects import Kind, Object, mapping_at, text_at
from pullsecret.model.objects.secret_uses import POD_SPECS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from pullsecret.model.declared.declared import FieldPath

_DEEPEST: Final = 12
"""Levels that are searched for the pod templates of a custom kind; JobSet, which has many, takes eight."""

_TITLES = {kind.title: path for kind, path in POD_SPECS.items()}


@dataclass(frozen=True, kw_only=True)
class PodTemplate:
    """A pod as it would be created, without a name; `path` leads to its `spec` in the object."""

    path: FieldPath
    pod: Object = field(repr=False)


def pod_templates(content: Object) -> tuple[PodTemplate, ...]:
    """The pods of an object of any kind, those of one that only holds others (a list) not included.

    A custom kind has one wherever a field named `template`, or that ends in `Template`, has a `spec` with `containers`.
    """
    kind, group = text_at(content, "kind"), text_at(content, "apiVersion").rpartition("/")[0]
    if kind == Kind.POD.title and not group:
        return (PodTemplate(path=("spec",), pod=_pod(content, content)),)
    if kind == "PodTemplate" and not group:
        return (PodTemplate(path=("template", "spec"), pod=_pod(mapping_at(content, "template"), content)),)
    if kind in _TITLES and _is_own_group(kind, group):
        path = _TITLES[kind]
        return (PodTemplate(path=path, pod=_pod(mapping_at(content, *path[:-1]), content)),)
    return tuple(_found(content, content, ()))


def _is_own_group(kind: str, group: str) -> bool:
    return any(known.title == kind and known.group.rpartition("/")[0] == group for known in POD_SPECS)


def _pod(template: Object, content: Object) -> Object:
    """A pod as the API server stores it, in the namespace of its object.

    `serviceAccount` is another name of `serviceAccountName` (kubernetes: pkg/apis/core/v1/conversion.go).
    """
    metadata = {**mapping_at(template, "metadata"), "namespace": text_at(content, "metadata", "namespace")}
    spec = mapping_at(template, "spec")
    account = text_at(spec, "serviceAccountName") or text_at(spec, "serviceAccount")
    named = {"serviceAccountName": account} if account else {}
    return {"kind": Kind.POD.title, "metadata": metadata, "spec": {**spec, **named}}


def _found(value: object, content: Object, path: FieldPath) -> Iterator[PodTemplate]:
    if len(path) > _DEEPEST:
        return
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from _found(item, content, (*path, position))
    if not isinstance(value, dict):
        return
    for key, item in value.items():
        if _is_template(key, item):
            yield PodTemplate(path=(*path, key, "spec"), pod=_pod(item, content))
        elif isinstance(item, dict | list):
            yield from _found(item, content, (*path, str(key)))


def _is_template(key: object, item: object) -> bool:
    is_named = isinstance(key, str) and (key == "template" or key.endswith("Template"))
    return is_named and isinstance(item, dict) and isinstance(mapping_at(item, "spec").get("containers"), list)
