"""What an API key for pull secrets needs at IBM Cloud: the service ID, its policies, and the key itself."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pullsecret.errors import CloudError, RefusedError
from pullsecret.ibmcloud.iam_identity import Identities
from pullsecret.ibmcloud.iam_policies import Policies
from pullsecret.model.go.printable import printable
from pullsecret.model.ibmcloud.identity import SERVICE_ID_PREFIX
from pullsecret.model.ibmcloud.key_assignment import (
    check_is_not_wider,
    missing_policies,
    only_service_id,
    roles_named,
)
from pullsecret.model.ibmcloud.key_commands import listing_command
from pullsecret.model.ibmcloud.policy import (
    IDENTITY_SERVICE,
    REGISTRY_SERVICE,
    Role,
    identity_policy,
    registry_policies,
)

if TYPE_CHECKING:
    from datetime import datetime

    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.ibmcloud.identity import ApiKey, ServiceId
    from pullsecret.model.ibmcloud.policy import Policy
    from pullsecret.model.request.key_wish import KeyWish

_STANDARD: Final = {
    **{name: f"crn:v1:bluemix:public:iam::::serviceRole:{name}" for name in ("Reader", "Writer", "Manager")},
    **{name: f"crn:v1:bluemix:public:iam::::role:{name}" for name in ("Viewer", "Operator", "Editor", "Administrator")},
}
"""The roles that every account has, for callers who may not list roles (IBM Cloud documentation, IAM: "Roles")."""
_FORBIDDEN: Final = frozenset({401, 403})
_LIMIT: Final = 422
_EQUAL_POLICY: Final = "policy_conflict_error"
"""IAM's code if an equal policy exists (ibm-platform-services, iam_policy_management_v1.py, CodeEnum)."""


@dataclass(frozen=True, kw_only=True)
class KeyMaker:
    """Makes keys for one service ID."""

    identities: Identities
    policies: Policies

    @classmethod
    def of(cls, session: Session) -> KeyMaker:
        """For the account that the session is for."""
        return cls(identities=Identities.of(session), policies=Policies.of(session))

    def find_service_id(self, wanted: str) -> ServiceId | None:
        """The service ID with this ID or name; None if there is none.

        Raises:
            RefusedError: several have this name.
            CloudError: IAM refused, or gave no answer.
        """
        if wanted.startswith(SERVICE_ID_PREFIX):
            found = self.identities.service_id(wanted)
            if found is None:
                raise RefusedError(
                    f'there is no service ID "{printable(wanted)}"', hint="to list them, run: ibmcloud iam service-ids"
                )
            if found.account and found.account != self.identities.account:
                raise RefusedError(f"service ID {printable(wanted)} belongs to another account")
            return found
        return only_service_id(self.identities.service_ids(wanted), wanted)

    def create_service_id(self, name: str, description: str) -> ServiceId:
        """Create a service ID; raises CloudError."""
        try:
            return self.identities.create_service_id(name, description)
        except CloudError as error:
            if error.status in _FORBIDDEN:
                hint = 'ask for the role "Service ID creator" on IAM Identity Service, or for a service ID'
                raise error.with_hint(hint) from error
            raise

    def absent_policies(self, iam_id: str, wish: KeyWish, *, has_code_engine: bool = False) -> tuple[Policy, ...]:
        """The policies that the wish needs and the service ID does not have yet; raises CloudError and RefusedError."""
        account = self.policies.account
        roles = roles_named(wish.roles, self._roles(REGISTRY_SERVICE))
        wished = registry_policies(
            account=account, iam_id=iam_id, roles=roles, regions=wish.regions, namespaces=wish.registry_namespaces
        )
        if has_code_engine:
            (operator,) = roles_named(("Operator",), self._roles(IDENTITY_SERVICE))
            wished = (*wished, identity_policy(account=account, iam_id=iam_id, role=operator))
        existing = self.policies.of_subject(iam_id) if iam_id else ()
        missing = missing_policies(wished, existing)
        check_is_not_wider(missing, existing)
        return missing

    def create_policy(self, policy: Policy) -> None:
        """Create a policy, unless an equal one was created since they were read; raises CloudError."""
        try:
            self.policies.create(policy, "Created by kubectl-pullsecret for pull secrets")
        except CloudError as error:
            if error.code == _EQUAL_POLICY:
                return
            if error.status in _FORBIDDEN:
                hint = f"ask for the role Administrator on {policy.value('serviceName')}, or for this policy"
                raise error.with_hint(hint) from error
            raise

    def create_key(self, service_id: ServiceId, name: str, description: str, expires: datetime | None) -> ApiKey:
        """Create an API key; raises CloudError, and then there is none: if the answer was lost, it is deleted again.

        Where it is not known whether one exists, the error says how to find it.
        """
        mark = f"(run {secrets.token_hex(8)})"
        try:
            return self.identities.create_api_key(service_id.iam_id, name, f"{description} {mark}", expires)
        except CloudError as error:
            try:
                if error.is_sent:
                    self._delete_lost(service_id, mark)
            except CloudError as second:
                raise _untold(error, second, service_id, mark) from error
            raise _explained(error, service_id) from error

    def _delete_lost(self, service_id: ServiceId, mark: str) -> None:
        """Delete the key of a request whose answer was lost: its value is not known."""
        for key in self.identities.api_keys(service_id.iam_id):
            if key.description.endswith(mark):
                self.identities.delete_api_key(key.id)

    def _roles(self, service: str) -> tuple[Role, ...]:
        try:
            return self.policies.roles(service)
        except CloudError as error:
            if error.status not in _FORBIDDEN:
                raise
            return tuple(Role(name=name, crn=crn) for name, crn in _STANDARD.items())


def _untold(error: CloudError, second: CloudError, service_id: ServiceId, mark: str) -> CloudError:
    """The error after a lost answer, if its key could not be looked for or deleted, either."""
    return CloudError(
        f"{error.message}; an API key of service ID {service_id.shown} may exist all the same, and it could not be "
        f"deleted ({second.message})",
        status=error.status,
        hint=f'its description ends with "{mark}"; to find it, run: {listing_command(service_id)}',
    )


def _explained(error: CloudError, service_id: ServiceId) -> CloudError:
    if error.status == _LIMIT and "limit" in error.message.lower():
        return error.with_hint(f"delete API keys of service ID {service_id.shown} that nothing uses")
    if service_id.is_locked:
        return error.with_hint(f"service ID {service_id.shown} is locked; to unlock it, ask who locked it")
    if error.status in _FORBIDDEN:
        return error.with_hint("ask for the role Operator on IAM Identity Service for this service ID")
    return error
