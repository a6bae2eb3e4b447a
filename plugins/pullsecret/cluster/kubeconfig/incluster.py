"""Connects from inside a pod with its service account (client-go: rest/config.go, InClusterConfig)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from pullsecret.cluster.kubeconfig.user import User
from pullsecret.network.tls import Trust, read_pem

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.model.request.connection import ConnectionFlags

SERVICE_ACCOUNT: Final = Path("/var/run/secrets/kubernetes.io/serviceaccount")
"""Where the kubelet mounts token, ca.crt and namespace."""


def is_possible(environ: Mapping[str, str], account: Path) -> bool:
    """Whether the program runs in a pod with a service account."""
    is_pod = environ.get("KUBERNETES_SERVICE_HOST") and environ.get("KUBERNETES_SERVICE_PORT")
    return bool(is_pod) and (account / "token").is_file()


def server(environ: Mapping[str, str]) -> str:
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


def read_namespace(environ: Mapping[str, str], account: Path) -> str:
    """Read $POD_NAMESPACE or the mounted namespace; empty if neither is set."""
    if environ.get("POD_NAMESPACE"):
        return environ["POD_NAMESPACE"]
    try:
        return (account / "namespace").read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return ""
