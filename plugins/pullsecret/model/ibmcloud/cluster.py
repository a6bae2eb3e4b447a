"""Clusters of IBM Cloud Kubernetes Service as plain values, and which of them a server is.

Source: IBM's SDK bluemix-go, api/container/containerv2/clusters.go (ClusterInfo): what `getCluster` answers, with the
service endpoints below `serviceEndpoints`, or beside the rest in the form of the first version.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pullsecret.model.ibmcloud.answers import object_at, text_in

if TYPE_CHECKING:
    from collections.abc import Mapping

_URLS: Final = ("serverURL", "masterURL", "virtualPrivateEndpointURL")
_ENDPOINTS: Final = ("publicServiceEndpointURL", "privateServiceEndpointURL")
_PORTS: Final = {"https": 443, "http": 80}


@dataclass(frozen=True, kw_only=True)
class CloudCluster:
    """A cluster: its ID and name, the ID of its resource group, and the URLs of its API server, each once."""

    id: str
    name: str
    resource_group: str = ""
    servers: tuple[str, ...] = ()

    def is_at(self, server: str) -> bool:
        """Whether a URL is that of its API server, by one of its endpoints."""
        address = _address(server)
        return address is not None and address in map(_address, self.servers)


def cluster_in(content: Mapping[str, object]) -> CloudCluster:
    """The cluster in an answer of the Kubernetes Service."""
    endpoints = object_at(content, "serviceEndpoints")
    found = (
        *(text_in(content, name) for name in (*_URLS, *_ENDPOINTS)),
        *(text_in(endpoints, name) for name in _ENDPOINTS),
    )
    return CloudCluster(
        id=text_in(content, "id"),
        name=text_in(content, "name"),
        resource_group=text_in(content, "resourceGroup"),
        servers=tuple(dict.fromkeys(filter(None, found))),
    )


def _address(url: str) -> tuple[str, str, int | None, str] | None:
    """What of a URL tells which server it is; None for what is not a URL."""
    try:
        parts = urlsplit(url)
        port = parts.port or _PORTS.get(parts.scheme)
    except ValueError:
        return None
    if not parts.hostname:
        return None
    return parts.scheme, parts.hostname.removesuffix("."), port, parts.path.rstrip("/")
