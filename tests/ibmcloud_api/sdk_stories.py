"""How IBM's own SDKs use the stand-in: `python sdk_stories.py STORY [WORD]...`, in their environment.

The standard input has the place as JSON: `url`, `user_key`, `project`, and `pod_token`, a file. Each step prints a line
of JSON: its name, what was sent, what the SDK's models understood of it, and which values are not of the type that
the model wants.
"""

from __future__ import annotations

import json
import sys
from functools import partial
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, Union, get_args, get_origin, get_type_hints

from ibm_cloud_sdk_core import ApiException, get_query_param
from ibm_cloud_sdk_core.authenticators import ContainerAuthenticator, IAMAuthenticator
from ibm_code_engine_sdk import code_engine_v2 as engine
from ibm_code_engine_sdk.code_engine_v2 import CodeEngineV2
from ibm_platform_services import IamAccessGroupsV2, IamIdentityV1, IamPolicyManagementV1
from ibm_platform_services import iam_access_groups_v2 as groups
from ibm_platform_services import iam_identity_v1 as identities
from ibm_platform_services import iam_policy_management_v1 as policies

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

ACCOUNT = "0a1b2c3d4e5f"
SUBJECT = "iam-ServiceId-1"


def tell(step: str, **what: object) -> None:
    """Print a step."""
    sys.stdout.write(f"{json.dumps({'step': step, **what}, default=str)}\n")


def understood(step: str, model: Any, answer: Any) -> Any:  # noqa: ANN401  whatever the SDKs have
    """Print what a model of the SDK understood of an answer, and return the answer."""
    result = answer.get_result()
    found = model.from_dict(result)
    tell(step, sent=result, understood=found.to_dict(), wrong=[*wrong_types(found, model)])
    return result


def wrong_types(value: object, hint: Any, where: str = "") -> Iterator[str]:  # noqa: ANN401
    """Where a value is not of the type that the SDK's models declare."""
    kinds = get_args(hint) if get_origin(hint) in {Union, UnionType} else (hint,)
    kinds = tuple(kind for kind in kinds if kind is not NoneType)
    origins = tuple(get_origin(kind) or kind for kind in kinds)
    if value is None or not all(isinstance(one, type) for one in origins):
        return
    if not isinstance(value, origins) or (isinstance(value, bool) and bool not in origins):
        yield f"{where}: {type(value).__name__} for {hint}"
    elif isinstance(value, list):
        for one in value:
            yield from wrong_types(one, get_args(kinds[0])[0], f"{where}[]")
    elif hasattr(value, "from_dict"):
        for name, inner in get_type_hints(type(value).__init__).items():
            if name != "return":
                yield from wrong_types(getattr(value, name, None), inner, f"{where}.{name}")


class Services:
    """The SDKs' clients at one place; `signed_in` is an authenticator."""

    def __init__(self, place: dict[str, str]) -> None:
        self.url, self.project, self.pod_token = place["url"], place["project"], place["pod_token"]
        self.signed_in = IAMAuthenticator(place["user_key"], url=self.url)
        self.identities = self.placed(IamIdentityV1)
        self.policies = self.placed(IamPolicyManagementV1)
        self.groups = self.placed(IamAccessGroupsV2)
        self.engine = self.placed(CodeEngineV2)

    def placed(self, service: Any, authenticator: Any = None) -> Any:  # noqa: ANN401
        """A client for the place."""
        made = service(authenticator=authenticator or self.signed_in)
        made.set_service_url(self.url)
        return made


def tell_lives(services: Services) -> None:
    """What is used, from the first to the last request."""
    tell_identities(services.identities)
    tell_policies(services)
    tell_code_engine(services.engine, services.project)


def tell_identities(iam: IamIdentityV1) -> None:
    """A service ID and its keys."""
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
    understood("get_api_keys_details", identities.ApiKey, iam.get_api_keys_details(iam_api_key=key["apikey"]))
    iam.disable_api_key(key["id"])
    iam.delete_api_key(key["id"])
    iam.delete_service_id(made["id"])


