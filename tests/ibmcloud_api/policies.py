"""IAM policy management: v1 policies, roles, and access groups. Source of the fields: ibm-platform-services 0.77.1."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ibmcloud_api.documents import RefusalError, identifier, now_text, only, page_with_links, parts_of
from registry.fake_server import Reply

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from ibmcloud_api.documents import Document
    from ibmcloud_api.identity import Identity
    from registry.fake_server import Received

READER = "crn:v1:bluemix:public:iam::::serviceRole:Reader"
OPERATOR = "crn:v1:bluemix:public:iam::::role:Operator"


class Policies:
    """The access policies of the account, and its access groups: the IAM IDs of their members by the group's ID."""

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self.policies: dict[str, Document] = {}
        self.groups: dict[str, set[str]] = {}

    def values(self, policy: Document) -> dict[str, str]:
        """The attributes of a policy's resource."""
        (resource,) = parts_of(policy, "resources")
        return {str(one["name"]): str(one["value"]) for one in parts_of(resource, "attributes")}

    def allows(self, iam_id: str, location: str, namespace: str, *, besides: Collection[str] = ()) -> bool:
        """Whether an identity may pull from a registry namespace in a region, with other policies than `besides`."""
        subjects = {iam_id, *self._groups_of(iam_id)}
        return any(
            _is_met(self.values(policy), location, namespace)
            for number, policy in self.policies.items()
            if number not in besides
            and _subject(policy) in subjects
            and READER in {role["role_id"] for role in parts_of(policy, "roles")}
        )

    def answer(self, received: Received, url: str) -> Reply | None:
        """The answer to a request; None if it is for another service."""
        parts = received.path.strip("/").split("/")
        if parts == ["v2", "roles"]:
            self._identity.caller(received)
            return Reply(content=_roles(only(received, "service_name")))
        if parts == ["v2", "groups"]:
            self._identity.caller(received)
            return Reply(content=self._group_list(only(received, "iam_id"), f"{url}/v2/groups"))
        if parts[:2] != ["v1", "policies"]:
            return None
        self._identity.caller(received)
        if len(parts) > 2:
            return self._one(received, parts[2])
        if received.method == "POST":
            return Reply(status=201, content=self._create(json.loads(received.body)))
        subject = only(received, "iam_id") or only(received, "access_group_id")
        found = [policy for policy in self.policies.values() if subject in {"", _subject(policy)}]
        return Reply(content=page_with_links(found, received, url, "policies"))

    def _groups_of(self, iam_id: str) -> list[str]:
        return [number for number, members in self.groups.items() if iam_id in members]

    def _group_list(self, iam_id: str, url: str) -> Document:
        found = self._groups_of(iam_id)
        groups = [{"id": number, "name": number, "account_id": self._identity.account} for number in found]
        link = {"href": f"{url}?limit=100&offset=0"}
        more = {"first": link, "last": link, "groups": groups}
        return {"limit": 100, "offset": 0, "total_count": len(groups), **more}

    def _one(self, received: Received, number: str) -> Reply:
        if number not in self.policies:
            raise RefusalError(404, f"Policy {number} not found.", "policy_not_found")
        if received.method == "DELETE":
            del self.policies[number]
            return Reply(status=204)
        return Reply(content=self.policies[number])

    def add(self, subject: str, role: str, values: Mapping[str, str]) -> Document:
        """Create a policy for a subject, with these attributes of the resource."""
        attributes = [{"name": name, "value": value, "operator": "stringEquals"} for name, value in values.items()]
        return self._create(
            {
                "type": "access",
                "subjects": [{"attributes": [{"name": "iam_id", "value": subject}]}],
                "roles": [{"role_id": role}],
                "resources": [{"attributes": attributes}],
            }
        )

    def _create(self, asked: Document) -> Document:
        self._refuse_locked(_subject(asked))
        if any(_meaning(one) == _meaning(asked) for one in self.policies.values()):
            raise RefusalError(409, "A policy with these attributes and roles already exists.", "policy_conflict_error")
        number = identifier("policy")
        roles = [
            {**role, "display_name": str(role["role_id"]).rpartition(":")[2], "description": ""}
            for role in parts_of(asked, "roles")
        ]
        document = {
            **asked,
            "id": number,
            "roles": roles,
            "href": f"https://iam.cloud.ibm.com/v1/policies/{number}",
            "created_at": now_text(),
            "created_by_id": self._identity.user,
            "last_modified_at": now_text(),
            "last_modified_by_id": self._identity.user,
            "state": "active",
        }
        self.policies[number] = document
        return document

    def _refuse_locked(self, iam_id: str) -> None:
        if any(one["iam_id"] == iam_id and one["locked"] for one in self._identity.service_ids.values()):
            raise RefusalError(409, f"{iam_id} is locked.", "request_not_processed")


def _meaning(policy: Document) -> tuple[object, ...]:
    """What two policies of one account do not have in common."""
    return policy["subjects"], policy["resources"], [role["role_id"] for role in parts_of(policy, "roles")]


def _subject(policy: Document) -> str:
    (subject,) = parts_of(policy, "subjects")
    names = {"iam_id", "access_group_id"}
    return next((str(one["value"]) for one in parts_of(subject, "attributes") if one["name"] in names), "")


def _is_met(values: dict[str, str], location: str, namespace: str) -> bool:
    if values.get("serviceName") != "container-registry":
        return False
    if "geography" in values and location != "global":
        return False
    return values.get("region", location) == location and values.get("resource", namespace) == namespace


def _roles(service: str) -> Document:
    own = ("Reader", "Writer", "Manager") if service == "container-registry" else ()
    platform = ("Viewer", "Operator", "Editor", "Administrator")
    return {
        "custom_roles": [],
        "service_roles": [_role(name, "serviceRole", ["container-registry.image.pull"]) for name in own],
        "system_roles": [_role(name, "role", []) for name in platform],
    }


def _role(name: str, kind: str, actions: list[str]) -> Document:
    crn = f"crn:v1:bluemix:public:iam::::{kind}:{name}"
    return {"display_name": name, "description": f"As a {name}.", "actions": actions, "crn": crn}
