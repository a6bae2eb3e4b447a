"""By what a kubeconfig's cluster is recognised."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.errors import ConfigError
from pullsecret.network.trust import Trust, read_pem

if TYPE_CHECKING:
    from pullsecret.cluster.kubeconfig.fields import Fields


def trust_of(cluster: Fields) -> Trust:
    """What a kubeconfig cluster with its flags says.

    Raises:
        ConfigError: it says both to check and not to, or its file cannot be read.
    """
    insecure = cluster.flag("insecure-skip-tls-verify")
    ca = cluster.data("certificate-authority-data") or read_pem(cluster.text("certificate-authority"))
    if ca and insecure:  # client-go: transport/transport.go, TLSConfigFor
        raise ConfigError("error: specifying a root certificates file with the insecure flag is not allowed")
    return Trust(ca=ca, server_name=cluster.text("tls-server-name"), insecure=insecure)
