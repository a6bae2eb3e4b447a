"""Where IBM Cloud's services are, for the public and the private network.

Source: IBM's SDKs (iam_identity_v1.py, code_engine_v2.py, kubernetes_service_api_v1.go); IBM Cloud documentation,
"Service endpoints"; the variables are those of IBM's Terraform provider ("Customizing default cloud service
endpoints").
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from pullsecret.errors import CloudError, ConfigError
from pullsecret.model.go.printable import printable
from pullsecret.network.proxy import is_loopback

if TYPE_CHECKING:
    from collections.abc import Mapping

    from pullsecret.ibmcloud.cli_config import CliConfig

_REGION: Final = re.compile(r"[a-z0-9-]{1,40}")
_IAM_VARIABLE: Final = "IBMCLOUD_IAM_API_ENDPOINT"
_KUBERNETES_VARIABLE: Final = "IBMCLOUD_CS_API_ENDPOINT"
_CODE_ENGINE_VARIABLE: Final = "IBMCLOUD_CODE_ENGINE_API_ENDPOINT"


@dataclass(frozen=True, kw_only=True)
class Endpoints:
    """The URLs of IAM and the Kubernetes Service; `code_engine` is "" unless a variable names it."""

    iam: str
    kubernetes: str
    code_engine: str = ""
    is_private: bool = False

    def code_engine_in(self, region: str) -> str:
        """The URL of Code Engine's API in a region; raises CloudError for what would be another host's name."""
        if self.code_engine:
            return self.code_engine
        if not _REGION.fullmatch(region):
            raise CloudError(f'IBM Cloud has no region "{printable(region)}"')
        return f"https://api.{'private.' if self.is_private else ''}{region}.codeengine.cloud.ibm.com/v2"


def endpoints_for(config: CliConfig, environ: Mapping[str, str], *, is_private: bool) -> Endpoints:
    """The endpoints that the variables name, else those of the CLI's configuration, else IBM Cloud's own.

    Raises:
        ConfigError: one is not a URL, or does not use TLS: tokens are sent there.
    """
    private = is_private or config.is_private
    prefix = "private." if private else ""
    configured = config.iam_endpoint if config.is_private == private else ""
    return Endpoints(
        iam=_safe(environ.get(_IAM_VARIABLE) or configured or f"https://{prefix}iam.cloud.ibm.com"),
        kubernetes=_safe(environ.get(_KUBERNETES_VARIABLE) or f"https://{prefix}containers.cloud.ibm.com/global"),
        code_engine=_safe(environ.get(_CODE_ENGINE_VARIABLE, "")),
        is_private=private,
    )


def _safe(url: str) -> str:
    if not url:
        return ""
    unusable = ConfigError(f'error: "{printable(url)}" is not a URL of IBM Cloud')
    try:
        parts = urlsplit(url)
        is_usable = bool(parts.hostname) and parts.port != 0 and parts.scheme in {"https", "http"}
    except ValueError:
        raise unusable from None
    if not is_usable:
        raise unusable
    if parts.scheme == "http" and not is_loopback(parts.hostname or ""):
        raise ConfigError(f"error: the IBM Cloud endpoint {printable(url)} does not use TLS")
    return url.rstrip("/")
