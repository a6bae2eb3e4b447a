"""How the secrets of a rotation should be, from what they are now: the sibling, the source, and what holds the old one.

All that may have changed since the plan is judged again here, for the object as it is when it is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.icr import is_registry_host
from pullsecret.model.images.registry_credential import credential_of
from pullsecret.model.objects.objects import Object, mapping_at, merged, name_of, namespace_of, text_at
from pullsecret.model.objects.sibling import NEXT, UNDONE
from pullsecret.model.owners.managed_secret import with_editor_noted
from pullsecret.model.plan.change import GONE
from pullsecret.model.plan.rotation import check_writable
from pullsecret.model.plan.rotation_memory import (
    check_memory,
    check_next,
    check_not_finishing,
    data_key,
    has_next,
    marks_in,
    other_rotation,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.plan.rotation import Rotation


def remembered(current: Object | None, rotation: Rotation) -> Object:
    """The desired state of NAME-previous, from what it is now.

    Raises:
        RefusedError: another rotation has created it meanwhile, for another credential.
    """
    if current is None:
        return _gone(rotation) if rotation.has_begun else _with_next(rotation.memory, rotation)
    check_memory(current, rotation.source)
    key = data_key(rotation.source)
    if text_at(current, "data", key) != text_at(rotation.memory, "data", key):
        raise RefusedError(other_rotation(rotation.source))
    has_mark = UNDONE in mapping_at(current, "data")
    if has_mark != (UNDONE in mapping_at(rotation.memory, "data")):
        raise RefusedError(other_rotation(rotation.source))
    if not rotation.is_undo:
        check_next(current, rotation.source, rotation.after)
        return current if has_next(current) else _with_next(current, rotation)
    check_not_finishing(current, rotation.source)
    return current if has_mark else merged(current, {"data": {UNDONE: text_at(rotation.source, "data", key)}})


def _with_next(memory: Object, rotation: Rotation) -> Object:
    """The sibling with the key that the source gets, if that was made by this run or an earlier one."""
    return merged(memory, {"data": {NEXT: rotation.next_text}}) if rotation.next_text else memory


def forgotten(current: Object | None, rotation: Rotation) -> Object:
    """No sibling any more, if it still keeps what it kept when it was read.

    Raises:
        RefusedError: another rotation has begun meanwhile.
    """
    if current is not None and mapping_at(current, "data") != mapping_at(rotation.memory, "data"):
        raise RefusedError(other_rotation(rotation.source))
    return GONE


def _gone(rotation: Rotation) -> NoReturn:
    name = name_of(rotation.memory)
    raise NotFoundError(f'secrets "{name}" not found: the rotation was finished meanwhile', code=404, reason="NotFound")


def changed_source(current: Object | None, rotation: Rotation) -> Object:
    """The desired state of the source, from what it is now.

    Raises:
        NotFoundError: it is gone.
        RefusedError: it was recreated or may not be written, or it holds a credential that is neither the old nor the
            new one: another client is changing it.
    """
    name = name_of(rotation.source)
    if current is None:
        raise NotFoundError(f'secrets "{name}" not found', code=404, reason="NotFound")
    if text_at(current, "metadata", "uid") != text_at(rotation.source, "metadata", "uid"):
        raise RefusedError(f"{_what(current)} was recreated meanwhile; run the command again")
    held = {credential_of(entry) for entry in registries_of(current).entries if entry.server in rotation.servers}
    if not held or held - {rotation.before, rotation.after}:
        raise RefusedError(other_rotation(current))
    check_writable(current)
    after = rotation.applied_to(current)
    return current if after is current else written(current, _marked(after, rotation, rotation.marks))


def written(current: Object, after: Object) -> Object:
    """A secret with a new credential, which does not look as if this program had written the rest of it, too."""
    return current if after is current else with_editor_noted(after, current)


def with_marks_of(after: Object, rotation: Rotation) -> Object:
    """A secret beside the source with the new credential: where annotations named the old API key, they are right."""
    return _marked(after, rotation, rotation.marks if marks_in(after) else {})


def _marked(after: Object, rotation: Rotation, marks: Mapping[str, str]) -> Object:
    """A secret whose annotations name the API key that it has from now on; those of another credential stay."""
    stale: dict[str, str | None] = dict.fromkeys(marks_in(after)) if all(map(is_registry_host, rotation.hosts)) else {}
    change = {**stale, **marks}
    return merged(after, {"metadata": {"annotations": change}}) if change else after


def _what(secret: Object) -> str:
    return f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)}'
