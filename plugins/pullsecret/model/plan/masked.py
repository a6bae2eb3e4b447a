"""Two states of an object to be compared: nothing of a credential is in them, but what of it is different.

The data of secrets is masked as `kubectl diff` masks it (kubectl: pkg/cmd/diff/diff.go, Masker): `***`, and `***
(before)` and `*** (after)` where two values differ. Of a pull secret, the registries and usernames are shown. The
values of variables in pod templates are masked, too, because people put passwords there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.model.images.dockerconfig import display_name, registries_of
from pullsecret.model.images.icr import looks_like_a_credential
from pullsecret.model.objects.objects import LAST_APPLIED, Object, as_manifest, mapping_at, merged
from pullsecret.model.objects.pullsecret import DATA_KEYS

if TYPE_CHECKING:
    from collections.abc import Mapping

SAME, BEFORE, AFTER = "***", "*** (before)", "*** (after)"


def masked_pair(before: Object | None, after: Object | None) -> tuple[Object | None, Object | None]:
    """Both states without what only the server sets, and masked; None where there is no object."""
    return _masked(before, after, BEFORE), _masked(after, before, AFTER)


def _masked(one: Object | None, other: Object | None, word: str) -> Object | None:
    if not one:
        return None
    shown = as_manifest(one)
    if mapping_at(shown, "metadata", "annotations"):
        shown = merged(shown, {"metadata": {"annotations": {LAST_APPLIED: None}}})
    if data := mapping_at(one, "data"):
        theirs = mapping_at(other or {}, "data")
        values = {key: word if key in theirs and theirs[key] != value else SAME for key, value in data.items()}
        return {**shown, "data": {**values, **_entries(one, other or {}, word)}}
    return _without_variables(shown)


def _without_variables(item: Object) -> Object:
    """The object with the value of each variable masked, wherever it has containers."""
    return {key: _without_values(value) if key == "env" else _inside(value) for key, value in item.items()}


def _inside(value: object) -> object:
    if isinstance(value, dict):
        return _without_variables(value)
    return [_inside(item) for item in value] if isinstance(value, list) else value


def _without_values(variables: object) -> object:
    if not isinstance(variables, list):
        return _inside(variables)
    return [{**one, "value": SAME} if isinstance(one, dict) and "value" in one else one for one in variables]


def _entries(one: Object, other: Object, word: str) -> Object:
    """The data of a pull secret by registry, unless only something else in it is different."""
    key = DATA_KEYS.get(str(one.get("type")), "")
    ours, theirs = _shown_entries(one, other, word), _shown_entries(other, one, word)
    is_different = bool(other) and mapping_at(one, "data").get(key) != mapping_at(other, "data").get(key)
    is_seen = ours != theirs or any(entry["password"] == word for entry in ours.values())
    return {key: ours} if ours and (is_seen or not is_different) else {}


def _shown_entries(one: Object, other: Object, word: str) -> Mapping[str, Object]:
    passwords = {entry.server: entry.password for entry in registries_of(other).entries}
    return {
        display_name(entry.server): {
            "username": _shown_username(entry.username, entry.password),
            "password": SAME if passwords.get(entry.server, entry.password) == entry.password else word,
        }
        for entry in registries_of(one).entries
    }


def _shown_username(username: str, password: str) -> str:
    return "<hidden>" if username == password or looks_like_a_credential(username) else username
