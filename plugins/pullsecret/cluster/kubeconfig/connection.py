"""Where the API server is and who we are there: kubeconfig, flags and environment come to one Connection.

Source of every rule: client-go tools/clientcmd/client_config.go and merged_client_builder.go.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from pullsecret.cluster.kubeconfig import incluster
from pullsecret.cluster.kubeconfig.files import loaded
from pullsecret.cluster.kubeconfig.overrides import chosen
from pullsecret.cluster.kubeconfig.user import Impersonation, User, impersonation_of, user_of
from pullsecret.cluster.kubeconfig.validation import refuse_unusable
from pullsecret.errors import ConfigError
from pullsecret.network.address import server_url
from pullsecret.network.proxy import proxy_for
from pullsecret.network.proxyurl import parsed_proxy_url
from pullsecret.network.timeouts import Timeouts, parsed_timeout
from pullsecret.network.tls import Trust, read_pem

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from pullsecret.cluster.kubeconfig.entry import Fields
    from pullsecret.cluster.kubeconfig.overrides import Chosen
    from pullsecret.model.request.connection import ConnectionFlags


@dataclass(frozen=True, kw_only=True)
class Connection:
    """Everything a request needs to know.

    `server` is a URL with a scheme and without a trailing slash, `proxy` a URL or empty, `namespace` what a command
    without -n means. Over plain http `user` is nobody: credentials do not travel in clear.
    """

    server: str
    namespace: str
    trust: Trust = field(default_factory=Trust)
    user: User = field(default_factory=User, repr=False)
    impersonation: Impersonation = field(default_factory=Impersonation)
    proxy: str = field(default="", repr=False)
    timeouts: Timeouts = field(default_factory=Timeouts)
    compression: bool = True


def resolved(
    flags: ConnectionFlags, environ: Mapping[str, str], *, account: Path = incluster.SERVICE_ACCOUNT
) -> Connection:
    """The connection that kubectl would use; `account` is where a pod finds its service account.

    A pod's own account counts only where neither kubeconfig nor flags say anything else.

    Raises:
        ConfigError: the configuration cannot be used.
    """
    choice = chosen(loaded(flags.kubeconfig, environ), flags, environ)
    refuse_unusable(choice)
    is_in_pod = incluster.is_possible(environ, account)
    namespace = choice.context.text("namespace")
    if is_in_pod and not namespace:
        namespace = incluster.namespace(environ, account)
    if is_in_pod and choice.is_default:
        connection = _of_pod(flags, environ, account, choice)
    else:
        connection = _of_kubeconfig(choice, environ)
    return replace(connection, namespace=namespace or "default", timeouts=parsed_timeout(flags.request_timeout))


def _of_kubeconfig(choice: Chosen, environ: Mapping[str, str]) -> Connection:
    server = server_url(choice.cluster.text("server"))
    is_secure = server.startswith("https://")  # rest/config.go, IsConfigTransportTLS
    proxy = choice.cluster.text("proxy-url")
    return Connection(
        server=server,
        namespace="",
        trust=trust_of(choice.cluster) if is_secure else Trust(),
        user=user_of(choice.user, choice.cluster) if is_secure else User(),
        impersonation=impersonation_of(choice.user),
        proxy=parsed_proxy_url(proxy) if proxy else proxy_for(server, environ),
        compression=not choice.cluster.flag("disable-compression"),
    )


def _of_pod(flags: ConnectionFlags, environ: Mapping[str, str], account: Path, choice: Chosen) -> Connection:
    server = incluster.server(environ)
    return Connection(
        server=server,
        namespace="",
        trust=incluster.trust(flags, account),
        user=incluster.user(flags, account),
        impersonation=impersonation_of(choice.user),
        proxy=proxy_for(server, environ),
        compression=not flags.disable_compression,
    )


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
