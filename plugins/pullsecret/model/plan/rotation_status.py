"""How far rotations are: which secrets hold the old credential, and which the new one."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING

from pullsecret.model.objects.objects import name_of, namespace_of
from pullsecret.model.plan.copies import claims_among, copies_through
from pullsecret.model.plan.credential_holders import Standing, holders_of
from pullsecret.model.plan.rotation_memory import has_unwritten_next

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.objects.objects import Object
    from pullsecret.model.plan.credential_holders import Holder
    from pullsecret.model.plan.observed import ObservedNamespaces
    from pullsecret.model.plan.rotation import Rotation


class Held(Enum):
    """Which credential a secret holds."""

    OLD = "old"
    NEW = "new"
    BOTH = "old,new"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class StatusRow:
    """A secret that concerns a rotation: which credential it holds, and what it is, in words."""

    namespace: str
    name: str
    held: Held
    standing: Standing
    reason: str

    def as_object(self) -> Object:
        """The item of a RotationStatus."""
        return {
            "namespace": self.namespace,
            "name": self.name,
            "holds": self.held.value.split(","),
            "standing": self.standing.value,
            "message": self.reason,
        }


@dataclass(frozen=True, kw_only=True)
class RotationStatus:
    """The rows by namespace and name, and lines for stderr."""

    rows: tuple[StatusRow, ...] = ()
    notes: tuple[str, ...] = ()
    failures: tuple[str, ...] = ()


def rotation_status(rotations: Sequence[Rotation], observed: ObservedNamespaces) -> RotationStatus:
    """What each secret holds of the credentials of some rotations, wherever it could be read."""
    secrets = tuple(observed.secrets.present.values())
    rows = {(row.namespace, row.name): row for rotation in rotations for row in _rows(rotation, secrets)}
    errors = (*observed.selection.failures, *observed.secrets.unreadable.values())
    return RotationStatus(
        rows=tuple(rows[key] for key in sorted(rows)),
        notes=(*observed.notes, *_states(rotations)),
        failures=tuple(dict.fromkeys(error.line for error in errors)),
    )


def _rows(rotation: Rotation, secrets: Sequence[Object]) -> Iterator[StatusRow]:
    old, new = rotation.before, rotation.after
    if rotation.is_undo:
        old, new = new, old
    olds = {_place(holder): holder for holder in holders_of(old, [rotation], secrets)}
    news = {_place(holder): holder for holder in holders_of(new, [rotation], secrets)} if old != new else {}
    for key, holder in {**olds, **news}.items():
        held = Held.BOTH if key in olds and key in news else Held.OLD if key in olds else Held.NEW
        yield StatusRow(namespace=key[0], name=key[1], held=held, standing=holder.standing, reason=holder.reason)
    for copy in copies_through(rotation.source, claims_among(secrets)).proven:
        namespace, name = namespace_of(copy), name_of(copy)
        if (namespace, name) not in olds and (namespace, name) not in news:
            yield StatusRow(namespace=namespace, name=name, held=Held.OTHER, standing=Standing.COPY, reason="a copy")


def _states(rotations: Sequence[Rotation]) -> Iterator[str]:
    for rotation in rotations:
        namespace, name = rotation.place
        if rotation.is_undo:
            yield f"note: the rotation of secret/{name} in namespace {namespace} is being undone"
        elif has_unwritten_next(rotation.memory, rotation.source):
            yield (
                f"note: secret/{name} in namespace {namespace} still has the old credential, and "
                f"secret/{name_of(rotation.memory)} a new API key for it"
            )
        elif rotation.is_done:
            yield f"note: secret/{name} in namespace {namespace} still has the old credential"


def _place(holder: Holder) -> tuple[str, str]:
    return holder.namespace, holder.name
