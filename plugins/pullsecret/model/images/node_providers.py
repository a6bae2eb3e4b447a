"""Registries for which the nodes of a cloud's clusters fetch credentials of their own, by a credential provider.

The kubelet asks it for the images that match, after the pod's pull secrets (kubernetes: pkg/credentialprovider/plugin).
Which nodes have one is known only to them. Source: the providers of kubernetes/cloud-provider-aws, -gcp and -azure.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.model.images.temporary_logins import AMAZON, AZURE, GOOGLE

if TYPE_CHECKING:
    from collections.abc import Iterable

_CLOUDS: Final = {AMAZON: "EKS", GOOGLE: "GKE", AZURE: "AKS"}
_IDENTITIES: Final = {"EKS": "eks.amazonaws.com/", "GKE": "iam.gke.io/", "AKS": "azure.workload.identity/"}
"""How the annotations begin by which a service account has an identity in the cloud. The kubelet passes them to a
provider that is configured for it (KubeletServiceAccountTokenForCredentialProviders)."""


def provider_of_nodes(host: str) -> str:
    """The kind of cluster whose nodes have credentials for a registry's host: `EKS`; "" for none that is known."""
    return next((cloud for pattern, cloud in _CLOUDS.items() if pattern.fullmatch(host)), "")


def identity_annotation(cloud: str, annotations: Iterable[str]) -> str:
    """The annotation of a service account that gives it an identity in a cloud; "" for none."""
    prefix = _IDENTITIES.get(cloud, "")
    return next((name for name in annotations if prefix and name.startswith(prefix)), "")
