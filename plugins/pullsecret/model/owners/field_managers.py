"""Who wrote a field last, as the API server records it in `metadata.managedFields`."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.objects.build_config import PULL_SECRETS, PUSH_SECRET
from pullsecret.model.objects.objects import mapping_at, mappings_at, merged, nested, text_at
from pullsecret.model.owners.owner import FIELD_MANAGER, Field

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from pullsecret.model.objects.objects import Object


def _recorded(path: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(f"f:{key}" for key in path)


_TEMPLATE = ("f:template", "f:spec", "f:imagePullSecrets")
_PATHS = {
    Field.DATA: (("f:data", "f:.dockerconfigjson"), ("f:data", "f:.dockercfg")),
    Field.PULL_LIST: (("f:imagePullSecrets",),),
    Field.MOUNT_LIST: (("f:secrets",),),
    Field.TEMPLATE_LIST: (("f:spec", *_TEMPLATE), ("f:spec", "f:jobTemplate", "f:spec", *_TEMPLATE)),
    Field.BUILD_PUSH: (_recorded(PUSH_SECRET),),
    Field.BUILD_PULL: tuple(map(_recorded, PULL_SECRETS)),
}
"""Where each field is in `fieldsV1`; that of a list is its own, or holds its entries (structured-merge-diff)."""

_TYPE = ("f:type",)
_KEPT = (_TYPE, *(path for paths in _PATHS.values() for path in paths))

_PEOPLE = re.compile(r"kubectl(-.*)?|oc|k9s|Mozilla|node-fetch")
"""What people work with: kubectl and its plugins, oc, k9s, the OpenShift console, Lens."""

_CLIENT_SIDE_APPLY = "kubectl-client-side-apply"
_CONTROLLER = re.compile(r"(?i)controller|operator|manager")


@dataclass(frozen=True, kw_only=True)
class Claim:
    """A field manager that owns a field: its name, whether it applies the object server-side (`Apply`), and the time.

    `time` is when it last wrote any field, in RFC 3339 and to the second; empty when that is unknown.
    """

    manager: str
    is_apply: bool
    time: str = ""

    @property
    def is_ours(self) -> bool:
        """Whether this program, or a client under its name, wrote the field."""
        return self.manager == FIELD_MANAGER

    @property
    def is_person(self) -> bool:
        """Whether a person wrote the field by hand, and nothing writes it again."""
        return bool(_PEOPLE.fullmatch(self.manager)) and not self.is_apply and self.manager != _CLIENT_SIDE_APPLY

    @property
    def is_controller(self) -> bool:
        """Whether the name is one that a controller or an operator would have."""
        return bool(_CONTROLLER.search(self.manager))


def claims_on(target: Object, field: Field) -> tuple[Claim, ...]:
    """The managers that own a field, in the server's order."""
    return tuple(claim for claim, record in _records(target) if any(_has(record, path) for path in _PATHS[field]))


def is_owned_as_a_whole(target: Object, field: Field) -> bool:
    """Whether a manager owns a list without its entries: the schema of a custom resource gives them no owners."""
    records = (record for _, record in _records(target))
    return any(_has(record, path) and not mapping_at(record, *path) for record in records for path in _PATHS[field])


def claims_on_entries(target: Object, field: Field, names: Collection[str]) -> tuple[Claim, ...]:
    """The managers that own entries with these names in a list whose entries have owners."""
    return tuple(
        claim
        for claim, record in _records(target)
        if any(name in names for path in _PATHS[field] for name in _entry_names(mapping_at(record, *path)))
    )


def claims_on_type(secret: Object) -> tuple[Claim, ...]:
    """The managers that own a secret's type: those that created it."""
    return tuple(claim for claim, record in _records(secret) if _has(record, _TYPE))


def claims_of(target: Object) -> tuple[Claim, ...]:
    """The managers that own anything of the object."""
    return tuple(claim for claim, _ in _records(target))


def with_few_managed_fields(target: Object) -> Object:
    """The object with no more of `managedFields` than this package reads, for large reads."""
    entries = [_reduced(entry) for entry in mappings_at(target, "metadata", "managedFields")]
    return merged(target, {"metadata": {"managedFields": entries}}) if entries else target


def _reduced(entry: Object) -> Object:
    fields: Object = {}
    for path in _KEPT:
        record = mapping_at(entry, "fieldsV1")
        if _has(record, path):
            fields = merged(fields, nested(path, mapping_at(record, *path)))
    if mapping_at(entry, "fieldsV1").get("f:data") is not None:
        fields = merged({"f:data": {}}, fields)
    kept = {key: entry[key] for key in ("manager", "operation", "time", "subresource") if key in entry}
    return {**kept, "fieldsV1": fields}


def _records(target: Object) -> Iterator[tuple[Claim, Object]]:
    for entry in mappings_at(target, "metadata", "managedFields"):
        if not text_at(entry, "subresource"):
            is_apply = text_at(entry, "operation") == "Apply"
            claim = Claim(manager=text_at(entry, "manager"), is_apply=is_apply, time=text_at(entry, "time"))
            yield claim, mapping_at(entry, "fieldsV1")


def _has(record: Object, path: tuple[str, ...]) -> bool:
    return path[-1] in mapping_at(record, *path[:-1])


def _entry_names(entries: Object) -> Iterator[str]:
    for key in entries:
        if key.startswith("k:"):
            try:
                yield text_at(json.loads(key[2:]), "name")
            except (ValueError, RecursionError):
                continue
