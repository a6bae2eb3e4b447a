"""Siblings: secrets beside a pull secret that keep its previous content while it is replaced.

A sibling is marked by a label and never used as a pull secret: it is no source of copies, and nothing references it.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pullsecret.model.objects.name_hash import short_hash
from pullsecret.model.objects.objects import (
    LAST_APPLIED,
    Kind,
    Object,
    as_manifest,
    mapping_at,
    merged,
    name_of,
    namespace_of,
    subdomain_problem,
    text_at,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

ROLE = "kubectl-pullsecret/role"
RECREATE = "recreate"
PREVIOUS = "previous"
RENEWAL_NAMESPACE = "kube-system"
"""Where a renewal is remembered: only who controls the cluster anyway may create secrets there, or read them."""
UNDONE = "undone"
"""The data key with which NAME-previous remembers the credential that an undo replaces, as the source had it."""
NEXT = "next"
"""The data key with which NAME-previous has the entries with a key that was made for a source, before the source."""
_PREVIOUS = "kubectl-pullsecret/previous"
"""What the previous secret had in addition to its type and data, as JSON: names, labels, annotations, `immutable`.

They are kept in one annotation, because other programs act on labels and annotations of their own.
"""


def is_sibling(secret: Object) -> bool:
    """Whether a secret keeps the previous content of another one."""
    return ROLE in mapping_at(secret, "metadata", "labels")


def sibling_name(name: str) -> str:
    """The name of the secret that keeps another one while that is recreated; always the same, so that it is found."""
    return f"{name}-{RECREATE}-{short_hash(name)}"


def previous_name(name: str) -> str:
    """The name of the secret that keeps the old credential of another one while that is rotated."""
    return f"{name}-{PREVIOUS}"


def renewal_name(name: str) -> str:
    """The name of the secret in RENEWAL_NAMESPACE that remembers a renewal by IBM Cloud while it is under way."""
    return f"{name}-renewal"


def is_previous(secret: Object) -> bool:
    """Whether a secret says that it keeps the old credential of another one."""
    return text_at(secret, "metadata", "labels", ROLE) == PREVIOUS


def kept_name(sibling: Object) -> str:
    """The name of the secret whose content a sibling keeps; "" for a secret that is no sibling, or of another name."""
    name = name_of(sibling)
    if is_previous(sibling):
        return name.removesuffix(f"-{PREVIOUS}") if name.endswith(f"-{PREVIOUS}") else ""
    return name_of(previous_secret(sibling) or {})


def as_previous(secret: Object) -> Object:
    """The sibling that keeps the old credential of a secret: its type and data, whatever else is in it."""
    return {
        "apiVersion": "v1",
        "kind": Kind.SECRET.title,
        "metadata": {
            "name": previous_name(name_of(secret)),
            "namespace": namespace_of(secret),
            "labels": {ROLE: PREVIOUS},
        },
        "type": text_at(secret, "type"),
        "data": mapping_at(secret, "data"),
    }


def with_siblings(names: Iterable[str]) -> tuple[str, ...]:
    """The names of secrets and of what may keep their previous content, where such a name is possible."""
    found = [beside for name in names for beside in (name, sibling_name(name))]
    return tuple(name for name in dict.fromkeys(found) if not subdomain_problem(name))


def as_sibling(secret: Object) -> Object:
    """The sibling that keeps a secret: its type and data, and whatever else is needed to create it again."""
    manifest = as_manifest(merged(secret, {"metadata": {"annotations": {LAST_APPLIED: None}, "finalizers": None}}))
    rest = {key: value for key, value in manifest.items() if key not in ("type", "data", "apiVersion", "kind")}
    previous = json.dumps(rest, sort_keys=True, separators=(",", ":"))
    return {
        "apiVersion": "v1",
        "kind": Kind.SECRET.title,
        "metadata": {
            "name": sibling_name(name_of(secret)),
            "namespace": namespace_of(secret),
            "labels": {ROLE: RECREATE},
            "annotations": {_PREVIOUS: previous},
        },
        "type": text_at(secret, "type"),
        "data": mapping_at(secret, "data"),
    }


def keeps_same(sibling: Object, wanted: Object) -> bool:
    """Whether a sibling keeps the same secret, in the same state, as another one would."""
    marks = [(mapping_at(item, "data"), text_at(item, "type"), _previous_text(item)) for item in (sibling, wanted)]
    return is_sibling(sibling) and marks[0] == marks[1]


def previous_secret(sibling: Object) -> Object | None:
    """The secret that a sibling keeps, ready to be created again; None for a secret that is no such sibling."""
    if text_at(sibling, "metadata", "labels", ROLE) != RECREATE:
        return None
    try:
        rest = json.loads(_previous_text(sibling))
    except (ValueError, RecursionError):
        return None
    if not isinstance(rest, dict):
        return None
    previous: Object = {
        **{key: value for key, value in rest.items() if key in ("metadata", "immutable")},
        "apiVersion": "v1",
        "kind": Kind.SECRET.title,
        "type": text_at(sibling, "type"),
        "data": mapping_at(sibling, "data"),
    }
    is_its_own = namespace_of(previous) == namespace_of(sibling) and sibling_name(name_of(previous)) == name_of(sibling)
    return previous if is_its_own else None


def _previous_text(sibling: Object) -> str:
    return text_at(sibling, "metadata", "annotations", _PREVIOUS)
