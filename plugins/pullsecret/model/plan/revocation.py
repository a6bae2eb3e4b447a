"""How a credential is revoked at its provider, as far as its hosts and username tell which one that is.

Source: the documentation of IBM Cloud (ibmcloud iam), Google Cloud (gcloud iam service-accounts keys), Azure (az acr
token credential), GitHub, GitLab, Docker Hub and Quay, August 2026.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pullsecret.model.images.icr import ENTITLED_HOSTS, is_registry_host
from pullsecret.model.request.suggested_command import Flag, Program, command

if TYPE_CHECKING:
    from collections.abc import Collection

    from pullsecret.model.images.registry_credential import RegistryCredential
    from pullsecret.model.request.suggested_command import SuggestedCommand


@dataclass(frozen=True, kw_only=True)
class Revocation:
    """How to revoke a credential: one of these commands, with words in capitals to fill in, or advice."""

    commands: tuple[SuggestedCommand, ...] = ()
    advice: str = ""


_GOOGLE = re.compile(r"(?:[a-z0-9-]+\.)?gcr\.io|[a-z0-9-]+-docker\.pkg\.dev")
_AZURE = re.compile(r"[A-Za-z0-9-]+\.azurecr\.(?:io|cn|us)")
_GUID = re.compile(r"[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)
_IBM = Revocation(
    commands=(
        command(Program.IBMCLOUD, "iam", "service-api-key-delete", "KEY", "SERVICE_ID"),
        command(Program.IBMCLOUD, "iam", "api-key-delete", "KEY"),
    )
)
_GOOGLE_KEY = command(
    Program.GCLOUD, "iam", "service-accounts", "keys", "delete", "KEY_ID", Flag("--iam-account", "ACCOUNT")
)
_AZURE_TOKEN = command(
    Program.AZ, "acr", "token", "credential", "delete", Flag("--registry", "REGISTRY"), Flag("--name", "TOKEN")
)
_AZURE_PRINCIPAL = command(
    Program.AZ, "ad", "app", "credential", "delete", Flag("--id", "APP_ID"), Flag("--key-id", "KEY_ID")
)
_AT_THE_REGISTRY = Revocation(advice="delete or disable it at the registry")


def revocation_of(credential: RegistryCredential, hosts: Collection[str]) -> Revocation:
    """How to revoke a credential that is for these hosts."""
    if hosts and all(host in ENTITLED_HOSTS for host in hosts):
        return Revocation(advice="delete the entitlement key in the container software library of My IBM")
    if hosts and all(map(is_registry_host, hosts)):
        return _IBM
    return next((found for host in sorted(hosts) if (found := _by_host(host, credential.username))), _AT_THE_REGISTRY)


def _by_host(host: str, username: str) -> Revocation | None:
    if _GOOGLE.fullmatch(host):
        is_key = username.startswith("_json_key")
        return Revocation(commands=(_GOOGLE_KEY,)) if is_key else None
    if _AZURE.fullmatch(host):
        is_principal = bool(_GUID.fullmatch(username))
        return Revocation(commands=(_AZURE_PRINCIPAL if is_principal else _AZURE_TOKEN,))
    words = {
        "ghcr.io": "delete the token in GitHub's settings, under Developer settings",
        "registry.gitlab.com": "revoke the token in GitLab, under Settings > Repository or Access tokens",
        "index.docker.io": "delete the access token in the account settings of Docker Hub",
        "quay.io": "regenerate the robot account's token in Quay, or delete the robot account",
    }
    return Revocation(advice=words[host]) if host in words else None
