"""Looks up the API keys in pull secrets at IAM: whose they are, their state, and the access of their identities.

Each key is sent to IAM only, once, however many secrets have it. What may not be read is reported as such.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pullsecret.errors import CloudError
from pullsecret.ibmcloud.iam_access_groups import read_groups_of
from pullsecret.ibmcloud.iam_identity import Identities
from pullsecret.ibmcloud.iam_policies import Policies
from pullsecret.ibmcloud.key_details import read_key_details
from pullsecret.model.ibmcloud.identity import SERVICE_ID_PREFIX
from pullsecret.model.ibmcloud.key_facts import CloudKnowledge, KeyFacts, SubjectAccess, key_subject
from pullsecret.model.ibmcloud.policy import REGISTRY_SERVICE
from pullsecret.network.side_by_side import call_each

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pullsecret.ibmcloud.key_details import KeyDetails
    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.ibmcloud.identity import ServiceId
    from pullsecret.model.ibmcloud.policy import Role
    from pullsecret.model.ibmcloud.registry_keys import RegistryKey

_AT_ONCE: Final = 8
_SERVICE_IDS: Final = f"iam-{SERVICE_ID_PREFIX}"


def look_up_keys(session: Session, keys: Iterable[RegistryKey]) -> CloudKnowledge:
    """What IBM Cloud knows of these API keys, eight requests at a time.

    Raises:
        CloudError: IAM cannot be reached, or no one is signed in anymore.
    """
    distinct = tuple(dict.fromkeys(keys))
    details = read_key_details(session, [key.value for key in distinct])
    found = call_each(lambda one: _with_activity(session, one), details.values(), at_once=_AT_ONCE)
    facts = _with_identities(session, dict(zip(details, found, strict=True)))
    subjects = {
        iam_id: known.api_key.account
        for key in distinct
        if (known := facts[key.value]).api_key and (iam_id := key_subject(key, known))
    }
    access = call_each(lambda one: _read_access(session, *one), subjects.items(), at_once=_AT_ONCE)
    return CloudKnowledge(
        keys=facts,
        access=dict(zip(subjects, access, strict=True)),
        roles=_read_roles(session) if subjects else (),
        account=session.shown_account,
    )


@dataclass(frozen=True, kw_only=True)
class _Identity:
    service_id: ServiceId | None = None
    problem: str = ""


def _with_activity(session: Session, details: KeyDetails) -> KeyFacts:
    """A key with its last use, which an answer about the key's value does not have."""
    if details.key is None:
        return KeyFacts(problem=details.problem)
    try:
        active = Identities.of(session).api_key(details.key.id, has_activity=True)
    except CloudError:
        active = None
    return KeyFacts(api_key=active or details.key, has_activity=active is not None)


def _with_identities(session: Session, facts: Mapping[str, KeyFacts]) -> dict[str, KeyFacts]:
    """The facts with the service IDs, each of which is read once."""
    iam_ids = dict.fromkeys(
        one.api_key.iam_id for one in facts.values() if one.api_key and one.api_key.iam_id.startswith(_SERVICE_IDS)
    )
    read = call_each(lambda iam_id: _read_identity(session, iam_id), iam_ids, at_once=_AT_ONCE)
    known = dict(zip(iam_ids, read, strict=True))
    return {value: _with_identity(one, known) for value, one in facts.items()}


def _with_identity(facts: KeyFacts, known: Mapping[str, _Identity]) -> KeyFacts:
    identity = known.get(facts.api_key.iam_id if facts.api_key else "")
    if identity is None:
        return facts
    return KeyFacts(
        api_key=facts.api_key,
        has_activity=facts.has_activity,
        service_id=identity.service_id,
        identity_problem=identity.problem,
    )


def _read_identity(session: Session, iam_id: str) -> _Identity:
    try:
        found = Identities.of(session).service_id(iam_id.removeprefix("iam-"))
    except CloudError as error:
        return _Identity(problem=error.message)
    return _Identity(service_id=found, problem="" if found else "it is not in this account, or was deleted")


def _read_access(session: Session, iam_id: str, account: str) -> SubjectAccess:
    """The policies of an identity and of its access groups; those that can be read if some cannot."""
    asked = Policies(client=session.client, iam=session.endpoints.iam, account=account)
    try:
        own = asked.of_subject(iam_id)
    except CloudError as error:
        return SubjectAccess(problem=error.message)
    try:
        groups = read_groups_of(session.client, session.endpoints.iam, account=account, iam_id=iam_id)
        shared = tuple(policy for group in groups for policy in asked.of_group(group))
    except CloudError as error:
        return SubjectAccess(policies=own, problem=error.message)
    return SubjectAccess(policies=(*own, *shared))


def _read_roles(session: Session) -> tuple[Role, ...]:
    """The registry's roles with their actions; none where they may not be read, as IBM's own are known by name."""
    try:
        return Policies.of(session).roles(REGISTRY_SERVICE)
    except CloudError:
        return ()
