"""Applies flags to the entries that the current context selects.

Source: client-go tools/clientcmd/client_config.go (getContext, getAuthInfo, getCluster).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pullsecret.cluster.kubeconfig.yaml_file import ConfigEntry
from pullsecret.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.cluster.kubeconfig.files import Kubeconfig
    from pullsecret.model.request.connection import ConnectionFlags


@dataclass(frozen=True, kw_only=True)
class EffectiveConfig:
    """Context, cluster and user with flags applied; an entry that is not in kubeconfig is empty.

    `context_name` is the context in use, whether it exists or not; `missing_context` is its name if it does not exist;
    `is_default` is true if nothing specifies the server.
    """

    context_name: str
    missing_context: str
    context: ConfigEntry
    cluster_name: str
    cluster: ConfigEntry
    user_name: str
    user: ConfigEntry
    is_default: bool


def effective_config(kubeconfig: Kubeconfig, flags: ConnectionFlags, environ: Mapping[str, str]) -> EffectiveConfig:
    """Return the entries that apply.

    Raises:
        ConfigError: a flag names an entry that does not exist: `error: context "nope" does not exist`.
    """
    context_name = flags.context or kubeconfig.current_context
    context = kubeconfig.contexts.get(context_name, ConfigEntry(where="no context", values={}))
    user_name = flags.user or context.text("user")
    cluster_name = flags.cluster or context.text("cluster")
    _refuse_missing("auth info", flags.user, kubeconfig.users)
    _refuse_missing("context", flags.context, kubeconfig.contexts)
    _refuse_missing("cluster", flags.cluster, kubeconfig.clusters)
    default_server = environ.get("KUBERNETES_MASTER") or "http://localhost:8080"
    cluster = _with_cluster_flags(_entry(kubeconfig.clusters, cluster_name, "cluster"), flags, default_server)
    return EffectiveConfig(
        context_name=context_name,
        missing_context="" if context_name in kubeconfig.contexts else context_name,
        context=context,
        cluster_name=cluster_name,
        cluster=cluster,
        user_name=user_name,
        user=_with_user_flags(_entry(kubeconfig.users, user_name, "user"), flags),
        is_default=cluster.text("server") == default_server and not cluster.text("proxy-url"),
    )


def _refuse_missing(kind: str, name: str, entries: Mapping[str, ConfigEntry]) -> None:
    if name and name not in entries:
        raise ConfigError(f'error: {kind} "{name}" does not exist')


def _entry(entries: Mapping[str, ConfigEntry], name: str, kind: str) -> ConfigEntry:
    return entries.get(name) or ConfigEntry(where=f'{kind} "{name}"', values={})


def _with_cluster_flags(cluster: ConfigEntry, flags: ConnectionFlags, default_server: str) -> ConfigEntry:
    """The cluster with flags applied.

    --server removes kubeconfig's tls-server-name; --certificate-authority and --insecure-skip-tls-verify remove its
    certificate authority.
    """
    values = {"server": default_server} | {key: value for key, value in cluster.values.items() if value}
    if flags.certificate_authority or flags.insecure_skip_tls_verify:
        for key in ("insecure-skip-tls-verify", "certificate-authority", "certificate-authority-data"):
            values.pop(key, None)
    if flags.tls_server_name or flags.server:
        values.pop("tls-server-name", None)
    given: dict[str, Any] = {
        "server": flags.server,
        "tls-server-name": flags.tls_server_name,
        "certificate-authority": flags.certificate_authority,
        "insecure-skip-tls-verify": flags.insecure_skip_tls_verify,
        "disable-compression": flags.disable_compression,
    }
    return _on_top(cluster, values, given)


def _with_user_flags(user: ConfigEntry, flags: ConnectionFlags) -> ConfigEntry:
    """The user with flags applied; a certificate or key from a flag removes the inline data."""
    values = dict(user.values)
    if flags.client_certificate:
        values.pop("client-certificate-data", None)
    if flags.client_key:
        values.pop("client-key-data", None)
    given: dict[str, Any] = {
        "token": flags.token,
        "client-certificate": flags.client_certificate,
        "client-key": flags.client_key,
        "as": flags.as_user,
        "as-uid": flags.as_uid,
        "as-groups": list(flags.as_groups),
    }
    return _on_top(user, values, given)


def _on_top(entry: ConfigEntry, values: Mapping[str, Any], given: Mapping[str, Any]) -> ConfigEntry:
    """Replace values with those given; empty or false keeps the old value, as in Go's merge."""
    return replace(entry, values={**values, **{key: value for key, value in given.items() if value}})
