"""One credential in pull secrets: where it is held, and how another one takes its place without touching the rest.

The text of the docker config stays byte for byte, except for the values of the entries that are changed: the order, the
whitespace and the fields that this program does not know belong to their author.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from pullsecret.model.go.base64 import decoded_base64
from pullsecret.model.go.json import folded, go_bytes, json_quoted
from pullsecret.model.go.json_members import members_of, with_changes, written_text
from pullsecret.model.go.remembered import Remembered
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import RegistryEntry, registries_of, user_and_password
from pullsecret.model.objects.objects import Object, mapping_at, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, DOCKER_CONFIG_JSON

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryCredential:
    """A username and a password, whatever registries they are for."""

    username: str
    password: str = field(repr=False)

    @property
    def shown_username(self) -> str:
        """The username as a message repeats it."""
        return RegistryEntry(server="", username=self.username, password=self.password).shown_username


def credential_of(entry: RegistryEntry) -> RegistryCredential:
    """The credential of an entry."""
    return RegistryCredential(username=entry.username, password=entry.password)


def held_credentials(secret: Object) -> dict[RegistryCredential, frozenset[str]]:
    """The credentials with a password in a pull secret, in its order, each with the hosts that it is for."""
    found: dict[RegistryCredential, set[str]] = {}
    for entry in registries_of(secret).entries:
        if entry.has_password:
            found.setdefault(credential_of(entry), set()).add(key_host(entry.server))
    return {credential: frozenset(hosts) for credential, hosts in found.items()}


def hosts_with(secret: Object, credential: RegistryCredential) -> frozenset[str]:
    """The hosts for which a pull secret holds a credential."""
    return held_credentials(secret).get(credential, frozenset())


def key_host(server: str) -> str:
    """The host and port of a server key, for which its credential is meant; "" for a key that the kubelet drops."""
    return (index_key(server) or "").partition("/")[0]


def with_credential(secret: Object, old: RegistryCredential, new: RegistryCredential, hosts: frozenset[str]) -> Object:
    """A pull secret with a new credential in the entries of some hosts that hold the old one; all else stays.

    The same object is returned where nothing changes, and for a secret that the kubelet rejects.
    """
    if not hosts & hosts_with(secret, old):
        return secret
    servers = frozenset(entry.server for entry in registries_of(secret).entries if key_host(entry.server) in hosts)
    return with_credential_at(secret, old, new, servers)


def with_credential_at(
    secret: Object, old: RegistryCredential, new: RegistryCredential, servers: frozenset[str]
) -> Object:
    """The same in the entries with these server keys, as they are written.

    `auth` is rewritten, and `username` and `password` where they are present: the kubelet reads `auth` first.
    """
    entries = registries_of(secret).entries
    if old == new or not any(entry.server in servers and credential_of(entry) == old for entry in entries):
        return secret
    key = DATA_KEYS[text_at(secret, "type")]
    replaced = _replaced(key, text_at(secret, "data", key), old, new, servers)
    return {**secret, "data": {**mapping_at(secret, "data"), key: replaced}}


@Remembered
def _replaced(key: str, text: str, old: RegistryCredential, new: RegistryCredential, servers: frozenset[str]) -> str:
    """The base64 text of a data key with the new credential; a thousand equal copies are changed once."""
    data = decoded_base64(go_bytes(text))
    values = _values_to_replace(data, old, servers, is_legacy=key != DATA_KEYS[DOCKER_CONFIG_JSON])
    changes = {(value.start, value.end): _written(value.name, new) for value in values}
    return base64.b64encode(with_changes(data, changes)).decode()


def _written(name: str, new: RegistryCredential) -> bytes:
    pair = go_bytes(f"{new.username}:{new.password}")
    values = {"auth": base64.b64encode(pair).decode(), "username": new.username, "password": new.password}
    return json_quoted(values[name]).encode()


class _Value(NamedTuple):
    """A string in an entry: the name of its field, folded, and its place in the text."""

    name: str
    text: str
    start: int
    end: int


def _values_to_replace(
    data: bytes, old: RegistryCredential, servers: frozenset[str], *, is_legacy: bool
) -> Iterator[_Value]:
    for server, values in _entries(data, is_legacy=is_legacy):
        if server in servers and _credential_in(values) == old:
            yield from (value for value in values if value.text or value.name != "auth")


def _credential_in(values: Iterable[_Value]) -> RegistryCredential:
    fields = {value.name: value.text for value in values}
    if fields.get("auth"):
        username, password = user_and_password(fields["auth"])
        return RegistryCredential(username=username, password=password)
    return RegistryCredential(username=fields.get("username", ""), password=fields.get("password", ""))


def _entries(data: bytes, *, is_legacy: bool) -> Iterator[tuple[str, list[_Value]]]:
    """The entries of a docker config in the order of the text, each with its server key and the fields to change."""
    outer = data.index(b"{")
    objects = [outer] if is_legacy else [each.value for each in members_of(data, outer) if folded(each.name) == "auths"]
    for place in objects:
        for entry in members_of(data, place) if data.startswith(b"{", place) else ():
            if data.startswith(b"{", entry.value):
                yield entry.name, list(_fields_to_change(data, entry.value))


def _fields_to_change(data: bytes, entry: int) -> Iterator[_Value]:
    for member in members_of(data, entry):
        if folded(member.name) in ("auth", "username", "password") and data.startswith(b'"', member.value):
            text = written_text(data[member.value : member.end])
            yield _Value(name=folded(member.name), text=text, start=member.value, end=member.end)
