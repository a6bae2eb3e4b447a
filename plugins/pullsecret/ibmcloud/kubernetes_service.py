"""IBM Cloud Kubernetes Service: a cluster, and the pull secret that it creates in namespace `default`.

Source: IBM's Go SDKs: container-services-go-sdk, kubernetes_service_api_v1.go (EnablePullSecret: "Create an image pull
secret to ICR in the `default` namespace"), and bluemix-go, api/container/containerv2/clusters.go (getCluster).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from pullsecret.errors import CloudError
from pullsecret.ibmcloud.client import IbmCall
from pullsecret.model.go.printable import printable
from pullsecret.model.ibmcloud.cluster import cluster_in

if TYPE_CHECKING:
    from pullsecret.ibmcloud.client import IbmClient
    from pullsecret.ibmcloud.session import Session
    from pullsecret.model.ibmcloud.cluster import CloudCluster

_NOT_FOUND: Final = 404
_FORBIDDEN: Final = 403


@dataclass(frozen=True, kw_only=True)
class KubernetesService:
    """The clusters of the account; every method raises what `IbmClient.send` raises."""

    client: IbmClient
    url: str

    @classmethod
    def of(cls, session: Session) -> KubernetesService:
        """Those of the account that the session is for."""
        return cls(client=session.client, url=session.endpoints.kubernetes)

    def cluster(self, name: str) -> CloudCluster:
        """The cluster with this name or ID.

        Raises:
            CloudError: there is none, or it may not be seen.
        """
        try:
            found = cluster_in(self.client.read(f"{self.url}/v2/getCluster", {"cluster": name}))
        except CloudError as error:
            if error.status != _NOT_FOUND:
                raise
            message = f'IBM Cloud has no cluster "{printable(name)}" in this account'
            raise CloudError(message, status=error.status, hint="to list them, run: ibmcloud ks cluster ls") from error
        if not found.id:
            raise CloudError(f'IBM Cloud\'s answer about cluster "{printable(name)}" has no ID')
        return found

    def apply_pull_secret(self, cluster: CloudCluster) -> None:
        """Have `all-icr-io` created again, as `ibmcloud ks cluster pull-secret apply` does; it is written later.

        It is not asked for twice where the first request may have been processed: each makes a new API key.
        """
        group = {"X-Auth-Resource-Group": cluster.resource_group} if cluster.resource_group else {}
        call = IbmCall(
            method="POST",
            url=f"{self.url}/v2/enablePullSecret",
            content={"cluster": cluster.id},
            headers=group,
            is_repeatable=False,
        )
        try:
            self.client.send(call)
        except CloudError as error:
            if error.status != _FORBIDDEN:
                raise
            raise error.with_hint(
                "ask for Operator or Administrator for the cluster (Kubernetes Service), and for Administrator for "
                "Container Registry in all regions"
            ) from error
