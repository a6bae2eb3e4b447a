"""The kubeconfig entries in force: the context's choice, and what flags put over it.

Source: client-go tools/clientcmd/client_config.go (getContext, getAuthInfo, getCluster).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from pullsecret.cluster.kubeconfig.entry import Fields
from pullsecret.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.cluster.kubeconfig.files import Kubeconfig
    from pullsecret.model.request.connection import ConnectionFlags


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """Context, cluster and user with the flags applied; one that is not in kubeconfig is empty.

    `missing_context` is the current context's name when there is no such context, and `is_default` tells that
    nothing said where the server is.
    """

    missing_context: str
    context: Fields
    cluster_name: str
    cluster: Fields
    user_name: str
    user: Fields
    is_default: bool


def chosen(kubeconfig: Kubeconfig, flags: ConnectionFlags, environ: Mapping[str, str]) -> Chosen:
    """The entries in force.

    Raises:
        ConfigError: a flag names an entry that is not there: `error: context "nope" does not exist`.
    """
    context_name = flags.context or kubeconfig.current_context
    context = kubeconfig.contexts.get(context_name, Fields(where="no context", values={}))
    user_name = flags.user or context.text("user")
    cluster_name = flags.cluster or context.text("cluster")
    _refuse_missing("auth info", flags.user, kubeconfig.users)
    _refuse_missing("context", flags.context, kubeconfig.contexts)
    _refuse_missing("cluster", flags.cluster, kubeconfig.clusters)
    default_server = environ.get("KUBERNETES_MASTER") or "http://localhost:8080"
    cluster = _with_cluster_flags(_entry(kubeconfig.clusters, cluster_name, "cluster"), flags, default_server)
    return Chosen(
        missing_context="" if context_name in kubeconfig.contexts else context_name,
        context=context,
        cluster_name=cluster_name,
        cluster=cluster,
        user_name=user_name,
        user=_with_user_flags(_entry(kubeconfig.users, user_name, "user"), flags),
        is_default=cluster.text("server") == default_server and not cluster.text("proxy-url"),
    )


def _refuse_missing(kind: str, name: str, entries: Mapping[str, Fields]) -> None:
    if name and name not in entries:
        raise ConfigError(f'error: {kind} "{name}" does not exist')


def _entry(entries: Mapping[str, Fields], name: str, kind: str) -> Fields:
    return entries.get(name) or Fields(where=f'{kind} "{name}"', values={})


def _with_cluster_flags(cluster: Fields, flags: ConnectionFlags, default_server: str) -> Fields:
    """The cluster with the flags on top.

    --server takes kubeconfig's tls-server-name away, --certificate-authority and --insecure-skip-tls-verify take
    away what kubeconfig says of the certificate authority.
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


def _with_user_flags(user: Fields, flags: ConnectionFlags) -> Fields:
    """The user with the flags on top; a certificate or key from a flag takes the file's data away."""
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


def _on_top(entry: Fields, values: Mapping[str, Any], given: Mapping[str, Any]) -> Fields:
    """What was given replaces what was there; nothing given (empty, false) leaves it, as Go's merge does."""
    return replace(entry, values={**values, **{key: value for key, value in given.items() if value}})
