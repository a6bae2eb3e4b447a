"""Whether access policies allow a pull from a namespace of the registry; "unknown" wherever that cannot be told.

Source: IBM Cloud documentation, Registry: "Defining IAM access policies" (attributes `region`, `resourceType` and
`resource`; Reader is the least role with `container-registry.image.pull`), "Setting up region-based policies" (the
global registry is the geography `global`); IAM: "IAM roles and actions".
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Final

from pullsecret.model.ibmcloud.policy import GLOBAL, REGISTRY_SERVICE
from pullsecret.model.images.icr import REGIONS, public_name
from pullsecret.model.images.reference import InvalidReferenceError, parsed_reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pullsecret.model.ibmcloud.policy import Attribute, Policy, Role

PULL: Final = "container-registry.image.pull"
_PULLING: Final = re.compile(r".*:serviceRole:(?:Reader|Writer|Manager)")
_PLATFORM: Final = re.compile(r".*:role:(?:Viewer|Editor|Operator|Administrator)")
_LOCATIONS: Final = {region.host: region.location for region in REGIONS}


class Allowed(IntEnum):
    """Whether something is allowed; of several conditions the least counts, of several policies the most."""

    NO = 0
    UNKNOWN = 1
    YES = 2


@dataclass(frozen=True, kw_only=True, slots=True)
class RegistryNamespace:
    """A namespace of the registry that images are pulled from: its host's location (`us-south`), its name."""

    location: str
    name: str

    @property
    def shown(self) -> str:
        """Both in words."""
        return f"namespace {self.name} in {self.location}" if self.location != GLOBAL else f"namespace {self.name}"


def namespace_of_image(image: str) -> RegistryNamespace | None:
    """The registry namespace of an image; None for other registries and for what is no image name."""
    try:
        reference = parsed_reference(image)
    except InvalidReferenceError:
        return None
    location = _LOCATIONS.get(public_name(reference.domain))
    first, slash, _ = reference.path.partition("/")
    return RegistryNamespace(location=location, name=first) if location and slash else None


def pull_allowed(policies: Iterable[Policy], roles: Iterable[Role], wanted: RegistryNamespace) -> Allowed:
    """Whether one of these policies allows pulls from a registry namespace.

    `roles` are those that the registry's roles are known by; IBM's own are known without.
    """
    actions = {role.crn: role.actions for role in roles}
    return max((_allowed_by(policy, actions, wanted) for policy in policies), default=Allowed.NO)


def _allowed_by(policy: Policy, actions: Mapping[str, tuple[str, ...]], wanted: RegistryNamespace) -> Allowed:
    by_role = max((_role_pulls(crn, actions) for crn in policy.roles), default=Allowed.NO)
    return min(by_role, *(_holds(one, wanted) for one in policy.attributes), Allowed.YES)


def _role_pulls(crn: str, actions: Mapping[str, tuple[str, ...]]) -> Allowed:
    if known := actions.get(crn):
        return Allowed.YES if PULL in known else Allowed.NO
    if _PULLING.fullmatch(crn):
        return Allowed.YES
    return Allowed.NO if _PLATFORM.fullmatch(crn) else Allowed.UNKNOWN


def _holds(condition: Attribute, wanted: RegistryNamespace) -> Allowed:
    """Whether a condition on the resource holds for a registry namespace."""
    if condition.name == "accountId":
        return Allowed.YES
    if condition.name == "geography":
        return _holds_for_geography(condition.value, wanted)
    actual = _actual(condition.name, wanted)
    if not actual or condition.operator not in ("stringEquals", "stringMatch"):
        return Allowed.UNKNOWN
    if condition.operator == "stringMatch":
        pattern = condition.value.replace("[", "[[]")  # only * and ? mean anything in IAM
        return Allowed.YES if fnmatchcase(actual, pattern) else Allowed.NO
    return Allowed.YES if condition.value == actual else Allowed.NO


def _holds_for_geography(value: str, wanted: RegistryNamespace) -> Allowed:
    if GLOBAL in (value, wanted.location):
        return Allowed.YES if value == wanted.location else Allowed.NO
    return Allowed.UNKNOWN


def _actual(name: str, wanted: RegistryNamespace) -> str:
    """What a condition compares with; "" for what cannot be told, such as the resource group of the namespace."""
    known = {
        "serviceName": REGISTRY_SERVICE,
        "serviceType": "service",
        "region": wanted.location,
        "resourceType": "namespace",
        "resource": wanted.name,
    }
    return known.get(name, "")
