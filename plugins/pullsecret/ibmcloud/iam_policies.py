"""IAM policy management: access policies and the roles that they grant.

Source: IBM's SDK ibm-platform-services 0.77.1, iam_policy_management_v1.py.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.errors import CloudError
from pullsecret.ibmcloud.client import IbmCall, path_with
from pullsecret.model.ibmcloud.answers import objects_in
from pullsecret.model.ibmcloud.policy import policy_document, policy_in, role_in

if TYPE_CHECKING:
    from pullsecret.ibmcloud.client import IbmClient
    from pullsecret.ibmcloud.session import Session
from pullsecret.model.ibmcloud.policy import Policy, Role


@dataclass(frozen=True, kw_only=True)
class Policies:
    """The access policies of one account; every method raises what `IbmClient.send` raises."""

    client: IbmClient
    iam: str
    account: str

    @classmethod
    def of(cls, session: Session) -> Policies:
        """Those of the account that the session is for."""
        return cls(client=session.client, iam=session.endpoints.iam, account=session.account)

    def of_subject(self, iam_id: str) -> tuple[Policy, ...]:
        """The access policies whose subject is this identity itself, not through an access group."""
        return self._list("iam_id", iam_id)

    def of_group(self, group: str) -> tuple[Policy, ...]:
        """The access policies of an access group; their subject is the group."""
        return self._list("access_group_id", group)

    def roles(self, service: str) -> tuple[Role, ...]:
        """The roles that can be granted for a service: its own, the platform's and the account's."""
        query = {"account_id": self.account, "service_name": service, "policy_type": "access"}
        content = self.client.read(f"{self.iam}/v2/roles", query)
        kinds = ("service_roles", "system_roles", "custom_roles")
        return tuple(role_in(one) for kind in kinds for one in objects_in(content, kind))

    def create(self, policy: Policy, description: str) -> Policy:
        """Create a policy, whether or not an equal one exists."""
        created = policy_in(self.client.create(f"{self.iam}/v1/policies", policy_document(policy, description)))
        if not created.id:
            raise CloudError("IBM Cloud's answer has no policy", is_sent=True)
        return created

    def delete(self, identifier: str) -> None:
        """Delete a policy."""
        self.client.send(IbmCall(method="DELETE", url=path_with(f"{self.iam}/v1/policies", identifier)))

    def _list(self, name: str, value: str) -> tuple[Policy, ...]:
        query = {"account_id": self.account, name: value, "type": "access"}
        found = self.client.pages(f"{self.iam}/v1/policies", query, "policies", may_be_absent=True)
        return tuple(policy_in(one) for one in found)
