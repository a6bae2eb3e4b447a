"""What kind of credential an entry has, by its host, username and the shape of its password, and when it expires.

A shape is a hint, no proof: a registry alone knows what it issued. Where a host or a username belongs to the kind, both
must fit. Source: gitleaks, config/gitleaks.toml; Harbor and Quay, source; the documentation of Amazon ECR, Google
Artifact Registry, Azure Container Registry, GitHub, GitLab, Docker Hub, JFrog, Chainguard, DigitalOcean, OpenShift and
IBM Cloud.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from pullsecret.model.images.credential_problem import host_of
from pullsecret.model.images.icr import is_api_key, is_registry_host, is_retired_host, is_web_token
from pullsecret.model.images.internal_registry import INTERNAL_HOSTS
from pullsecret.model.images.temporary_logins import AMAZON, AZURE, GOOGLE
from pullsecret.model.images.token_dates import claims_in, is_bound_token

if TYPE_CHECKING:
    from collections.abc import Sequence

    from pullsecret.model.images.dockerconfig import RegistryEntry

_ANY = re.compile(r".*", re.DOTALL)
_JWT = re.compile(r"eyJ[\w-]*\.[\w-]+\.[\w-]*")
_GUID = r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}"
_DAY_LIMIT = "30 days unless created with another duration"
_UNTIL_REVOKED = "until it is revoked"


@dataclass(frozen=True, kw_only=True)
class CredentialKind:
    """A kind of credential: its name, who has it, and how long it is valid where the credential does not say so.

    `username`, `host` and `password` must match as a whole. `life` is "" where nothing is known.
    """

    name: str
    life: str = ""
    username: re.Pattern[str] = _ANY
    host: re.Pattern[str] = _ANY
    password: re.Pattern[str] = field(default=_ANY, repr=False)

    def matches(self, host: str, username: str, password: str) -> bool:
        """Whether credentials for a host are of this kind."""
        parts = ((self.host, host), (self.username, username), (self.password, password))
        return all(pattern.fullmatch(text) for pattern, text in parts)


def _kind(name: str, life: str = "", *, username: str = "", host: str = "", shape: str = "") -> CredentialKind:
    """A row of the table; "" matches anything."""
    user, place, secret = (re.compile(text, re.DOTALL) if text else _ANY for text in (username, host, shape))
    return CredentialKind(name=name, life=life, username=user, host=place, password=secret)


_KINDS: Sequence[CredentialKind] = (
    _kind("Amazon ECR token", "12 hours", username="AWS", host=AMAZON.pattern),
    _kind(
        "Google access token",
        "1 hour",
        username="oauth2accesstoken|_token|_dcgcloud_token",
        host=GOOGLE.pattern,
    ),
    _kind("Google service account key", _UNTIL_REVOKED, username="_json_key(?:_base64)?", host=GOOGLE.pattern),
    _kind("Azure token", "3 hours", username="0{8}-0{4}-0{4}-0{4}-0{12}", host=AZURE.pattern),
    _kind("Azure service principal", "until its secret expires, 2 years at most", username=_GUID, host=AZURE.pattern),
    _kind("GitHub app or Actions token", "1 hour, or until its job ends", host=r"ghcr\.io", shape="ghs_.+"),
    _kind("GitHub personal access token", _UNTIL_REVOKED, host=r"ghcr\.io", shape=r"ghp_\w{36}"),
    _kind("GitHub fine-grained token", "until its expiry date", host=r"ghcr\.io", shape=r"github_pat_\w+"),
    _kind("GitLab CI job token", "until its job ends", username="gitlab-ci-token"),
    _kind("GitLab CI job token", "until its job ends", shape="glcbt-.+"),
    _kind("GitLab deploy token", "until its expiry date, if it has one", username=r"gitlab\+deploy-token-\d+"),
    _kind("GitLab deploy token", "until its expiry date, if it has one", shape="gldt-.+"),
    _kind("GitLab access token", "1 year at most", shape="glpat-.+"),
    _kind("Quay robot token, federated", "1 hour", username=r"[\w.-]+\+[\w.-]+", shape=_JWT.pattern),
    _kind("Quay robot token", _UNTIL_REVOKED, username=r"[\w.-]+\+[\w.-]+", shape="[A-Z0-9]{64}"),
    _kind("Quay application token", host=r"quay\.io", username=r"\$(?:app|oauthtoken|token)"),
    _kind("NVIDIA NGC API key", _UNTIL_REVOKED, host=r"nvcr\.io", username=r"\$oauthtoken"),
    _kind("Harbor robot account", _DAY_LIMIT, username=r"robot\$.+"),
    _kind("Docker Hub access token", _UNTIL_REVOKED, shape=r"dckr_[po]at_.+"),
    _kind("JFrog reference token", shape=r"cmVmd[\w+/=-]{59}"),
    _kind("JFrog API key", "ended: JFrog has removed API keys", shape=r"AKCp\w{69}"),
    _kind("Chainguard token", host=r"cgr\.dev", username=r"[0-9a-f]+/[0-9a-f]+", shape=_JWT.pattern),
    _kind("DigitalOcean token", host=r"registry\.digitalocean\.com", shape="dop_v1_[0-9a-f]{64}"),
    _kind("OpenShift user token", "24 hours", shape=r"sha256~[\w-]{43}"),
    _kind("Red Hat service account", host=r"registry\.redhat\.io", username=r"\d+\|.+"),
)
"""The first one that fits is taken."""

_OPENSHIFT = CredentialKind(name="OpenShift service account token", life="1 hour, or until its secret is deleted")
_OPENSHIFT_UNBOUND = CredentialKind(name="OpenShift service account token")
_IBM_API_KEY = CredentialKind(name="IBM Cloud API key", life=_UNTIL_REVOKED)
_IBM_PROFILE = CredentialKind(name="IBM Cloud trusted profile")
_IBM_TOKEN = CredentialKind(name="IBM Cloud access token", life="1 hour")
_IBM_REFRESH = CredentialKind(name="IBM Cloud refresh token", life="until its session ends")
_IBM_RETIRED = CredentialKind(name="IBM Cloud registry token", life="ended in August 2021")
_ENTITLEMENT = CredentialKind(name="IBM entitlement key", life=_UNTIL_REVOKED)
_WEB_TOKEN = CredentialKind(name="JSON web token")
_PASSWORD = CredentialKind(name="password")
_IDENTITY_ONLY = CredentialKind(name="<none>")


def credential_kind(entry: RegistryEntry) -> CredentialKind:
    """The kind of an entry's credentials, as far as they show it."""
    host, username, password = host_of(entry), entry.username, entry.password
    if not password:
        return _IDENTITY_ONLY
    if is_registry_host(host) or is_retired_host(host):
        return _icr_kind(host, username, password)
    if username == "cp" and host.endswith("icr.io"):
        return _ENTITLEMENT
    if _is_of_openshift(host, username, password):
        return _OPENSHIFT
    if "kubernetes.io" in claims_in(password):
        return _OPENSHIFT_UNBOUND
    found = next((kind for kind in _KINDS if kind.matches(host, username, password)), None)
    return found or (_WEB_TOKEN if is_web_token(password) else _PASSWORD)


def _icr_kind(host: str, username: str, password: str) -> CredentialKind:
    if is_retired_host(host):
        return _IBM_RETIRED
    named = {"iambearer": _IBM_TOKEN, "iamrefresh": _IBM_REFRESH, "token": _IBM_RETIRED}
    if username in named:
        return named[username]
    if username.startswith("Profile-"):
        return _IBM_PROFILE
    return _IBM_API_KEY if username == "iamapikey" and is_api_key(password) else _PASSWORD


def _is_of_openshift(host: str, username: str, password: str) -> bool:
    """Whether OpenShift made a token for a secret of its own, and ends it with that."""
    return is_bound_token(password) or (username == "<token>" and bool(INTERNAL_HOSTS.fullmatch(host)))
