"""Entries added to, replaced in and removed from a pull secret, whose text stays as it is everywhere else.

The order, the whitespace, repeated names and the fields that nothing here knows belong to their author.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final, NamedTuple

from pullsecret.errors import RefusedError
from pullsecret.model.go.base64 import decoded_base64
from pullsecret.model.go.json import folded, go_bytes, json_quoted, parsed
from pullsecret.model.go.json_members import JsonMember, members_of, with_changes
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import (
    RegistryEntry,
    config_entries,
    entry_text,
    legacy_entries,
    registries_of,
)
from pullsecret.model.objects.objects import Object, mapping_at, name_of, namespace_of, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, DOCKER_CONFIG_JSON

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

LARGEST_SECRET: Final = 1024 * 1024
"""Bytes that the values of a secret's data have at most (kubernetes: pkg/apis/core/types.go, MaxSecretSize)."""

_AUTHS: Final = "auths"
(_OPENING,) = b"{"


@dataclass(frozen=True, kw_only=True)
class EntryEdits:
    """What to change in a pull secret: entries that it should have, and server keys that it should have no entry for.

    An entry replaces those whose key means the same to the kubelet (`us.icr.io`, `https://us.icr.io`), and a key is
    removed in each of its spellings; what has the credential already stays as it is.
    """

    added: tuple[RegistryEntry, ...] = ()
    removed: tuple[str, ...] = field(default=(), repr=False)


def key_meaning(server: str) -> str:
    """What a server key is to the kubelet, by which keys are compared: `us.icr.io` for `https://us.icr.io/v1/`."""
    index = index_key(server)
    return f"\0{server}" if index is None else index


def edited_secret(secret: Object, edits: EntryEdits) -> Object:
    """A pull secret with other entries; the same object if it has them already.

    Raises:
        RefusedError: it is malformed, so that the kubelet rejects it, or would be too large.
    """
    key = DATA_KEYS[text_at(secret, "type")]
    what = f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)}'
    if reason := registries_of(secret).malformed:
        raise RefusedError(f"{what} is malformed ({reason}); correct or replace it first")
    text = text_at(secret, "data", key)
    before = decoded_base64(go_bytes(text)) if text else b""
    after = edited_config(before, edits, is_legacy=key != DATA_KEYS[DOCKER_CONFIG_JSON])
    if after == before:
        return secret
    data = {**mapping_at(secret, "data"), key: base64.b64encode(after).decode()}
    size = sum(len(decoded_base64(go_bytes(value))) for value in data.values() if isinstance(value, str))
    if size > LARGEST_SECRET:
        raise RefusedError(f"{what} would have {size:,} bytes of data, and a secret has {LARGEST_SECRET:,} at most")
    return {**secret, "data": data}


def edited_config(data: bytes, edits: EntryEdits, *, is_legacy: bool) -> bytes:
    """The text of a valid docker config with other entries; `is_legacy`: it is a `.dockercfg`, which has no `auths`."""
    if not data.strip() or parsed(data) is None:
        data = b"{}"
    outer = _Object(start=data.index(b"{"), members=tuple(members_of(data, data.index(b"{"))))
    objects = (outer,) if is_legacy else _auths_in(data, outer)
    removed = {*map(key_meaning, edits.removed)}
    changes: dict[tuple[int, int], bytes] = {}
    found: set[str] = set()
    for member, entry in _replacements(objects, edits.added):
        found.add(entry.server)
        if not _has(data, member, entry, is_legacy=is_legacy):
            changes[member.value, member.end] = entry_text(entry).encode()
    for each in objects:
        changes.update(_cuts(each, removed))
    if new := [entry for entry in edits.added if entry.server not in found]:
        place, text = _insertion(data, outer, objects, new, removed)
        changes[place, place] = text
    return with_changes(data, changes)


class _Object(NamedTuple):
    """A JSON object: where it begins, and its members."""

    start: int
    members: tuple[JsonMember, ...]


def _auths_in(data: bytes, outer: _Object) -> tuple[_Object, ...]:
    """The objects with the entries that count: `auths` may be repeated, and a null empties those before it."""
    values = [member.value for member in outer.members if folded(member.name) == _AUTHS]
    last_null = max((value for value in values if data[value] != _OPENING), default=-1)
    return tuple(_Object(start=value, members=tuple(members_of(data, value))) for value in values if value > last_null)


def _replacements(
    objects: Sequence[_Object], added: Sequence[RegistryEntry]
) -> Iterator[tuple[JsonMember, RegistryEntry]]:
    """The members whose places new entries take, each with its entry: one of the same spelling comes first."""
    exact = {entry.server: entry for entry in added}
    by_meaning = {key_meaning(entry.server): entry for entry in reversed(added)}
    for member in (member for each in objects for member in each.members):
        if entry := exact.get(member.name) or by_meaning.get(key_meaning(member.name)):
            yield member, entry


def _has(data: bytes, member: JsonMember, entry: RegistryEntry, *, is_legacy: bool) -> bool:
    """Whether a member is an entry with the same credential, and with the email if one is given."""
    text = b"{" + data[member.start : member.end] + b"}"
    document = parsed(text if is_legacy else b'{"auths":' + text + b"}")
    (there,) = legacy_entries(document) if is_legacy else config_entries(document)
    return there == replace(entry, server=there.server, email=entry.email or there.email)


def _cuts(each: _Object, removed: Collection[str]) -> Iterator[tuple[tuple[int, int], bytes]]:
    """What to cut out for the members that are removed: with the comma after them or, at the end, that before them."""
    last: JsonMember | None = None
    position = 0
    for is_gone, group in groupby(each.members, lambda member: key_meaning(member.name) in removed):
        run = tuple(group)
        position += len(run)
        if is_gone and position < len(each.members):
            yield (run[0].start, each.members[position].start), b""
        elif is_gone:
            yield (last.end if last else run[0].start, run[-1].end), b""
        last = run[-1]


def _insertion(
    data: bytes, outer: _Object, objects: Sequence[_Object], new: Sequence[RegistryEntry], removed: Collection[str]
) -> tuple[int, bytes]:
    """Where new entries are inserted, and their text: after the last one, or in an `auths` of their own."""
    texts = [f"{json_quoted(entry.server)}:{entry_text(entry)}".encode() for entry in new]
    if objects:
        return _appended(data, objects[-1], texts, removed)
    # A null that empties the `auths` before it stays: it would no longer do that if it were replaced.
    return _appended(data, outer, [b'"auths":{' + b",".join(texts) + b"}"], ())


def _appended(data: bytes, each: _Object, texts: Sequence[bytes], removed: Collection[str]) -> tuple[int, bytes]:
    """Where members are added to an object, and their text, separated as the last two there are."""
    kept = [member for member in each.members if key_meaning(member.name) not in removed]
    if kept:
        separator = _separator(data, each)
        return kept[-1].end, b"".join(separator + text for text in texts)
    place = each.members[0].start if each.members else each.start + 1
    return place, b",".join(texts)


def _separator(data: bytes, each: _Object) -> bytes:
    if len(each.members) > 1:
        before, last = each.members[-2:]
        return data[before.end : last.start]
    return b"," + data[each.start + 1 : each.members[0].start]
