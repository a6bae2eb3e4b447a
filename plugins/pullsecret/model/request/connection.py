"""The values of kubectl's connection flags."""

from __future__ import annotations

from dataclasses import dataclass, field, replace


@dataclass(frozen=True, kw_only=True)
class ConnectionFlags:
    """kubectl's ConfigFlags as typed; an empty string or None means that a flag was not given.

    `parallel` is how many writes may be under way; None to follow the server.

    Source: k8s.io/cli-runtime pkg/genericclioptions/config_flags.go.
    """

    kubeconfig: str = ""
    context: str = ""
    cluster: str = ""
    user: str = ""
    server: str = ""
    token: str = field(default="", repr=False)
    as_user: str = ""
    as_groups: tuple[str, ...] = ()
    as_uid: str = ""
    certificate_authority: str = ""
    client_certificate: str = ""
    client_key: str = ""
    insecure_skip_tls_verify: bool | None = None
    tls_server_name: str = ""
    request_timeout: str = "0"
    disable_compression: bool = False
    verbosity: int = 0
    parallel: int | None = None

    @property
    def names_cluster(self) -> bool:
        """Whether a flag says which server to contact, or as whom."""
        return any((self.kubeconfig, self.context, self.cluster, self.user, self.server, self.token, self.as_user))

    def elsewhere(self, context: str, kubeconfig: str) -> ConnectionFlags | None:
        """The flags for the cluster of --from-context and --from-kubeconfig; None without these."""
        if not (context or kubeconfig):
            return None
        return replace(
            self,
            context=context or ("" if kubeconfig else self.context),
            kubeconfig=kubeconfig or self.kubeconfig,
        )
