"""A credential that takes the place of another one in the global pull secret, except in the entries of Red Hat's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.errors import NotFoundError, RefusedError
from pullsecret.model.images.dockerconfig import RegistryEntry, encoded, registries_of
from pullsecret.model.images.edited_entries import key_meaning
from pullsecret.model.images.registry_credential import (
    RegistryCredential,
    credential_of,
    key_host,
    with_credential_at,
)
from pullsecret.model.images.server_keys import shown_key
from pullsecret.model.objects.objects import Object, name_of, namespace_of
from pullsecret.model.objects.pullsecret import built, in_namespace
from pullsecret.model.openshift.global_edits import required_place

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


@dataclass(frozen=True, kw_only=True)
class GlobalRotation:
    """What replaces what, under which server keys."""

    before: RegistryCredential
    after: RegistryCredential
    servers: frozenset[str]

    def applied_to(self, secret: Object) -> Object:
        """The secret with the new credential in these entries.

        Raises:
            RefusedError: it is malformed, or none of them holds either credential anymore.
        """
        if reason := registries_of(secret).malformed:
            raise RefusedError(f"{_what(secret)} is malformed ({reason}); correct or replace it first")
        held = {credential_of(entry) for entry in registries_of(secret).entries if entry.server in self.servers}
        if not held & {self.before, self.after}:
            raise RefusedError(f"{_what(secret)} was changed meanwhile; run the command again")
        return with_credential_at(secret, self.before, self.after, self.servers)


def chosen_entries(
    secret: Object | None, key: tuple[str, str], registries: Sequence[str]
) -> tuple[RegistryCredential, frozenset[str], tuple[str, ...]]:
    """The credential that a secret has for some registries, all server keys with it, and lines for stderr.

    A registry without a path means all keys of its host, except those of Red Hat's.

    Raises:
        NotFoundError: the secret does not exist.
        RefusedError: it is malformed, it has no such credential, or several.
    """
    if secret is None:
        namespace, name = key
        raise NotFoundError(f'secrets "{name}" not found in namespace {namespace}', code=404, reason="NotFound")
    found = registries_of(secret)
    if found.malformed:
        raise RefusedError(f"{_what(secret)} is malformed ({found.malformed}); correct or replace it first")
    if place := next(filter(None, map(required_place, registries)), ""):
        where = f"in secret/{name_of(secret)} in namespace {namespace_of(secret)}"
        reason = "the cluster needs it to pull its own images"
        raise RefusedError(f"the entry for {place} {where} cannot be changed: {reason}")
    entries = [entry for entry in found.entries if entry.has_password]
    free = [entry for entry in entries if not required_place(entry.server)]
    wanted = [entry for entry in free if any(_is_meant(entry.server, registry) for registry in registries)]
    _check_chosen(secret, wanted, registries)
    credential = credential_of(wanted[0])
    servers = frozenset(entry.server for entry in free if credential_of(entry) == credential)
    left = [entry.server for entry in entries if entry not in free and credential_of(entry) == credential]
    return credential, servers, tuple(_left_notes(left))


def _is_meant(server: str, registry: str) -> bool:
    is_whole_host = "/" not in key_meaning(registry)
    return key_meaning(server) == key_meaning(registry) or (is_whole_host and key_host(server) == key_host(registry))


def _check_chosen(secret: Object, wanted: Sequence[RegistryEntry], registries: Sequence[str]) -> None:
    for registry in registries:
        if not any(_is_meant(entry.server, registry) for entry in wanted):
            raise RefusedError(f"{_what(secret)} has no credentials for {shown_key(registry)}")
    if len({credential_of(entry) for entry in wanted}) > 1:
        texts = (f"{shown_key(entry.server)}: {entry.shown_username}" for entry in wanted)
        raise RefusedError(
            f"{_what(secret)} has several credentials there ({', '.join(texts)}); use --registry with the host or path "
            "of one of them"
        )


def _left_notes(servers: Iterable[str]) -> Iterable[str]:
    for server in servers:
        yield f"warning: the entry for {shown_key(server)} has the same credential and is never changed"


def rotated_part(rotation: GlobalRotation, key: tuple[str, str]) -> tuple[Object, Object]:
    """The entries that change, as a secret of their own: with the old credential, and with the new one."""
    namespace, name = key
    old, new = (
        in_namespace(
            built(
                name,
                encoded(
                    RegistryEntry(server=server, username=one.username, password=one.password)
                    for server in rotation.servers
                ),
            ),
            namespace,
        )
        for one in (rotation.before, rotation.after)
    )
    return old, new


def _what(secret: Object) -> str:
    return f'secrets "{name_of(secret)}" in namespace {namespace_of(secret)}'
