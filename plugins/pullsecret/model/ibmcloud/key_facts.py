"""What IBM Cloud says about the API keys in pull secrets: whose they are, their state, and what they may pull.

What could not be found out is distinguished from what is not there: nothing is concluded from a missing permission.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from pullsecret.model.go.printable import printable
from pullsecret.model.ibmcloud.identity import PROFILE_PREFIX, SERVICE_ID_PREFIX
from pullsecret.model.ibmcloud.registry_access import Allowed, pull_allowed

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId
    from pullsecret.model.ibmcloud.policy import Policy, Role
    from pullsecret.model.ibmcloud.registry_access import RegistryNamespace
    from pullsecret.model.ibmcloud.registry_keys import RegistryKey

_IAM: Final = "iam-"


@dataclass(frozen=True, kw_only=True)
class KeyFacts:
    """An API key without its value; None if IAM rejects it, or for a `problem`, which says why it is not known.

    `service_id` is its identity, None for a user's key and where `identity_problem` says why it is not known.
    `has_activity` tells whether `key.last_used` is known, so that None means "never".
    """

    api_key: ApiKey | None = None
    problem: str = ""
    service_id: ServiceId | None = None
    identity_problem: str = ""
    has_activity: bool = False

    @property
    def is_rejected(self) -> bool:
        """Whether IAM does not accept it and does not say why: it was deleted or disabled, or has expired."""
        return self.api_key is None and not self.problem

    @property
    def is_users(self) -> bool:
        """Whether it belongs to a person."""
        return self.api_key is not None and bool(self.api_key.iam_id) and not self.api_key.iam_id.startswith(_IAM)

    @property
    def shown_owner(self) -> str:
        """Whose key it is, in words."""
        if self.service_id is not None:
            return f"service ID {self.service_id.shown}"
        iam_id = self.api_key.iam_id if self.api_key else ""
        kind = "service ID" if iam_id.startswith(f"{_IAM}{SERVICE_ID_PREFIX}") else "user"
        return f"{kind} {printable(iam_id.removeprefix(_IAM))}"

    @property
    def shown_key(self) -> str:
        """The key by its name and ID, in words."""
        return f'"{printable(self.api_key.name)}" ({printable(self.api_key.id)})' if self.api_key else ""


@dataclass(frozen=True, kw_only=True)
class SubjectAccess:
    """The access policies of an identity, with those of its access groups; `problem` says why some are not known."""

    policies: tuple[Policy, ...] = ()
    problem: str = ""


@dataclass(frozen=True, kw_only=True)
class CloudKnowledge:
    """What is known of API keys by their values, and of access by IAM IDs; `roles` are those of the registry."""

    keys: Mapping[str, KeyFacts] = field(default_factory=dict, repr=False)
    access: Mapping[str, SubjectAccess] = field(default_factory=dict)
    roles: tuple[Role, ...] = ()
    account: str = ""

    def with_more(self, other: CloudKnowledge) -> CloudKnowledge:
        """The same, and what was found out later."""
        return CloudKnowledge(
            keys={**self.keys, **other.keys},
            access={**self.access, **other.access},
            roles=other.roles or self.roles,
            account=other.account,
        )

    def facts(self, key: RegistryKey) -> KeyFacts:
        """What is known of an API key in a secret."""
        return self.keys.get(key.value, KeyFacts(problem="it was not looked up"))

    def access_of(self, key: RegistryKey) -> SubjectAccess:
        """The access of the identity that pulls with an API key: the trusted profile's if it logs in as one."""
        return self.access.get(key_subject(key, self.facts(key)), SubjectAccess(problem="it was not looked up"))

    def forbids(self, key: RegistryKey, wanted: RegistryNamespace) -> bool:
        """Whether it is known that no policy allows pulls with an API key from a registry namespace."""
        access = self.access_of(key)
        return not access.problem and pull_allowed(access.policies, self.roles, wanted) is Allowed.NO

    def puller(self, key: RegistryKey) -> str:
        """Who pulls with an API key, in words."""
        return f"trusted profile {printable(key.profile)}" if key.profile else self.facts(key).shown_owner

    @property
    def is_unknown(self) -> bool:
        """Whether nothing could be found out about any key, so that nothing was looked at."""
        return bool(self.keys) and all(facts.problem for facts in self.keys.values())

    @property
    def problems(self) -> tuple[str, ...]:
        """What could not be found out, each once."""
        return tuple(dict.fromkeys(self._problems()))

    def _problems(self) -> Iterator[str]:
        for facts in self.keys.values():
            if facts.problem:
                yield f"whose API key it is could not be found out for some secrets: {facts.problem}"
            if facts.identity_problem:
                yield f"{facts.shown_owner} could not be read: {facts.identity_problem}"
            if facts.api_key is not None and not facts.has_activity:
                yield "when some of the API keys were last used could not be found out"
        for iam_id, access in self.access.items():
            if access.problem:
                shown = printable(iam_id.removeprefix(_IAM))
                yield f"the access policies of {shown} could not all be read: {access.problem}"


def key_subject(key: RegistryKey, facts: KeyFacts) -> str:
    """The IAM ID of the identity that pulls with an API key; "" if it is not known."""
    if key.profile.startswith(PROFILE_PREFIX):
        return f"{_IAM}{key.profile}"
    return facts.api_key.iam_id if facts.api_key else ""
