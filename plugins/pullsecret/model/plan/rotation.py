"""A rotation: a credential takes the place of another one in a source, and what remembers that beside it.

The sibling NAME-previous is created first and keeps the source as it was. It is the memory of a rotation, and its lock:
together with the source's content it tells what replaces what, so the same command goes on after any interruption, and
another rotation is refused. No hash of a credential is needed for that, and none is stored anywhere.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.errors import RefusedError
from pullsecret.model.images.dockerconfig import encoded, registries_of
from pullsecret.model.images.registry_credential import (
    RegistryCredential,
    credential_of,
    held_credentials,
    key_host,
    with_credential,
)
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.objects.objects import (
    Object,
    mapping_at,
    name_of,
    namespace_of,
    subdomain_problem,
    text_at,
)
from pullsecret.model.objects.pullsecret import DATA_KEYS, DOCKER_CONFIG_JSON, is_pull_secret
from pullsecret.model.objects.sibling import as_previous, is_previous, is_sibling, previous_name
from pullsecret.model.owners.managed_secret import data_owner

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence

UNDONE = "undone"
"""The data key with which NAME-previous remembers the credential that an undo replaces, as the source had it."""


@dataclass(frozen=True, kw_only=True)
class NewCredential:
    """What the user gives: a password, and a username unless that stays; for these registries, or for all."""

    password: str = field(repr=False)
    username: str = ""
    registries: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """What replaces what in a source, and in what was copied from it.

    `memory` is the sibling that keeps the old credential: as read, or as it will be created. `servers` are the server
    keys that held it. `is_undo`: the old credential replaces the new one again.
    """

    source: Object = field(repr=False)
    memory: Object = field(repr=False)
    before: RegistryCredential
    after: RegistryCredential
    servers: frozenset[str]
    is_undo: bool = False

    @property
    def hosts(self) -> frozenset[str]:
        """The hosts for which the source held the credential: no other entry of any secret is changed."""
        return frozenset(map(key_host, self.servers)) - {""}

    @property
    def place(self) -> tuple[str, str]:
        """The namespace and name of the source."""
        return namespace_of(self.source), name_of(self.source)

    @property
    def has_begun(self) -> bool:
        """Whether the memory is there already."""
        return bool(text_at(self.memory, "metadata", "uid"))

    @property
    def is_done(self) -> bool:
        """Whether the source held the wanted credential before any rotation began: there is nothing to do."""
        return self.before == self.after

    def applied_to(self, secret: Object) -> Object:
        """A secret with the credential replaced where it is held for one of the hosts."""
        return with_credential(secret, self.before, self.after, self.hosts)


def begun(source: Object, previous: Object | None, new: NewCredential) -> Rotation:
    """The rotation of a source to a new credential: a new one, or the one that NAME-previous remembers.

    Raises:
        RefusedError: as `replaced_credential`; or the new credential is the one that is being replaced.
    """
    old = replaced_credential(source, previous, new.registries)
    memory = previous or as_previous(source)
    after = RegistryCredential(username=new.username or old.username, password=new.password)
    rotation = Rotation(source=source, memory=memory, before=old, after=after, servers=_servers_with(memory, old))
    if previous is not None and rotation.is_done:
        raise RefusedError(
            f"the credential is the one that is being replaced in {_word(source)}; use --undo to go back to it"
        )
    return rotation


def replaced_credential(source: Object, previous: Object | None, registries: Sequence[str]) -> RegistryCredential:
    """The credential that a rotation of a source replaces.

    Raises:
        RefusedError: the source cannot be changed, holds none or several credentials, the name of the sibling cannot
            be used, or another rotation is being undone.
    """
    check_source(source)
    memory = previous or as_previous(source)
    check_memory(memory, source)
    if UNDONE in mapping_at(memory, "data"):
        raise RefusedError(
            f"the rotation of {_word(source)} is being undone; run --undo again to complete that, or --finish"
        )
    return chosen_credential(previous or source, registries)


def undoing(source: Object, previous: Object | None, registries: Sequence[str] = ()) -> Rotation:
    """The way back to what NAME-previous keeps.

    Raises:
        RefusedError: there is no rotation to undo, or it is not clear which credential was replaced.
    """
    if previous is None:
        raise RefusedError(f"there is no rotation of {_word(source)} to undo: it has no secret/{_previous_of(source)}")
    check_source(source)
    check_memory(previous, source)
    old, new = replaced_pair(source, previous, registries)
    servers = _servers_with(previous, old)
    return Rotation(source=source, memory=previous, before=new, after=old, servers=servers, is_undo=True)


def remembered_rotation(source: Object, previous: Object, registries: Sequence[str] = ()) -> Rotation:
    """The rotation that NAME-previous remembers, whether the source may be written or not.

    Raises:
        RefusedError: the sibling is somebody else's, or it is not clear which credential was replaced.
    """
    check_memory(previous, source)
    old, new = replaced_pair(source, previous, registries)
    is_undo = UNDONE in mapping_at(previous, "data")
    before, after = (new, old) if is_undo else (old, new)
    servers = _servers_with(previous, old)
    return Rotation(source=source, memory=previous, before=before, after=after, servers=servers, is_undo=is_undo)


def replaced_pair(
    source: Object, previous: Object, registries: Sequence[str] = ()
) -> tuple[RegistryCredential, RegistryCredential]:
    """The old credential and the one in its place, by what NAME-previous and the source hold for the same server keys.

    Both are the same where the source was not changed yet.

    Raises:
        RefusedError: several credentials differ, or the sibling has none.
    """
    found = (*_held_by_both(source, previous), *_held_by_both(undone_source(source, previous), previous))
    pairs = {(old, new) for old, new in found if old != new}
    if len(pairs) > 1 or not pairs:
        old = chosen_credential(previous, registries)
        pairs = {pair for pair in pairs if pair[0] == old} or {(old, old)}
    if len(pairs) > 1:
        raise RefusedError(f"{_what(source)} has several credentials in the place of one; rotate it by hand")
    return next(iter(pairs))


def undone_source(source: Object, previous: Object) -> Object:
    """The source as an undo found it, which NAME-previous remembers from then on; the source itself before that."""
    key = data_key(source)
    text = text_at(previous, "data", UNDONE)
    return {**source, "data": {key: text}} if text else source


def _held_by_both(source: Object, previous: Object) -> Iterator[tuple[RegistryCredential, RegistryCredential]]:
    """The credentials that the previous secret and the source have for the same server key."""
    now = {entry.server: credential_of(entry) for entry in registries_of(source).entries}
    for entry in registries_of(previous).entries:
        if entry.has_password and entry.server in now:
            yield credential_of(entry), now[entry.server]


def check_source(source: Object) -> None:
    """Refuse what cannot be rotated.

    Raises:
        RefusedError: it is no pull secret or a sibling, malformed, immutable, being deleted, or owned by another party;
            or the name of its sibling would be too long.
    """
    if is_sibling(source):
        raise RefusedError(f"{_what(source)} keeps the previous data of another secret and is never rotated")
    if not is_pull_secret(source):
        raise RefusedError(f"{_what(source)} has type {text_at(source, 'type')} and is not a pull secret")
    if reason := registries_of(source).malformed:
        raise RefusedError(f"{_what(source)} is malformed: {reason}")
    if problem := subdomain_problem(previous_name(name_of(source))):
        raise RefusedError(f"{_what(source)} cannot be rotated: the name of the secret that keeps its data {problem}")
    if source.get("immutable") is True:
        raise RefusedError(
            f"{_what(source)} is immutable; create one with the new credential under a new name (create --append-hash)"
        )
    check_writable(source)


def check_writable(secret: Object) -> None:
    """Refuse a secret whose data cannot be changed in place, or not for long.

    Raises:
        RefusedError: it is immutable, being deleted, or owned by another party.
    """
    if text_at(secret, "metadata", "deletionTimestamp"):
        raise RefusedError(f"{_what(secret)} is being deleted")
    if owner := data_owner(secret):
        raise RefusedError(f"{_what(secret)} is owned by {owner.party}: {owner.prediction}; {owner.advice}")
    if secret.get("immutable") is True:
        raise RefusedError(
            f"{_what(secret)} is immutable; copy its source again under a new name (copy --name), or over it "
            "(copy --recreate)"
        )


def check_memory(memory: Object, source: Object) -> None:
    """Refuse a secret that has the name of a source's sibling, and is none.

    Raises:
        RefusedError: it is somebody else's, or not of the source's type.
    """
    if not is_previous(memory) or text_at(memory, "type") != text_at(source, "type"):
        raise RefusedError(
            f'secrets "{name_of(memory)}" already exists in namespace {namespace_of(memory)} and does not keep the '
            f"previous secret/{name_of(source)}, which cannot be rotated without that name"
        )


def chosen_credential(secret: Object, registries: Sequence[str]) -> RegistryCredential:
    """The one credential of a secret, or the one that it has for these registries.

    Raises:
        RefusedError: there is none, or there are several.
    """
    hosts = {key_host(registry) for registry in registries}
    found = held_credentials(secret)
    wanted = {item: held for item, held in found.items() if not hosts or held & hosts}
    absent = hosts - frozenset[str]().union(*found.values())
    if absent or not wanted:
        what = f"for {', '.join(map(shown_key, sorted(absent)))}" if absent else "at all"
        raise RefusedError(f"{_what(secret)} has no credentials {what}")
    if len(wanted) > 1:
        texts = (f"{item.shown_username} for {_shown(held)}" for item, held in wanted.items())
        raise RefusedError(
            f"{_what(secret)} has several credentials ({'; '.join(texts)}); use --registry to name the one to replace"
        )
    return next(iter(wanted))


def _shown(hosts: Collection[str]) -> str:
    return ", ".join(map(shown_key, sorted(hosts)))


def _servers_with(secret: Object, credential: RegistryCredential) -> frozenset[str]:
    entries = registries_of(secret).entries
    return frozenset(entry.server for entry in entries if credential_of(entry) == credential)


def changed_part(rotation: Rotation) -> tuple[Object, Object]:
    """The entries that change, as a secret of their own: with the old credential, and with the new one."""
    entries = (entry for entry in registries_of(rotation.memory).entries if entry.server in rotation.servers)
    content = base64.b64encode(encoded(entries)).decode()
    namespace, name = rotation.place
    part = {
        "metadata": {"name": name, "namespace": namespace},
        "type": DOCKER_CONFIG_JSON,
        "data": {DATA_KEYS[DOCKER_CONFIG_JSON]: content},
    }
    return part, rotation.applied_to(part)


def data_key(secret: Object) -> str:
    """The data key of a pull secret's type."""
    return DATA_KEYS.get(text_at(secret, "type"), "")


def _previous_of(source: Object) -> str:
    return previous_name(name_of(source))


def _what(secret: Object) -> str:
    return f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)}'


def _word(secret: Object) -> str:
    """The same in the middle of a sentence."""
    return f"secret/{name_of(secret)} in namespace {namespace_of(secret)}"
