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
    found = [(rotation, tuple(_rows(rotation, secrets))) for rotation in rotations]
    rows = {(row.namespace, row.name): row for _, its_rows in found for row in its_rows}
    states = (
        _state(rotation, is_replaced=not any(map(_is_pending, its_rows)) and not observed.secrets.unreadable)
        for rotation, its_rows in found
    )
    errors = (*observed.selection.failures, *observed.secrets.unreadable.values())
    return RotationStatus(
        rows=tuple(rows[key] for key in sorted(rows)),
        notes=(*observed.notes, *filter(None, states)),
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


def _is_pending(row: StatusRow) -> bool:
    """Whether an undo has still to put the old credential back."""
    return row.standing in (Standing.SOURCE, Standing.COPY) and row.held in (Held.NEW, Held.BOTH)


def _state(rotation: Rotation, *, is_replaced: bool) -> str:
    """What there is to say of a rotation as a whole; "" for one that is under way.

    `is_replaced`: neither the source nor a copy of it holds what an undo replaces.
    """
    namespace, name = rotation.place
    subject, memory = f"secret/{name} in namespace {namespace}", f"secret/{name_of(rotation.memory)}"
    if rotation.is_undo and is_replaced:
        return f"note: the rotation of {subject} was undone; --finish deletes {memory}"
    if rotation.is_undo:
        return f"note: the rotation of {subject} is being undone"
    if has_unwritten_next(rotation.memory, rotation.source):
        return f"note: {subject} still has the old credential, and {memory} a new API key for it"
    return f"note: {subject} still has the old credential" if rotation.is_done else ""


def _place(holder: Holder) -> tuple[str, str]:
    return holder.namespace, holder.name
