"""Entries added to and removed from a secret that exists: what it is then, and what was not there to remove."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import RefusedError
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.edited_entries import EntryEdits, edited_secret, key_meaning
from pullsecret.model.images.icr import is_registry_host
from pullsecret.model.images.registry_credential import key_host
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.objects.objects import merged, name_of, namespace_of
from pullsecret.model.plan.rotation_memory import marks_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from pullsecret.model.objects.objects import Object


def with_edits(current: Object, new: Object, edits: EntryEdits) -> Object:
    """The new secret in the place of one whose other entries stay.

    It has the type and the data of what is there, edited. Annotations that name the API key in it stay while an entry
    of IBM Cloud's registries does.

    Raises:
        RefusedError: what is there is malformed, or would be too large or have no entries.
    """
    edited = edited_secret(current, edits)
    before, after = registries_of(current).entries, registries_of(edited).entries
    if not after and edited is not current:
        raise RefusedError(
            f'secrets "{name_of(current)}" in namespace {namespace_of(current)} would have no entries left; use '
            "kubectl pullsecret delete to delete it"
        )
    kept = {entry for entry in before if is_registry_host(key_host(entry.server))} & {*after}
    result = {**new, "type": edited["type"], "data": edited["data"]}
    return merged(result, {"metadata": {"annotations": marks_in(current)}}) if kept else result


def absent_notes(secrets: Iterable[Object], removed: Sequence[str]) -> tuple[str, ...]:
    """A line for each registry to remove for which none of the secrets has an entry, with the entries below it."""
    found = [registries_of(secret).servers for secret in secrets] if removed else []
    servers = [server for each in found for server in each]
    meanings = {key_meaning(server): server for server in servers}
    lines = []
    for key in removed if found else ():
        if key_meaning(key) not in meanings:
            below = [server for meaning, server in meanings.items() if meaning.startswith(f"{key_meaning(key)}/")]
            more = f"; there are some for {', '.join(map(shown_key, below))}" if below else ""
            lines.append(f"note: there is no entry for {shown_key(key)} to remove{more}")
    return tuple(lines)
