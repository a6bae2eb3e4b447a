"""What we send to the Kubernetes Service and read of it, held against IBM's Go SDKs, which cannot be run here.

Source: container-services-go-sdk, kubernetes_service_api_v1.go at 454a2ae (GetCluster, V2EnablePullSecret,
GetClusterResponse) and kubernetes_service_api_v1_test.go; of the error, bluemix-go, api/container/containerv1.
"""

from __future__ import annotations

import json
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from ibmcloud_api.comparison import headers_that_matter
from ibmcloud_api.documents import RefusalError
from pullsecret.errors import CloudError
from pullsecret.ibmcloud.kubernetes_service import KubernetesService

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibmcloud_api.cloud import IbmCloud
    from pullsecret.ibmcloud.session import Session

pytestmark = pytest.mark.source

CLUSTER = {
    *("addons", "caCertRotationStatus", "createdDate", "crn", "datacenter", "disableAutoUpdate", "entitlement"),
    *("etcdPort", "features", "id", "imageSecurityEnabled", "infrastructureTopology", "ingress", "isPaid"),
    *("lifecycle", "location", "locationZones", "masterKubeVersion", "masterURL", "monitoringURL", "multiAzCapable"),
    *("name", "podSubnet", "provider", "region", "resourceGroup", "resourceGroupName", "serviceEndpoints"),
    *("serviceSubnet", "state", "status", "targetVersion", "type", "versionEOS", "vlans", "workerCount", "workerZones"),
}
"""The fields of a cluster that the SDK knows."""

ENDPOINTS = {
    *("privateServiceEndpointEnabled", "privateServiceEndpointURL"),
    *("publicServiceEndpointEnabled", "publicServiceEndpointURL"),
}
FEATURES = {"keyProtectEnabled", "pullSecretApplied"}


def test_cluster_and_its_pull_secret_are_asked_for_as_the_sdk_does(
    open_ours: Callable[..., Session], cloud: IbmCloud
) -> None:
    document = cloud.kubernetes.new_cluster("prod", "https://c1.us-south.containers.cloud.ibm.com:30000")
    with closing(open_ours()) as session:
        service = KubernetesService.of(session)
        cloud.forget()
        found = service.cluster("prod")
        service.apply_pull_secret(found)
    (asked, applied) = cloud.received[-2:]
    assert (asked.method, asked.path, asked.query) == ("GET", "/global/v2/getCluster", {"cluster": ["prod"]})
    assert headers_that_matter(asked) == {"accept": "application/json"}
    assert (applied.method, applied.path, applied.query) == ("POST", "/global/v2/enablePullSecret", {})
    sent = headers_that_matter(applied)
    assert (sent["content-type"], sent["x-auth-resource-group"]) == ("application/json", document["resourceGroup"])
    assert json.loads(applied.body) == {"cluster": document["id"]}
    assert applied.authorization.startswith("Bearer ")
    assert found.is_at("https://c1.us-south.containers.cloud.ibm.com:30000")


def test_cluster_has_no_field_that_the_sdk_does_not_know(cloud: IbmCloud) -> None:
    document = cloud.kubernetes.new_cluster("prod", "https://c1.us-south.containers.cloud.ibm.com:30000")
    assert set(document) <= CLUSTER
    for name, known in (("serviceEndpoints", ENDPOINTS), ("features", FEATURES)):
        inner = document[name]
        assert isinstance(inner, dict)
        assert set(inner) <= known


def test_refusal_of_the_kubernetes_service_is_one_line_with_what_to_ask_for(
    open_ours: Callable[..., Session], cloud: IbmCloud
) -> None:
    cloud.kubernetes.new_cluster("prod", "https://c1.us-south.containers.cloud.ibm.com:30000")
    cloud.denied["POST", "/global/v2/enablePullSecret"] = RefusalError(403, "You are not authorized.", "E0001")
    with closing(open_ours()) as session:
        service = KubernetesService.of(session)
        with pytest.raises(CloudError, match=r"^IBM Cloud: You are not authorized\. \(E0001\)$") as refused:
            service.apply_pull_secret(service.cluster("prod"))
        with pytest.raises(CloudError, match='IBM Cloud has no cluster "nowhere" in this account'):
            service.cluster("nowhere")
    assert "ask for Operator or Administrator for the cluster" in refused.value.hint
