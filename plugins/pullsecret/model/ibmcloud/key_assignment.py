"""Which API key each namespace's secret gets: the one that it holds, another one that is alive, or a new one."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Final

from pullsecret.errors import RefusedError
from pullsecret.model.go.printable import printable
from pullsecret.model.ibmcloud.marks import is_key_for
from pullsecret.model.ibmcloud.registry_keys import registry_keys_among, registry_keys_in
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.objects.objects import mapping_at, text_at
from pullsecret.model.objects.pullsecret import DATA_KEYS, DOCKER_CONFIG_JSON, is_pull_secret
from pullsecret.model.objects.sibling import NEXT, UNDONE, is_sibling

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
    from datetime import datetime

    from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId
    from pullsecret.model.ibmcloud.policy import Policy, Role
    from pullsecret.model.images.dockerconfig import RegistryEntry
    from pullsecret.model.objects.objects import Object

_SHOWN_NAMESPACES: Final = 5

_VERIFIED_AT_FIRST: Final = timedelta(minutes=10)
"""A key that was last used so soon after its creation was used by the run that made it, to verify it."""

_LONGEST_RUN: Final = timedelta(minutes=15)
"""A key that is younger may be one that another run has just made, and waits for."""


@dataclass(frozen=True, kw_only=True)
class KeptKey:
    """An API key that a secret holds already: `value` with what IAM knows of it."""

    key: ApiKey
    value: str = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class KeyAssignment:
    """The keys of namespaces that keep or share one, and the namespaces for which new ones are made."""

    kept: Mapping[str, KeptKey]
    fresh: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class KeyOwner:
    """Whose keys count: the service ID's, "" before it exists; and for the secrets of which name and cluster."""

    iam_id: str
    name: str
    cluster: str
    is_per_namespace: bool = False

    def has_made(self, key: ApiKey) -> bool:
        """Whether a key is described as made for this secret."""
        return is_key_for(key.description, name=self.name, cluster=self.cluster)


def key_value_in(secret: Object, servers: Collection[str], username: str) -> str:
    """The one API key that a secret has for these servers and username; empty if there is none, or several.

    What cannot be a key is none: it is not sent to IAM, where it would be refused, and the run with it.
    """
    if not is_pull_secret(secret):
        return ""
    entries = [entry for entry in registries_of(secret).entries if entry.server in servers]
    values = {entry.password for entry in entries if entry.username == username and is_ibm_key(entry)}
    return values.pop() if len(values) == 1 else ""


def has_value(secret: Object, value: str) -> bool:
    """Whether a secret has this API key for any registry; NAME-previous also where a rotation goes on from."""
    return any(entry.password == value for one in _contents(secret) for entry in registries_of(one).entries)


def ibm_keys_in(secret: Object) -> tuple[str, ...]:
    """The API keys of IBM Cloud that a secret has for its registries there; as above for NAME-previous."""
    return tuple(dict.fromkeys(key.value for one in _contents(secret) for key in registry_keys_in(one)))


def _contents(secret: Object) -> Iterator[Object]:
    """A pull secret, and what else it keeps: the key that is to be written, and the one that was taken back."""
    if not is_pull_secret(secret):
        return
    yield secret
    kept = {NEXT: DOCKER_CONFIG_JSON, UNDONE: text_at(secret, "type")} if is_sibling(secret) else {}
    for key, kind in kept.items():
        if content := mapping_at(secret, "data").get(key):
            yield {"type": kind, "data": {DATA_KEYS[kind]: content}}


def is_ibm_key(entry: RegistryEntry) -> bool:
    """Whether an entry has an API key of IBM Cloud for its registry."""
    return bool(registry_keys_among((entry,)))


