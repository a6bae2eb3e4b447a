"""Registries for which the nodes of a cloud's clusters fetch credentials of their own, by a credential provider.

The kubelet asks it for the images that match, after the pod's pull secrets (kubernetes: pkg/credentialprovider/plugin).
Which nodes have one is known only to them. Source: the providers of kubernetes/cloud-provider-aws, -gcp and -azure.
"""

from __future__ import annotations

from typing import Final

from pullsecret.model.images.temporary_logins import AMAZON, AZURE, GOOGLE

_CLOUDS: Final = {AMAZON: "EKS", GOOGLE: "GKE", AZURE: "AKS"}


def provider_of_nodes(host: str) -> str:
    """The kind of cluster whose nodes have credentials for a registry's host: `EKS`; "" for none that is known."""
    return next((cloud for pattern, cloud in _CLOUDS.items() if pattern.fullmatch(host)), "")
