"""Whether access policies allow a pull, which keys IAM may be asked about, and which cluster a server is."""

from __future__ import annotations

import pytest

from objects import docker_config_secret, made_up_password, registry_entry
from pullsecret.model.ibmcloud.cluster import CloudCluster, cluster_in
from pullsecret.model.ibmcloud.policy import Attribute, Policy, Role, policy_in
from pullsecret.model.ibmcloud.registry_access import Allowed, RegistryNamespace, namespace_of_image, pull_allowed
from pullsecret.model.ibmcloud.registry_keys import registry_keys_in

KEY, OTHER_KEY = made_up_password(), made_up_password()
READER = "crn:v1:bluemix:public:iam::::serviceRole:Reader"
US, ICR = RegistryNamespace(location="us-south", name="team"), RegistryNamespace(location="global", name="team")
CUSTOM = Role(name="Puller", crn="crn:custom:puller", actions=("container-registry.image.pull",))
PUSHER = Role(name="Pusher", crn="crn:custom:pusher", actions=("container-registry.image.push",))
REGISTRY = {"accountId": "acc", "serviceName": "container-registry"}


def policy(conditions: dict[str, str], *roles: str, operator: str = "stringEquals") -> Policy:
    """A policy with these conditions, which all have one operator."""
    attributes = (Attribute(name=name, value=value, operator=operator) for name, value in conditions.items())
    return Policy(iam_id="iam-ServiceId-1", roles=frozenset(roles or (READER,)), attributes=frozenset(attributes))


NO, UNKNOWN, YES = Allowed
POLICIES = {
    "whole registry": (policy(REGISTRY), US, YES),
    "its region": (policy({**REGISTRY, "region": "us-south"}), US, YES),
    "another region": (policy({**REGISTRY, "region": "eu-de"}), US, NO),
    "a region, for the global registry": (policy({**REGISTRY, "region": "us-south"}), ICR, NO),
    "the geography of the global registry": (policy({**REGISTRY, "geography": "global"}), ICR, YES),
    "that, for a region": (policy({**REGISTRY, "geography": "global"}), US, NO),
    "another geography": (policy({**REGISTRY, "geography": "eu"}), US, UNKNOWN),
    "its namespace": (policy({**REGISTRY, "resourceType": "namespace", "resource": "team"}), US, YES),
    "another namespace": (policy({**REGISTRY, "resourceType": "namespace", "resource": "other"}), US, NO),
    "a pattern of namespaces": (policy({"resource": "te?m*"}, operator="stringMatch"), US, YES),
    "brackets are no pattern": (policy({"resource": "t[e]am"}, operator="stringMatch"), US, NO),
    "an operator that is not known": (policy({"resource": "team"}, operator="stringExists"), US, UNKNOWN),
    "a resource group": (policy({**REGISTRY, "resourceGroupId": "g"}), US, UNKNOWN),
    "a resource group elsewhere": (policy({**REGISTRY, "resourceGroupId": "g", "region": "eu-de"}), US, NO),
    "another service": (policy({"serviceName": "cloud-object-storage"}), US, NO),
    "all services": (policy({"accountId": "acc", "serviceType": "service"}), US, YES),
    "platform services": (policy({"serviceType": "platform_service"}), US, NO),
    "a platform role": (policy(REGISTRY, "crn:v1:bluemix:public:iam::::role:Viewer"), US, NO),
    "Viewer and Reader": (policy(REGISTRY, "crn:v1:bluemix:public:iam::::role:Viewer", READER), US, YES),
    "a custom role that pulls": (policy(REGISTRY, CUSTOM.crn), US, YES),
    "a custom role that does not": (policy(REGISTRY, PUSHER.crn), US, NO),
    "a role that is not known": (policy(REGISTRY, "crn:custom:unknown"), US, UNKNOWN),
    "no role": (Policy(iam_id="x", roles=frozenset(), attributes=frozenset()), US, NO),
}


@pytest.mark.parametrize(("one", "wanted", "expected"), POLICIES.values(), ids=POLICIES)
def test_policy_allows_a_pull_where_role_region_and_namespace_say_so(
    one: Policy, wanted: RegistryNamespace, expected: Allowed
) -> None:
    assert pull_allowed([one], (CUSTOM, PUSHER), wanted) is expected


def test_any_policy_is_enough_and_none_is_not() -> None:
    elsewhere = policy({**REGISTRY, "region": "eu-de"})
    assert pull_allowed([elsewhere, policy(REGISTRY)], (), US) is YES
    assert pull_allowed([elsewhere, policy({"resourceGroupId": "g"})], (), US) is UNKNOWN
    assert pull_allowed([], (), US) is NO


