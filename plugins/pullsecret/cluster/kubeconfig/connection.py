"""Resolves kubeconfig, flags, environment, or the service account of a pod to one Connection: API server and user.

Source of the rules: client-go tools/clientcmd/client_config.go and merged_client_builder.go.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pullsecret.cluster.kubeconfig.files import load_kubeconfig
from pullsecret.cluster.kubeconfig.overrides import effective_config
from pullsecret.cluster.kubeconfig.user import Impersonation, User, impersonation_of, read_user
from pullsecret.cluster.kubeconfig.validation import refuse_unusable
from pullsecret.errors import ConfigError
from pullsecret.network.address import server_url
from pullsecret.network.proxy import parsed_proxy_url, proxy_for
from pullsecret.network.timeouts import Timeouts, parsed_timeout
from pullsecret.network.tls import Trust, read_pem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.cluster.kubeconfig.files import Kubeconfig
    from pullsecret.cluster.kubeconfig.overrides import EffectiveConfig
    from pullsecret.cluster.kubeconfig.yaml_file import ConfigEntry
    from pullsecret.model.request.connection import ConnectionFlags

SERVICE_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where the kubelet mounts token, ca.crt and namespace."""


@dataclass(frozen=True, kw_only=True)
class Connection:
    """Everything needed to send a request.

    `server` is a URL with a scheme and without a trailing slash, `proxy` a URL or empty, `namespace` the default
    without -n, `context` the name of the kubeconfig context, "" in a pod. Over plain HTTP, `user` is empty: credentials
    are never sent in the clear.
    """

    server: str
    namespace: str
    context: str = ""
    trust: Trust = field(default_factory=Trust)
    user: User = field(default_factory=User, repr=False)
    impersonation: Impersonation = field(default_factory=Impersonation)
    proxy: str = field(default="", repr=False)
    timeouts: Timeouts = field(default_factory=Timeouts)
    compression: bool = True


def resolve_connection(
    flags: ConnectionFlags,
    environ: Mapping[str, str],
    *,
    account: Path = SERVICE_ACCOUNT,
    kubeconfig: Kubeconfig | None = None,
) -> Connection:
    """Resolve the connection that kubectl would use; `account` is where a pod's service account is mounted.

    `kubeconfig` is what the files have, where they have been read already. The pod's service account is used only if
    neither kubeconfig nor flags specify anything else.

    Raises:
        ConfigError: the configuration cannot be used.
    """
    config = effective_config(kubeconfig or load_kubeconfig(flags.kubeconfig, environ), flags, environ)
    refuse_unusable(config)
    is_in_pod = is_in_cluster(environ, account)
    namespace = config.context.text("namespace")
    if is_in_pod and not namespace:
        namespace = read_pod_namespace(environ, account)
    if is_in_pod and config.is_default:
        connection = _resolve_in_pod(flags, environ, account, config)
    else:
        connection = _resolve_from_kubeconfig(config, environ)
    context = "" if config.missing_context else config.context_name
    return replace(
        connection, namespace=namespace or "default", context=context, timeouts=parsed_timeout(flags.request_timeout)
    )


def _resolve_from_kubeconfig(config: EffectiveConfig, environ: Mapping[str, str]) -> Connection:
    server = server_url(config.cluster.text("server"))
    is_secure = server.startswith("https://")  # rest/config.go, IsConfigTransportTLS
    proxy = config.cluster.text("proxy-url")
    return Connection(
        server=server,
        namespace="",
        trust=read_trust(config.cluster) if is_secure else Trust(),
        user=read_user(config.user, config.cluster) if is_secure else User(),
        impersonation=impersonation_of(config.user),
        proxy=parsed_proxy_url(proxy) if proxy else proxy_for(server, environ),
        compression=not config.cluster.flag("disable-compression"),
    )


def _resolve_in_pod(
    flags: ConnectionFlags, environ: Mapping[str, str], account: Path, config: EffectiveConfig
) -> Connection:
    server = in_cluster_server(environ)
    return Connection(
        server=server,
        namespace="",
        trust=read_service_account_trust(flags, account),
        user=read_service_account_user(flags, account),
        impersonation=impersonation_of(config.user),
        proxy=proxy_for(server, environ),
        compression=not flags.disable_compression,
    )


def read_trust(cluster: ConfigEntry) -> Trust:
    """Read how to verify the server, from a kubeconfig cluster with its flags.

    Raises:
        ConfigError: it both sets a CA and disables verification, or the CA file cannot be read.
    """
    insecure = cluster.flag("insecure-skip-tls-verify")
    ca = cluster.data("certificate-authority-data") or read_pem(cluster.text("certificate-authority"))
    if ca and insecure:  # client-go: transport/transport.go, TLSConfigFor
        raise ConfigError("error: specifying a root certificates file with the insecure flag is not allowed")
    return Trust(ca=ca, server_name=cluster.text("tls-server-name"), insecure=insecure)


def is_in_cluster(environ: Mapping[str, str], account: Path) -> bool:
    """Whether the program runs in a pod with a service account."""
    is_pod = environ.get("KUBERNETES_SERVICE_HOST") and environ.get("KUBERNETES_SERVICE_PORT")
    return bool(is_pod) and (account / "token").is_file()


def in_cluster_server(environ: Mapping[str, str]) -> str:
    """The URL of the API server's service; IPv6 addresses are put in brackets."""
    host, port = environ["KUBERNETES_SERVICE_HOST"], environ["KUBERNETES_SERVICE_PORT"]
    return f"https://[{host}]:{port}" if ":" in host else f"https://{host}:{port}"


def read_service_account_trust(flags: ConnectionFlags, account: Path) -> Trust:
    """Read --certificate-authority or the mounted CA; without either, use the system's."""
    mounted = account / "ca.crt"
    path = flags.certificate_authority or (str(mounted) if mounted.is_file() else "")
    return Trust(ca=read_pem(path))


def read_service_account_user(flags: ConnectionFlags, account: Path) -> User:
    """Use --token, or the mounted token, which the kubelet renews."""
    if flags.token:
        return User(token=flags.token)
    return User(token_file=str(account / "token"))


def read_pod_namespace(environ: Mapping[str, str], account: Path) -> str:
    """Read $POD_NAMESPACE or the mounted namespace; empty if neither is set."""
    if environ.get("POD_NAMESPACE"):
        return environ["POD_NAMESPACE"]
    try:
        return (account / "namespace").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
