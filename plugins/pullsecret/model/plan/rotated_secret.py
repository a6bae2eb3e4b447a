"""How the secrets of a rotation should be, from what they are now: the sibling, the source, and what holds the old one.

All that may have changed since the plan is judged again here, for the object as it is when it is written.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NoReturn

from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.registry_credential import credential_of
from pullsecret.model.objects.objects import Object, mapping_at, merged, name_of, namespace_of, text_at
from pullsecret.model.owners.managed_secret import with_editor_noted
from pullsecret.model.plan.change import GONE
from pullsecret.model.plan.rotation import UNDONE, check_memory, check_writable, data_key

if TYPE_CHECKING:
    from pullsecret.model.plan.rotation import Rotation


def remembered(current: Object | None, rotation: Rotation) -> Object:
    """The desired state of NAME-previous, from what it is now.

    Raises:
        RefusedError: another rotation has created it meanwhile, for another credential.
    """
    if current is None:
        return _gone(rotation) if rotation.has_begun else rotation.memory
    check_memory(current, rotation.source)
    key = data_key(rotation.source)
    if text_at(current, "data", key) != text_at(rotation.memory, "data", key):
        raise RefusedError(_other_rotation(rotation.source))
    has_mark = UNDONE in mapping_at(current, "data")
    if has_mark != (UNDONE in mapping_at(rotation.memory, "data")):
        raise RefusedError(_other_rotation(rotation.source))
    if rotation.is_undo and not has_mark:
        return merged(current, {"data": {UNDONE: text_at(rotation.source, "data", key)}})
    return current


def forgotten(current: Object | None, rotation: Rotation) -> Object:
    """No sibling any more, if it still keeps what it kept when it was read.

    Raises:
        RefusedError: another rotation has begun meanwhile.
    """
    if current is not None and mapping_at(current, "data") != mapping_at(rotation.memory, "data"):
        raise RefusedError(_other_rotation(rotation.source))
    return GONE


def _gone(rotation: Rotation) -> NoReturn:
    name = name_of(rotation.memory)
    raise NotFoundError(f'secrets "{name}" not found: the rotation was finished meanwhile', code=404, reason="NotFound")


def changed_source(current: Object | None, rotation: Rotation) -> Object:
    """The desired state of the source, from what it is now.

    Raises:
        NotFoundError: it is gone.
        RefusedError: it was recreated or may not be written, or it holds a credential that is neither the old nor the
            new one: somebody else is changing it.
    """
    name = name_of(rotation.source)
    if current is None:
        raise NotFoundError(f'secrets "{name}" not found', code=404, reason="NotFound")
    if text_at(current, "metadata", "uid") != text_at(rotation.source, "metadata", "uid"):
        raise RefusedError(f"{_what(current)} was recreated meanwhile; run the command again")
    held = {credential_of(entry) for entry in registries_of(current).entries if entry.server in rotation.servers}
    if not held or held - {rotation.before, rotation.after}:
        raise RefusedError(_other_rotation(current))
    check_writable(current)
    return written(current, rotation.applied_to(current))


def written(current: Object, after: Object) -> Object:
    """A secret with a new credential, which does not look as if this program had written the rest of it, too."""
    return current if after is current else with_editor_noted(after, current)


def _other_rotation(source: Object) -> str:
    return (
        f"{_what(source)} is being rotated to another credential, or that was not finished; run that command again, "
        "or use --status, --undo or --finish"
    )


def _what(secret: Object) -> str:
    return f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)}'
