"""The Kubernetes Service: clusters, and the pull secret that it writes later.

Source of requests and fields: IBM's Go SDKs, container-services-go-sdk, kubernetes_service_api_v1.go
(enablePullSecret), and bluemix-go, api/container/containerv2/clusters.go (getCluster).
"""

from __future__ import annotations

import json
import secrets
from typing import TYPE_CHECKING

from ibmcloud_api.documents import RefusalError, only
from registry.fake_server import Reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from ibmcloud_api.documents import Document
    from ibmcloud_api.identity import Identity
    from registry.fake_server import Received


class KubernetesService:
    """The clusters of the account. `write` is called with a new API key for each pull secret that is asked for.

    The service answers before the secret is written; a test that wants that calls `write` itself, later, with
    `is_writing` false: `asked` are the IDs of the clusters that it was asked for.
    """

    def __init__(self, identity: Identity) -> None:
        self._identity = identity
        self.clusters: dict[str, Document] = {}
        self.asked: list[str] = []
        self.write: Callable[[str], None] = lambda _: None
        self.is_writing = True

    def new_cluster(self, name: str, server: str) -> Document:
        """Create a cluster whose API server is at a URL."""
        number = secrets.token_hex(10)
        document: Document = {
            "id": number,
            "name": name,
            "state": "normal",
            "masterKubeVersion": "1.36.3_1500",
            "masterURL": server,
            "resourceGroup": secrets.token_hex(16),
            "resourceGroupName": "default",
            "type": "kubernetes",
            "serviceEndpoints": {
                "publicServiceEndpointEnabled": True,
                "publicServiceEndpointURL": server,
                "privateServiceEndpointEnabled": True,
                "privateServiceEndpointURL": "https://c1.private.us-south.containers.cloud.ibm.com:30000",
            },
            "features": {"keyProtectEnabled": False, "pullSecretApplied": True},
        }
        self.clusters[number] = document
        return document

    def answer(self, received: Received) -> Reply | None:
        """The answer to a request; None if it is for another service."""
        if received.path not in {"/global/v2/getCluster", "/global/v2/enablePullSecret"}:
            return None
        self._identity.caller(received)
        is_asking = received.path.endswith("getCluster")
        name = only(received, "cluster") if is_asking else json.loads(received.body)["cluster"]
        found = next((one for one in self.clusters.values() if name in {one["id"], one["name"]}), None)
        if found is None:
            raise RefusalError(404, "The cluster was not found.", "A0006")
        if is_asking:
            return Reply(content=found)
        self.asked.append(str(found["id"]))
        if self.is_writing:
            self.make_secret()
        return Reply(status=204)

    def make_secret(self) -> str:
        """Create a key for a cluster's pull secret, have it written, and return it."""
        owner = self._identity.new_service_id("cluster-id")
        key = self._identity.new_key(str(owner["iam_id"]), "cluster-key")
        self.write(str(key["apikey"]))
        return str(key["apikey"])
