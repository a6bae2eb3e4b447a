"""The credentials that Red Hat gave to a cluster of OpenShift, which its nodes send for every pod."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from pullsecret.model.go.url import index_key
from pullsecret.model.images.dockerconfig import registries_of
from pullsecret.model.images.registry_credential import credential_of
from pullsecret.model.openshift.global_secrets import GLOBAL_PULL_SECRET, ORIGINAL_PULL_SECRET, REQUIRED_HOSTS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.images.registry_credential import RegistryCredential
    from pullsecret.model.objects.objects import Object

CLUSTERS_OWN_SECRETS: Final = (GLOBAL_PULL_SECRET, ORIGINAL_PULL_SECRET)
"""The secrets that have them."""


def cluster_credentials(
    secrets: Mapping[tuple[str, str], Object],
) -> Mapping[RegistryCredential, tuple[str, ...]]:
    """The credentials for Red Hat's four hosts in the global pull secret, each with its hosts.

    Empty if that is not among the secrets, which are by namespace and name. What an administrator added to it does not
    count: it may be meant for namespaces, too.
    """
    found: dict[RegistryCredential, tuple[str, ...]] = {}
    for key in CLUSTERS_OWN_SECRETS:
        for entry in registries_of(secrets.get(key, {})).entries:
            host = index_key(entry.server) or ""
            if host in REQUIRED_HOSTS and entry.has_password:
                credential = credential_of(entry)
                found[credential] = tuple(dict.fromkeys((*found.get(credential, ()), host)))
    return found
