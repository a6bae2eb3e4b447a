"""How IBM's own SDKs use the stand-in: `python sdk_stories.py URL USER_KEY PROJECT_ID`, in their environment.

Each step prints its name and what the SDK's models understood of the answer, as a line of JSON.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING, Any

from ibm_cloud_sdk_core.authenticators import IAMAuthenticator
from ibm_code_engine_sdk import code_engine_v2 as engine
from ibm_code_engine_sdk.code_engine_v2 import CodeEngineV2
from ibm_platform_services import IamAccessGroupsV2, IamIdentityV1, IamPolicyManagementV1
from ibm_platform_services import iam_access_groups_v2 as access_groups
from ibm_platform_services import iam_identity_v1 as identities
from ibm_platform_services import iam_policy_management_v1 as policies

if TYPE_CHECKING:
    from collections.abc import Sequence

ACCOUNT = "0a1b2c3d4e5f"


def understood(step: str, model: Any, answer: Any) -> Any:  # noqa: ANN401  whatever the SDKs have
    """Print what a model of the SDK understood of an answer, and return the answer."""
    result = answer.get_result()
    told = {"step": step, "sent": result, "understood": model.from_dict(result).to_dict()}
    sys.stdout.write(f"{json.dumps(told, default=str)}\n")
    return result


def main(arguments: Sequence[str]) -> int:
    """Tell all stories."""
    url, user_key, project = arguments
    signed_in = IAMAuthenticator(user_key, url=url)
    tell_identities(IamIdentityV1(authenticator=signed_in), url)
    tell_policies(IamPolicyManagementV1(authenticator=signed_in), url)
    tell_access_groups(IamAccessGroupsV2(authenticator=signed_in), IamPolicyManagementV1(authenticator=signed_in), url)
    tell_code_engine(CodeEngineV2(authenticator=signed_in), url, project)
    return 0


def tell_identities(iam: IamIdentityV1, url: str) -> None:
    """A service ID and its keys, from the first to the last request."""
    iam.set_service_url(url)
    made = understood(
        "create_service_id", identities.ServiceId, iam.create_service_id(ACCOUNT, "puller", description="for tests")
    )
    found = iam.list_service_ids(account_id=ACCOUNT, name="puller", pagesize=100)
    understood("list_service_ids", identities.ServiceIdList, found)
    understood("get_service_id", identities.ServiceId, iam.get_service_id(made["id"]))
    key = iam.create_api_key(
        "key", made["iam_id"], description="for tests", account_id=ACCOUNT, expires_at="2036-11-28T12:00+0000"
    )
    key = understood("create_api_key", identities.ApiKey, key)
    listed = iam.list_api_keys(
        account_id=ACCOUNT, iam_id=made["iam_id"], type="serviceid", scope="entity", pagesize=100
    )
    understood("list_api_keys", identities.ApiKeyList, listed)
    understood("get_api_key", identities.ApiKey, iam.get_api_key(key["id"], include_activity=True))
    understood("details", identities.ApiKey, iam.get_api_keys_details(iam_api_key=key["apikey"]))
    iam.disable_api_key(key["id"])
    iam.delete_api_key(key["id"])
    iam.delete_service_id(made["id"])


def tell_policies(iam: IamPolicyManagementV1, url: str) -> None:
    """The policy that lets an identity pull from one registry namespace in one region."""
    iam.set_service_url(url)
    roles = iam.list_roles(account_id=ACCOUNT, service_name="container-registry", policy_type="access")
    roles = understood("list_roles", policies.RoleCollection, roles)
    reader = next(role["crn"] for role in roles["service_roles"] if role["display_name"] == "Reader")
    wanted = {
        "accountId": ACCOUNT,
        "serviceName": "container-registry",
        "region": "us-south",
        "resource": "team-a",
        "resourceType": "namespace",
    }
    attributes = [policies.ResourceAttribute(name, value, operator="stringEquals") for name, value in wanted.items()]
    made = iam.create_policy(
        "access",
        [policies.PolicySubject(attributes=[policies.SubjectAttribute("iam_id", "iam-ServiceId-1")])],
        [policies.PolicyRole(reader)],
        [policies.PolicyResource(attributes=attributes)],
        description="for tests",
    )
    made = understood("create_policy", policies.Policy, made)
    listed = iam.list_policies(ACCOUNT, iam_id="iam-ServiceId-1", type="access")
    understood("list_policies", policies.PolicyCollection, listed)
    iam.delete_policy(made["id"])


def tell_access_groups(groups: IamAccessGroupsV2, iam: IamPolicyManagementV1, url: str) -> None:
    """The access groups of an identity, and the policies of one."""
    groups.set_service_url(url)
    iam.set_service_url(url)
    found = groups.list_access_groups(ACCOUNT, iam_id="iam-ServiceId-1", membership_type="all", limit=100)
    understood("list_access_groups", access_groups.GroupsList, found)
    listed = iam.list_policies(ACCOUNT, access_group_id="AccessGroupId-1", type="access")
    understood("list_policies_of_group", policies.PolicyCollection, listed)


def tell_code_engine(service: CodeEngineV2, url: str, project: str) -> None:
    """A registry secret of a project, from the first to the last request."""
    service.set_service_url(url)
    understood("list_projects", engine.ProjectList, service.list_projects(limit=100))
    understood("list_secrets", engine.SecretList, service.list_secrets(project, limit=100))
    first, second = (
        engine.SecretDataRegistrySecretData(username="iamapikey", password=f"password-{number}", server="us.icr.io")
        for number in (1, 2)
    )
    made = understood("create_secret", engine.Secret, service.create_secret(project, "registry", "icr", data=first))
    made = understood("get_secret", engine.Secret, service.get_secret(project, "icr"))
    service.get_secret(project, "icr")
    replaced = service.replace_secret(project, "icr", made["entity_tag"], "registry", data=second)
    understood("replace_secret", engine.Secret, replaced)
    service.get_secret(project, "icr")
    service.delete_secret(project, "icr")
    for kind in ("apps", "jobs", "functions", "builds"):
        getattr(service, f"list_{kind}")(project, limit=100)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
