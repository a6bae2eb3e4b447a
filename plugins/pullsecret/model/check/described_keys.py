"""The API keys of a described pull secret, as IBM Cloud knows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.go.printable import printable
from pullsecret.model.images.dockerconfig import display_name
from pullsecret.model.results.list import as_time

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from pullsecret.model.ibmcloud.key_facts import CloudKnowledge, KeyFacts
    from pullsecret.model.ibmcloud.policy import Policy
    from pullsecret.model.ibmcloud.registry_keys import RegistryKey
    from pullsecret.model.objects.objects import Object


@dataclass(frozen=True, kw_only=True)
class DescribedKey:
    """An API key: its name and ID, whose it is, what state it is in, and what its identity may do in the registry.

    `puller` is who pulls with it: the trusted profile that it logs in as, or its own identity. `access` has a line for
    each policy; it is all of it if `problem` is "".
    """

    registries: tuple[str, ...]
    id: str = ""
    name: str = ""
    identity: str = ""
    puller: str = ""
    state: str = ""
    expires: datetime | None = None
    last_used: str = ""
    access: tuple[str, ...] = ()
    problem: str = ""

    def as_object(self) -> Object:
        """The key in the item of a PullSecretDetailList."""
        return {
            "registries": list(self.registries),
            "id": self.id,
            "name": self.name,
            "identity": self.identity,
            "puller": self.puller,
            "state": self.state,
            "expires": as_time(self.expires),
            "lastUsed": self.last_used,
            "access": list(self.access),
            "unknown": self.problem,
        }


def described_keys(secret: Object, cloud: CloudKnowledge | None, now: datetime) -> tuple[DescribedKey, ...]:
    """The API keys of a secret; none where IBM Cloud was not asked."""
    if cloud is None:
        return ()
    from pullsecret.model.ibmcloud.registry_keys import registry_keys_in  # noqa: PLC0415  most runs send no request

    return tuple(_described(key, cloud, now) for key in registry_keys_in(secret))


def _described(key: RegistryKey, cloud: CloudKnowledge, now: datetime) -> DescribedKey:
    facts, registries = cloud.facts(key), tuple(map(display_name, key.servers))
    if facts.api_key is None:
        state = "rejected" if facts.is_rejected else "unknown"
        return DescribedKey(registries=registries, state=state, problem=facts.problem)
    access = cloud.access_of(key)
    return DescribedKey(
        registries=registries,
        id=printable(facts.api_key.id),
        name=printable(facts.api_key.name),
        identity=facts.shown_owner,
        puller=cloud.puller(key),
        state=", ".join(_states(facts, now)),
        expires=facts.api_key.expires,
        last_used=_last_used(facts),
        access=tuple(dict.fromkeys(map(_shown_policy, access.policies))),
        problem=facts.identity_problem or access.problem,
    )


def _states(facts: KeyFacts, now: datetime) -> Iterator[str]:
    key = facts.api_key
    if key is None:
        return
    if key.is_disabled:
        yield "disabled"
    if key.expires and key.expires <= now:
        yield "expired"
    if key.is_alive(now):
        yield "active"
    if key.is_locked:
        yield "locked"
    if facts.service_id and facts.service_id.is_locked:
        yield "service ID locked"


def _last_used(facts: KeyFacts) -> str:
    if facts.api_key is None or not facts.has_activity:
        return "unknown"
    return as_time(facts.api_key.last_used) or "never"


def _shown_policy(policy: Policy) -> str:
    """A policy in words: its roles, then its conditions, but for the account, which is the same for all."""
    roles = policy.role_names if any(policy.role_names) else sorted(crn.rpartition(":")[2] for crn in policy.roles)
    conditions = sorted(
        f"{one.name}={one.value}" for one in policy.attributes if one.name not in ("accountId", "resourceType")
    )
    return f"{printable(', '.join(roles))}: {printable(', '.join(conditions) or 'everything')}"
