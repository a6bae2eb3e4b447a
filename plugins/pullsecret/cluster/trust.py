"""By what a kubeconfig's cluster is recognised, and by what certificate we are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullsecret.cluster.clientcert import load_key_pair
from pullsecret.errors import ConfigError
from pullsecret.network.trust import Trust, context_for, read_pem

if TYPE_CHECKING:
    import ssl
    from collections.abc import Mapping

    from pullsecret.cluster.fields import Fields
    from pullsecret.cluster.user import KeyPair


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


def context_presenting(pair: KeyPair | None, trust: Trust, environ: Mapping[str, str]) -> ssl.SSLContext:
    """A TLS context that recognises the server, and presents a client certificate where there is one.

    Raises:
        ConfigError: the certificate authority, or the client's certificate and key, cannot be used.
    """
    context = context_for(trust, environ)
    try:
        if pair is not None:
            load_key_pair(context, pair)
    except ValueError as error:
        raise ConfigError(f"error: {error}") from error
    return context