def test_policy_with_access_tags_is_no_policy_without_conditions() -> None:
    tags = [{"name": "team", "value": "a", "operator": "stringEquals"}]
    read = policy_in({"roles": [{"role_id": READER}], "resources": [{"attributes": [], "tags": tags}]})
    assert pull_allowed([read], (), US) is UNKNOWN


IMAGES = {
    "us.icr.io/team/app:1": US,
    "private.us.icr.io/team/app/part@sha256:" + "0" * 64: US,
    "icr.io/team/app": ICR,
    "us.icr.io/app": None,
    "cp.icr.io/cp/app": None,
    "us.icr.io:5000/team/app": None,
    "us.icr.io.evil.example/team/app": None,
    "nginx": None,
    "UPPER": None,
}


@pytest.mark.parametrize(("image", "expected"), IMAGES.items(), ids=IMAGES)
def test_image_names_its_registry_namespace(image: str, expected: RegistryNamespace | None) -> None:
    assert namespace_of_image(image) == expected


def test_only_api_keys_for_the_registry_are_ever_sent_to_iam() -> None:
    entries = {
        "us.icr.io": registry_entry("iamapikey", KEY),
        "https://private.us.icr.io/v2/": registry_entry("iamapikey", KEY),
        "de.icr.io": registry_entry("Profile-12ab", KEY),
        "icr.io/team": registry_entry("iamapikey", OTHER_KEY),
        "uk.icr.io": registry_entry("iambearer", made_up_password()),
        "jp.icr.io": registry_entry("iamapikey", "two words"),
        "br.icr.io": registry_entry("iamapikey", f"{made_up_password()}\nX-Header: x"),
        "cp.icr.io": registry_entry("iamapikey", made_up_password()),
        "*.icr.io": registry_entry("iamapikey", made_up_password()),
        "us.icr.io.evil.example": registry_entry("iamapikey", made_up_password()),
        "us.icr.io:5000": registry_entry("iamapikey", made_up_password()),
        "ca.icr.io": registry_entry("Profile-../x", made_up_password()),
        "registry.example": registry_entry("iamapikey", made_up_password()),
    }
    found = registry_keys_in(docker_config_secret("icr", entries))
    assert [(key.value, key.profile, key.servers) for key in found] == [
        (KEY, "", ("us.icr.io", "https://private.us.icr.io/v2/")),
        (KEY, "Profile-12ab", ("de.icr.io",)),
        (OTHER_KEY, "", ("icr.io/team",)),
    ]
    assert KEY not in repr(found)


PUBLIC, PRIVATE = "https://c1.us-south.containers.cloud.ibm.com:31000", "https://c1.private.us-south.example:31000"
ANSWERS = {
    "second version": {
        "masterURL": PUBLIC,
        "serviceEndpoints": {"publicServiceEndpointURL": PUBLIC, "privateServiceEndpointURL": PRIVATE},
    },
    "first version": {"serverURL": PUBLIC, "publicServiceEndpointURL": PUBLIC, "privateServiceEndpointURL": PRIVATE},
    "virtual private endpoint": {"masterURL": PUBLIC, "virtualPrivateEndpointURL": PRIVATE},
}


@pytest.mark.parametrize("endpoints", ANSWERS.values(), ids=ANSWERS)
def test_cluster_is_found_by_each_of_its_endpoints(endpoints: dict[str, object]) -> None:
    cluster = cluster_in({"id": "c1", "name": "prod", "resourceGroup": "rg", **endpoints})
    assert cluster == CloudCluster(id="c1", name="prod", resource_group="rg", servers=(PUBLIC, PRIVATE))
    assert cluster.is_at(f"{PUBLIC.upper().replace('HTTPS', 'https')}/")
    assert cluster.is_at(PRIVATE)


OTHERS = {
    "another port": PUBLIC.replace("31000", "31001"),
    "another host": "https://c2.us-south.containers.cloud.ibm.com:31000",
    "no port": PUBLIC.removesuffix(":31000"),
    "a path": f"{PUBLIC}/other",
    "without TLS": PUBLIC.replace("https", "http"),
    "no URL": "",
    "a broken one": "https://[",
}


@pytest.mark.parametrize("server", OTHERS.values(), ids=OTHERS)
def test_other_servers_are_not_the_cluster(server: str) -> None:
    assert not CloudCluster(id="c1", name="prod", servers=(PUBLIC, "", "https://[")).is_at(server)
