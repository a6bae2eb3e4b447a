"""What an edit of a global pull secret changes, and which entries of it no edit may touch.

A cluster pulls its own release and Red Hat's images with the entries for four hosts, and reports to one of them. Of
entries for several paths, the kubelet tries the longest first (pkg/credentialprovider/keyring.go), and CRI-O takes it
alone (containers/image: pkg/docker/config, findCredentialsInFile): one for an organization leaves the others alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pullsecret.errors import RefusedError
from pullsecret.model.go.printable import printable
from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.edited_entries import key_meaning
from pullsecret.model.images.keyring import lookup
from pullsecret.model.images.server_keys import shown_key, taken_apart
from pullsecret.model.objects.objects import name_of, namespace_of
from pullsecret.model.openshift.global_secrets import ORIGINAL_PULL_SECRET, RELEASE_PATH, REQUIRED_HOSTS

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from pullsecret.model.images.dockerconfig import RegistryEntry
    from pullsecret.model.objects.objects import Object

_PORT: Final = re.compile(r":(?:443|80)?$")
_API_VERSION: Final = re.compile(r"^v[12](?=/|$)")


@dataclass(frozen=True, kw_only=True)
class EntryChange:
    """An entry before and after an edit; None where there is none."""

    server: str
    before: RegistryEntry | None
    after: RegistryEntry | None

    @property
    def line(self) -> str:
        """The change without a password: `+ us.icr.io (username iamapikey)`."""
        key = shown_key(self.server)
        if self.before is None or self.after is None:
            sign, entry = ("+", self.after) if self.after else ("-", self.before)
            return f"{sign} {key} (username {entry.shown_username})" if entry else key
        return f"~ {key} ({_difference(self.before, self.after)})"


def _difference(before: RegistryEntry, after: RegistryEntry) -> str:
    if before.username != after.username:
        return f"username {after.shown_username} instead of {before.shown_username}"
    what = "another password" if before.password != after.password else "another email"
    return f"username {after.shown_username}, {what}"


def entry_changes(before: Object, after: Object) -> tuple[EntryChange, ...]:
    """The entries that differ between two states of a pull secret, in the order of the new one; removed ones last."""
    old = {entry.server: entry for entry in registries_of(before).entries}
    new = {entry.server: entry for entry in registries_of(after).entries}
    servers = (*new, *(server for server in old if server not in new))
    return tuple(
        EntryChange(server=server, before=old.get(server), after=new.get(server))
        for server in servers
        if old.get(server) != new.get(server)
    )


def check_changes(changes: Sequence[EntryChange], secret: Object, original: Object | None) -> None:
    """Refuse changes of entries that a cluster needs, or that have no effect.

    Args:
        changes: what an edit changes.
        secret: the global pull secret.
        original: in a cluster with a hosted control plane, the secret whose entries win; else None.

    Raises:
        RefusedError: one of them is of Red Hat's, or the original has an entry for the same key.
    """
    where = f"in secret/{name_of(secret)} in namespace {namespace_of(secret)}"
    kept = {key_meaning(entry.server): entry.server for entry in registries_of(original or {}).entries}
    for change in changes:
        key, there = shown_key(change.server), kept.get(key_meaning(change.server))
        if change.after is None and there is not None:
            continue  # it had no effect: the one of the original stays
        if place := required_place(change.server):
            raise RefusedError(
                f"the entry for {key} {where} cannot be changed or removed: the cluster needs the one for {place} to "
                "pull its own images",
                hint=_advice(place) if change.after is not None else "",
            )
        if there is not None:
            raise RefusedError(
                f"an entry for {key} {where} would have no effect: secret/{ORIGINAL_PULL_SECRET[1]} has one for "
                f"{shown_key(there)}, which wins",
                hint=_advice(there),
            )


def _advice(place: str) -> str:
    """What to do instead; a release has no other place."""
    if place == RELEASE_PATH:
        return ""
    return f"for other images of this registry, use a path below it, for example --registry {_path_below(place)}"


def _path_below(server: str) -> str:
    """An example of a key below another one, as a word that is not pasted: it has a placeholder."""
    return f"{printable((index_key(server) or server).rstrip('/'))}/ORGANIZATION"


def required_place(server: str) -> str:
    """What of Red Hat's a server key means however it is spelled, or by a wildcard; "" for all others.

    A path below one of the hosts is another key, except that of the cluster's own release.
    """
    for host, path in _readings(server):
        if host in REQUIRED_HOSTS and not path:
            return host
        if f"{host}/{path}/".startswith(f"{RELEASE_PATH}/"):
            return RELEASE_PATH
    if "*" in server:
        release = RELEASE_PATH if lookup((server,), f"{RELEASE_PATH}/-") else ""
        return next((host for host in REQUIRED_HOSTS if lookup((server,), f"{host}/-")), release)
    return ""


def _readings(server: str) -> Iterator[tuple[str, str]]:
    """The host and path of a key, as the kubelet reads it, and as a person does; without what programs ignore."""
    person = taken_apart(server)
    kubelet_host, _, kubelet_path = (index_key(server) or "").partition("/")
    for host, path in ((person.host, person.path), (kubelet_host, kubelet_path)):
        plain = re.sub(r"[?#].*", "", path).strip("/").lower()
        yield _PORT.sub("", host.lower()).rstrip("."), _API_VERSION.sub("", plain).strip("/")


def overshadowing(changes: Sequence[EntryChange]) -> tuple[str, ...]:
    """A warning for each new entry that takes the place of one of Red Hat's for a part of its images."""
    found = []
    for change in changes:
        host, path = next(_readings(change.server))
        if change.after is not None and path and host in REQUIRED_HOSTS:
            found.append(
                f"warning: for images below {shown_key(change.server)}, this entry comes before that of {host}"
            )
    return tuple(found)
