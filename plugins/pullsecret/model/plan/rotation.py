"""A rotation: a credential takes the place of another one in a source, and what remembers that beside it.

The sibling NAME-previous is created first and keeps the source as it was. It is the memory of a rotation, and its lock:
together with the source's content it tells what replaces what, so the same command goes on after any interruption, and
another rotation is refused. No hash of a credential is needed for that, and none is stored anywhere.
"""

from __future__ import annotations

import base64
from dataclasses import dataclass, field, replace
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
from pullsecret.model.objects.code_engine_names import check_not_automatic
from pullsecret.model.objects.objects import (
    Object,
    mapping_at,
    name_of,
    namespace_of,
    subdomain_problem,
    text_at,
)
from pullsecret.model.objects.pullsecret import DATA_KEYS, DOCKER_CONFIG_JSON, is_pull_secret
from pullsecret.model.objects.sibling import UNDONE, is_sibling, previous_name
from pullsecret.model.openshift.global_secrets import check_not_openshifts
from pullsecret.model.owners.managed_secret import data_owner
from pullsecret.model.plan.rotation_memory import (
    check_memory,
    check_next,
    check_not_finishing,
    held_by_both,
    marks_in,
    new_memory,
    next_entries,
    undone_source,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


@dataclass(frozen=True, kw_only=True)
class NewCredential:
    """A password, and a username unless that stays; for these registries, or for all.

    `marks` are the annotations that name an API key that was made for the source: NAME-previous has it first.
    """

    password: str = field(repr=False)
    username: str = ""
    registries: tuple[str, ...] = ()
    marks: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Rotation:
    """What replaces what in a source, and in what was copied from it.

    `memory` is the sibling that keeps the old credential: as read, or as it will be created. `servers` are the server
    keys that held it. `is_undo`: the old credential replaces the new one again. `marks` are the annotations that name
    the API key that the source has then; `next_text` is what the sibling keeps of a new one.
    """

    source: Object = field(repr=False)
    memory: Object = field(repr=False)
    before: RegistryCredential
    after: RegistryCredential
    servers: frozenset[str]
    is_undo: bool = False
    marks: Mapping[str, str] = field(default_factory=dict)
    next_text: str = field(default="", repr=False)

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
        RefusedError: as `replaced_credential`; or the new credential is the one that is being replaced, or another one
            than a run was about to write.
    """
    old = replaced_credential(source, previous, new.registries)
    memory = previous or new_memory(source)
    after = RegistryCredential(username=new.username or old.username, password=new.password)
    check_next(memory, source, after)
    servers = _servers_with(memory, old)
    rotation = Rotation(source=source, memory=memory, before=old, after=after, servers=servers, marks=new.marks)
    if previous is not None and rotation.is_done:
        raise RefusedError(
            f"the credential is the one that is being replaced in {_word(source)}; use --undo to go back to it"
        )
    return replace(rotation, next_text=_content_of(changed_part(rotation)[1])) if new.marks else rotation


def replaced_credential(source: Object, previous: Object | None, registries: Sequence[str]) -> RegistryCredential:
    """The credential that a rotation of a source replaces.

    Raises:
        RefusedError: the source cannot be changed, holds none or several credentials, the name of the sibling cannot
            be used, or another rotation is being undone.
    """
    check_source(source)
    memory = previous or new_memory(source)
    check_memory(memory, source)
    if UNDONE in mapping_at(memory, "data"):
        raise RefusedError(
            f"the rotation of {_word(source)} is being undone; run --undo again to complete that, or --finish"
        )
    return chosen_credential(previous or source, registries)


def undoing(source: Object, previous: Object | None, registries: Sequence[str] = ()) -> Rotation:
    """The way back to what NAME-previous keeps.

    Raises:
        RefusedError: there is no rotation to undo, it is being finished, or it is not clear which credential was
            replaced.
    """
    if previous is None:
        raise RefusedError(f"there is no rotation of {_word(source)} to undo: it has no secret/{_previous_of(source)}")
    check_source(source)
    check_memory(previous, source)
    check_not_finishing(previous, source)
    old, new = replaced_pair(source, previous, registries)
    return Rotation(
        source=source,
        memory=previous,
        before=new,
        after=old,
        servers=_servers_with(previous, old),
        is_undo=True,
        marks=marks_in(previous),
    )


def remembered_rotation(source: Object, previous: Object, registries: Sequence[str] = ()) -> Rotation:
    """The rotation that NAME-previous remembers, whether the source may be written or not.

    Raises:
        RefusedError: the sibling is not ours, or it is not clear which credential was replaced.
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

    Both are the same where the source was not changed yet, unless NAME-previous has a new key for it.

    Raises:
        RefusedError: several credentials differ, or the sibling has none.
    """
    found = (*held_by_both(source, previous), *held_by_both(undone_source(source, previous), previous))
    pairs = {(old, new) for old, new in found if old != new} or {*held_by_both(next_entries(previous), previous)}
    if len(pairs) > 1 or not pairs:
        old = chosen_credential(previous, registries)
        pairs = {pair for pair in pairs if pair[0] == old} or {(old, old)}
    if len(pairs) > 1:
        raise RefusedError(f"{_what(source)} has several credentials in the place of one; rotate it by hand")
    return next(iter(pairs))


def check_source(source: Object) -> None:
    """Refuse what cannot be rotated.

    Raises:
        RefusedError: what the messages say: it is no pull secret, malformed, immutable, owned by another party, ...
    """
    if is_sibling(source):
        raise RefusedError(f"{_what(source)} keeps the previous data of another secret and is never rotated")
    check_not_automatic(name_of(source), _what(source))
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
    check_not_openshifts(secret, _what(secret))
    if owner := data_owner(secret):
        raise RefusedError(f"{_what(secret)} is owned by {owner.party}: {owner.prediction}; {owner.advice}")
    if secret.get("immutable") is True:
        raise RefusedError(
            f"{_what(secret)} is immutable; copy its source again under a new name (copy --name), or over it "
            "(copy --recreate)"
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


def _content_of(part: Object) -> str:
    return text_at(part, "data", DATA_KEYS[DOCKER_CONFIG_JSON])


def _previous_of(source: Object) -> str:
    return previous_name(name_of(source))


def _what(secret: Object) -> str:
    return f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)}'


def _word(secret: Object) -> str:
    """The same in the middle of a sentence."""
    return f"secret/{name_of(secret)} in namespace {namespace_of(secret)}"