def tell_policies(services: Services) -> None:
    """The policy that lets an identity pull from one registry namespace in one region, and what it has by groups."""
    iam = services.policies
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
        [policies.PolicySubject(attributes=[policies.SubjectAttribute("iam_id", SUBJECT)])],
        [policies.PolicyRole(reader)],
        [policies.PolicyResource(attributes=attributes)],
        description="for tests",
    )
    made = understood("create_policy", policies.Policy, made)
    listed = iam.list_policies(ACCOUNT, iam_id=SUBJECT, type="access")
    understood("list_policies", policies.PolicyCollection, listed)
    iam.delete_policy(made["id"])
    found = services.groups.list_access_groups(ACCOUNT, iam_id=SUBJECT, membership_type="all", limit=100)
    (group,) = understood("list_access_groups", groups.GroupsList, found)["groups"]
    iam.list_policies(ACCOUNT, access_group_id=group["id"], type="access")


def tell_code_engine(service: CodeEngineV2, project: str) -> None:
    """A registry secret of a project, and what can name it."""
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


def tell_pages(services: Services) -> None:
    """Lists of several pages, to their ends."""
    iam = services.identities
    tell("service_ids", found=names_of(iam.list_service_ids, "serviceids", account_id=ACCOUNT, name="puller"))
    by_key = {"account_id": ACCOUNT, "iam_id": SUBJECT, "type": "serviceid", "scope": "entity"}
    tell("api_keys", found=names_of(iam.list_api_keys, "apikeys", **by_key))
    of_subject = policies.PoliciesPager(
        client=services.policies, account_id=ACCOUNT, iam_id=SUBJECT, type="access"
    ).get_all()
    tell("policies", found=[one["id"] for one in of_subject])
    projects = engine.ProjectsPager(client=services.engine, limit=100).get_all()
    tell("projects", found=[one["name"] for one in projects])
    found = engine.SecretsPager(client=services.engine, project_id=services.project, limit=100).get_all()
    tell("secrets", found=[one["name"] for one in found])


def names_of(list_page: Callable[..., Any], name: str, /, **query: str) -> list[str]:
    """The names on all pages, the next of which the SDK has no iterator for."""
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        page = list_page(**query, pagesize=100, **token).get_result()
        found += [one["name"] for one in page[name]]
        if not page.get("next"):
            return found
        token = {"pagetoken": get_query_param(page["next"], "pagetoken")}


def tell_refusals(services: Services, *cases: str) -> None:
    """What the SDKs understand of refusals, each of which is for what has the name of the case."""
    for case in cases:
        calls: dict[str, Callable[[], object]] = {
            "identities": partial(services.identities.get_service_id, case),
            "policies": partial(services.policies.delete_policy, case),
            "engine": partial(services.engine.get_secret, services.project, case),
        }
        for service, call in calls.items():
            tell_refusal(f"{service} {case}", call)


def tell_refusal(step: str, call: Callable[[], object]) -> None:
    """Print status and message of the error that a call ends with."""
    try:
        call()
    except ApiException as error:
        tell(step, status=error.status_code, message=error.message)


def tell_sign_ins(services: Services) -> None:
    """Sign in as a pod's trusted profile, by ID and by name, and with an API key that does not exist."""
    for name in ({"iam_profile_id": "Profile-1"}, {"iam_profile_name": "puller"}):
        pod = ContainerAuthenticator(cr_token_filename=services.pod_token, url=services.url, **name)
        services.placed(IamPolicyManagementV1, pod).list_policies(ACCOUNT, iam_id=SUBJECT, type="access")
    nobody = services.placed(IamIdentityV1, IAMAuthenticator("wrong", url=services.url))
    tell_refusal("wrong key", lambda: nobody.get_service_id("ServiceId-1"))


STORIES: dict[str, Callable[..., None]] = {
    "lives": tell_lives,
    "pages": tell_pages,
    "refusals": tell_refusals,
    "sign-ins": tell_sign_ins,
}


def main(arguments: Sequence[str]) -> int:
    """Tell one story."""
    story, *words = arguments
    STORIES[story](Services(json.load(sys.stdin)), *words)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