def assigned_keys(
    namespaces: Sequence[str],
    held: Mapping[str, KeptKey],
    owner: KeyOwner,
    now: datetime,
) -> KeyAssignment:
    """Keep the live keys of the service ID where they are; the others share one that was made for this secret.

    Without such a key, or with one for each namespace, they get new ones. `held` is what IAM knows of the keys in the
    secrets of the namespaces; a key must be alive `now`.
    """
    alive = {
        namespace: kept
        for namespace, kept in held.items()
        if owner.iam_id and kept.key.iam_id == owner.iam_id and kept.key.is_alive(now)
    }
    missing = tuple(namespace for namespace in namespaces if namespace not in alive)
    made = [kept for kept in alive.values() if owner.has_made(kept.key) and kept.key.created]
    if owner.is_per_namespace or not made:
        return KeyAssignment(kept=alive, fresh=missing)
    newest = max(made, key=lambda kept: kept.key.created or now)
    return KeyAssignment(kept={**dict.fromkeys(missing, newest), **alive}, fresh=())


def forgotten_keys(keys: Iterable[ApiKey], held: Collection[str], owner: KeyOwner) -> tuple[ApiKey, ...]:
    """The keys that a run made for this secret and that no secret holds: it was killed in between.

    A key that was used later than to verify it is in use somewhere, and is none of them.
    """
    own = [key for key in keys if owner.iam_id and key.iam_id == owner.iam_id and owner.has_made(key)]
    return tuple(key for key in own if key.id not in held and _is_unused(key))


def is_certainly_forgotten(key: ApiKey, now: datetime) -> bool:
    """Whether IAM says that a key was not used, and it is so old that no run can be about to write it."""
    return key.has_activity and key.created is not None and now - key.created > _LONGEST_RUN


def _is_unused(key: ApiKey) -> bool:
    if key.created is None or key.is_locked:
        return False
    return key.last_used is None or key.last_used - key.created < _VERIFIED_AT_FIRST


def only_service_id(found: Sequence[ServiceId], name: str) -> ServiceId | None:
    """The service ID of a name; None if there is none.

    Raises:
        RefusedError: there are several, as names are not unique.
    """
    if len(found) > 1:
        listed = ", ".join(f"{printable(one.id)}" for one in found)
        raise RefusedError(
            f'{len(found)} service IDs have the name "{printable(name)}": {listed}', hint="pass one of the IDs"
        )
    return found[0] if found else None


def missing_service_id(name: str, account: str) -> RefusedError:
    """The error for a service ID that does not exist, and may not be created."""
    text = f'there is no service ID "{printable(name)}" in account {account}'
    return RefusedError(text, hint="to create it, add --create-service-id")


def roles_named(names: Iterable[str], known: Sequence[Role]) -> tuple[Role, ...]:
    """The roles with these names, whatever their case.

    Raises:
        RefusedError: one is unknown.
    """
    by_name = {role.name.lower(): role for role in known}
    missing = [name for name in names if name.lower() not in by_name]
    if missing:
        raise RefusedError(
            f'unknown role "{printable(missing[0])}"',
            hint=f"known roles: {', '.join(sorted(printable(role.name) for role in known))}",
        )
    return tuple(by_name[name.lower()] for name in names)


def check_is_not_wider(wished: Iterable[Policy], existing: Sequence[Policy]) -> None:
    """Refuse access to all registry namespaces for a service ID that has policies for some: that was not asked for.

    Raises:
        RefusedError: a wished policy has no registry namespace, and existing ones allow single ones in its place.
    """
    for policy in (one for one in wished if not one.value("resource")):
        narrower = (one for one in existing if policy.attributes < one.attributes and policy.iam_id == one.iam_id)
        if names := sorted({printable(name) for one in narrower if (name := one.value("resource"))}):
            few, listed = names[:_SHOWN_NAMESPACES], ",".join(names)
            more = f" and {len(names) - len(few)} more" if len(names) > len(few) else ""
            raise RefusedError(
                f"the service ID may access registry namespace{'s' * (len(names) > 1)} {', '.join(few)}{more} only; "
                "without --registry-namespace it would get a policy for all",
                hint=f"add --registry-namespace={listed}; to allow all, run: ibmcloud iam service-policy-create",
            )


def missing_policies(wished: Iterable[Policy], existing: Sequence[Policy]) -> tuple[Policy, ...]:
    """The policies that are not there yet, in themselves or as a part of a wider one."""
    return tuple(policy for policy in wished if not any(one.covers(policy) for one in existing))
