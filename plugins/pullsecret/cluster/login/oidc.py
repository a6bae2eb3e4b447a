"""kubeconfig's `oidc` auth-provider: its id-token, and a new one for the refresh-token when that has expired.

Source of rules and words: client-go plugin/pkg/client/auth/oidc/oidc.go.
"""

from __future__ import annotations

import base64
import json
import threading
import time
import urllib.error
import urllib.request
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus, urlencode, urlsplit

from pullsecret.cluster.kubeconfig.entry import ConfigEntry
from pullsecret.cluster.login.credential import Credential, bearer
from pullsecret.cluster.login.oidcstore import store_tokens
from pullsecret.errors import ConfigError, ConnectError
from pullsecret.network.go_text import os_words
from pullsecret.network.proxy import proxy_for
from pullsecret.network.tls import Trust, context_for, read_pem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pullsecret.cluster.kubeconfig.user import AuthProvider, KeyPair

_LEEWAY: Final = 10  # seconds: clocks differ
_SECONDS: Final = 30.0  # for each of the two requests
_MAX_BYTES: Final = 1 << 20


class OidcAuthenticator:
    """An id-token, renewed when it has expired; the new tokens go to kubeconfig, as kubectl's do.

    An issuer may give a new refresh-token and end the old one, so that not to store it would log the user out. Where
    it cannot be stored, `warn` hears of it and the new tokens serve this run.
    """

    def __init__(
        self,
        provider: AuthProvider,
        *,
        key_pair: KeyPair | None,
        environ: Mapping[str, str],
        warn: Callable[[str], None],
    ) -> None:
        self._provider, self._config, self._key_pair = provider, dict(provider.config), key_pair
        self._environ, self._warn, self._lock = environ, warn, threading.Lock()
        for required in ("idp-issuer-url", "client-id"):
            if not self._config.get(required):
                raise ConfigError(f"error: Must provide {required}")

    def credential(self) -> Credential:
        """The id-token, or the one that the issuer gives for the refresh-token; ConnectError when there is none."""
        with self._lock:
            token = self._config["id-token"] if is_current(self._config) else self._refreshed()
            return Credential(authorization=bearer(token), key_pair=self._key_pair)

    def renew(self, refused: Credential) -> bool:  # noqa: ARG002  the protocol's
        """A token that has not expired and is refused stays refused."""
        return False

    def _refreshed(self) -> str:
        if not self._config.get("refresh-token"):
            raise ConnectError("No valid id-token, and cannot refresh without refresh-token")
        issuer = _Issuer(self._config, self._environ)
        tokens = issuer.tokens_for(self._config["refresh-token"])
        new = {"id-token": tokens["id_token"], "refresh-token": tokens.get("refresh_token", "")}
        new = {key: value for key, value in new.items() if value}
        self._config.update(new)
        try:
            store_tokens(self._provider.file, self._provider.user, new)
        except OSError as error:
            self._warn(f"could not persist new tokens: {os_words(error)}")
        return self._config["id-token"]


def is_current(config: Mapping[str, str]) -> bool:
    """Whether there is an id-token that has not expired; ConnectError when it is none."""
    token = config.get("id-token", "")
    return bool(token) and _expiry(token) > time.time() + _LEEWAY


class _Issuer:
    """An OpenID Connect issuer, found by its discovery document; spoken to over TLS only."""

    def __init__(self, config: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self._url, self._id = config["idp-issuer-url"].rstrip("/"), config["client-id"]
        self._secret, self._environ = config.get("client-secret", ""), environ
        authority = ConfigEntry(where="the oidc auth-provider", values=config)
        ca = authority.data("idp-certificate-authority-data") or read_pem(config.get("idp-certificate-authority", ""))
        self._handler = urllib.request.HTTPSHandler(context=context_for(Trust(ca=ca), environ))

    def tokens_for(self, refresh_token: str) -> dict[str, str]:
        """The issuer's answer to a refresh-token, with an id_token in it; ConnectError when it gives none."""
        found = self._asked(urllib.request.Request(f"{self._url}/.well-known/openid-configuration"))  # noqa: S310
        endpoint = found.get("token_endpoint")
        if not isinstance(endpoint, str) or not endpoint:
            raise ConnectError("oidc: discovery object doesn't contain a token_endpoint")
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        tokens = self._exchanged(endpoint, form)
        if not isinstance(tokens.get("id_token"), str):
            raise ConnectError(
                "token response did not contain an id_token, either the scope "
                "\"openid\" wasn't requested upon login, or the provider doesn't support id_tokens as part of the "
                "refresh response"
            )
        return {key: value for key, value in tokens.items() if isinstance(value, str)}

    def _exchanged(self, endpoint: str, form: Mapping[str, str]) -> dict[str, Any]:
        """Client and secret in a header first and in the form second, as Go's oauth2 finds out what an issuer takes."""
        basic = base64.b64encode(f"{quote_plus(self._id)}:{quote_plus(self._secret)}".encode()).decode("ascii")
        in_header = urllib.request.Request(  # noqa: S310  _asked refuses what is not https
            endpoint, data=urlencode(form).encode(), headers={"Authorization": f"Basic {basic}"}
        )
        in_form = {**form, "client_id": self._id} | ({"client_secret": self._secret} if self._secret else {})
        try:
            return self._asked(in_header)
        except ConnectError:
            return self._asked(urllib.request.Request(endpoint, data=urlencode(in_form).encode()))  # noqa: S310

    def _asked(self, request: urllib.request.Request) -> dict[str, Any]:
        """The JSON object that the issuer answers with; never a word of its body in an error."""
        url = request.full_url
        if urlsplit(url).scheme != "https":
            raise ConfigError("error: the oidc issuer is not asked over plain http: a refresh-token would be readable")
        proxy = proxy_for(url, self._environ)
        opener = urllib.request.build_opener(
            self._handler, urllib.request.ProxyHandler({"https": proxy} if proxy else {})
        )
        try:
            with opener.open(request, timeout=_SECONDS) as response:
                content = json.loads(response.read(_MAX_BYTES))
        except urllib.error.HTTPError as error:
            raise ConnectError(f"failed to refresh token: oidc: {urlsplit(url).netloc} said {error.code}") from None
        except (OSError, ValueError):
            raise ConnectError(f"failed to refresh token: oidc: no answer from {urlsplit(url).netloc}") from None
        if not isinstance(content, dict):
            raise ConnectError("oidc: failed to decode provider discovery object")
        return content


def _expiry(token: str) -> float:
    """When a JWT ends, in seconds since 1970; its signature is the server's business."""
    try:
        _, payload, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"])
    except (ValueError, KeyError, TypeError):
        raise ConnectError("ID Token is not a valid JWT") from None  # the cause would quote it
