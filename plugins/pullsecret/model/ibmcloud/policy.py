"""IAM access policies as plain values, and whether one allows what another asks for.

Source: IBM's SDK ibm-platform-services, iam_policy_management_v1.py (v1 policies); IBM Cloud documentation, Registry:
"Setting up region-based policies" (the global registry is the geography `global`, not a region) and "Defining IAM
access policies" (resource type `namespace`, its name in `resource`).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pullsecret.model.go.printable import printable
from pullsecret.model.ibmcloud.answers import objects_in, text_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

REGISTRY_SERVICE: Final = "container-registry"
IDENTITY_SERVICE: Final = "iam-identity"
GLOBAL: Final = "global"


@dataclass(frozen=True, kw_only=True)
class Attribute:
    """One condition on the resource; `operator` is `stringEquals` or `stringMatch` (with `*` and `?`)."""

    name: str
    value: str
    operator: str = "stringEquals"


@dataclass(frozen=True, kw_only=True)
class Role:
    """A role of a service: what `--role` calls it, and the CRN by which a policy grants it."""

    name: str
    crn: str
    actions: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Policy:
    """An access policy: the subject's IAM ID, the CRNs of its roles, and its conditions; `id` is "" for a new one."""

    iam_id: str
    roles: frozenset[str]
    attributes: frozenset[Attribute]
    id: str = ""
    role_names: tuple[str, ...] = ()

    def value(self, name: str) -> str:
        """An attribute's value; empty if the policy does not have it."""
        return next((one.value for one in self.attributes if one.name == name), "")

    @property
    def shown(self) -> str:
        """Roles, service and conditions, for a sentence."""
        where = [f"{one.name} {one.value}" for one in sorted(self.attributes, key=lambda one: one.name)]
        conditions = [word for word in where if not word.startswith(("accountId ", "serviceName ", "resourceType "))]
        shown = "".join(f", {word}" for word in conditions)
        return printable(f"{' and '.join(self.role_names)} on {self.value('serviceName')}{shown}")

    def covers(self, other: Policy) -> bool:
        """Whether it grants at least the roles of another to the same subject, and under no further conditions."""
        return self.iam_id == other.iam_id and self.roles >= other.roles and self.attributes <= other.attributes


def registry_policies(
    *, account: str, iam_id: str, roles: Sequence[Role], regions: Sequence[str], namespaces: Sequence[str]
) -> tuple[Policy, ...]:
    """The policies for these regions and registry namespaces: one for each pair, as an attribute has one value.

    `regions` are locations such as `us-south`, and `global`; without one, a policy is for all of them, and without
    namespaces for all of these.
    """
    granted = frozenset(role.crn for role in roles)
    names = tuple(role.name for role in roles)
    service = (Attribute(name="accountId", value=account), Attribute(name="serviceName", value=REGISTRY_SERVICE))
    return tuple(
        Policy(iam_id=iam_id, roles=granted, role_names=names, attributes=frozenset((*service, *region, *namespace)))
        for region in [_region(one) for one in regions] or [()]
        for namespace in [_namespace(one) for one in namespaces] or [()]
    )


def identity_policy(*, account: str, iam_id: str, role: Role) -> Policy:
    """The policy that Code Engine needs to get the details of an API key (IBM Cloud documentation, Code Engine)."""
    service = (Attribute(name="accountId", value=account), Attribute(name="serviceName", value=IDENTITY_SERVICE))
    return Policy(iam_id=iam_id, roles=frozenset((role.crn,)), role_names=(role.name,), attributes=frozenset(service))


def _region(location: str) -> tuple[Attribute, ...]:
    if location == GLOBAL:
        return (Attribute(name="geography", value=GLOBAL),)
    return (Attribute(name="region", value=location),)


def _namespace(name: str) -> tuple[Attribute, ...]:
    return (Attribute(name="resourceType", value="namespace"), Attribute(name="resource", value=name))


def policy_document(policy: Policy, description: str) -> dict[str, object]:
    """The body of a request that creates a policy."""
    attributes = sorted(
        policy.attributes, key=lambda one: (one.name != "accountId", one.name != "serviceName", one.name)
    )
    return {
        "type": "access",
        "subjects": [{"attributes": [{"name": "iam_id", "value": policy.iam_id}]}],
        "roles": [{"role_id": crn} for crn in sorted(policy.roles)],
        "resources": [
            {"attributes": [{"name": one.name, "value": one.value, "operator": one.operator} for one in attributes]}
        ],
        "description": description,
    }


def policy_in(content: Mapping[str, object]) -> Policy:
    """The policy in an answer of IAM."""
    subjects = {one.value for one in _attributes(content, "subjects") if one.name == "iam_id"}
    roles = tuple(objects_in(content, "roles"))
    return Policy(
        id=text_in(content, "id"),
        iam_id=next(iter(subjects), ""),
        roles=frozenset(text_in(role, "role_id") for role in roles),
        role_names=tuple(text_in(role, "display_name") for role in roles),
        attributes=frozenset(_attributes(content, "resources")),
    )


def role_in(content: Mapping[str, object]) -> Role:
    """The role in an answer of IAM."""
    actions = content.get("actions")
    return Role(
        name=text_in(content, "display_name"),
        crn=text_in(content, "crn"),
        actions=tuple(str(one) for one in actions) if isinstance(actions, list) else (),
    )


def _attributes(content: Mapping[str, object], name: str) -> Iterator[Attribute]:
    for part in objects_in(content, name):
        for one in objects_in(part, "attributes"):
            operator = text_in(one, "operator") or "stringEquals"
            yield Attribute(name=text_in(one, "name"), value=text_in(one, "value"), operator=operator)
        for tag in objects_in(part, "tags"):
            yield Attribute(name=f"tag {text_in(tag, 'name')}", value=text_in(tag, "value"))
