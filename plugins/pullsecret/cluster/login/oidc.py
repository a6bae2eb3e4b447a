"""kubeconfig's `oidc` auth-provider: its id-token, refreshed with the refresh-token when it has expired.

Source of the rules and messages: client-go plugin/pkg/client/auth/oidc/oidc.go.
"""

from __future__ import annotations

import base64
import json
import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from urllib.parse import quote_plus, urlencode, urljoin, urlsplit

from pullsecret.cluster.kubeconfig.yaml_file import ConfigEntry
from pullsecret.cluster.login.clock import is_doubtful, seems_ended
from pullsecret.cluster.login.credential import Credential, bearer
from pullsecret.cluster.login.oidcstore import store_tokens
from pullsecret.errors import ConfigError, ConnectError
from pullsecret.model.go.printable import Printable
from pullsecret.network.go_text import os_words
from pullsecret.network.http.message import USER_AGENT, NoAnswerError, Request, origin_and_target
from pullsecret.network.http.pool import Pool
from pullsecret.network.http.routes import Routes
from pullsecret.network.timeouts import Timeouts
from pullsecret.network.tls import Trust, context_for, read_pem

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from pullsecret.cluster.kubeconfig.user import AuthProvider, KeyPair
    from pullsecret.network.http.message import Response

_LEEWAY: Final = 10  # seconds: clocks differ
_TIMEOUTS: Final = Timeouts(connect=10, read=30, total=30)  # for all requests together
_MAX_BODY: Final = 1 << 20
_MAX_REDIRECTS: Final = 5
_REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})


class OidcAuthenticator:
    """An id-token, renewed when it has expired; the new tokens go to kubeconfig, as kubectl's do.

    An issuer may replace the refresh-token, so that the user would be logged out if the new one were not stored. When
    it cannot be stored, `warn` gets the reason and this run uses the new tokens.
    """

    def __init__(
        self,
        provider: AuthProvider,
        *,
        key_pair: KeyPair | None,
        environ: Mapping[str, str],
        warn: Callable[[Printable], None],
    ) -> None:
        self._provider, self._config, self._key_pair = provider, dict(provider.config), key_pair
        self._environ, self._warn, self._lock = environ, warn, threading.Lock()
        self._new = ""  # a token that seems to have ended before it was issued
        for required in ("idp-issuer-url", "client-id"):
            if not self._config.get(required):
                raise ConfigError(f"error: Must provide {required}")

    def credential(self) -> Credential:
        """The id-token, refreshed if need be; ConnectError without one."""
        with self._lock:
            token = self._config.get("id-token", "")
            if not (is_current(self._config) or (token and token == self._new)):
                token = self._refresh()
            return Credential(authorization=bearer(token), key_pair=self._key_pair)

    def renew(self, refused: Credential) -> bool:
        """Whether there is another token: only if a wrong clock may have taken the rejected one for a valid one."""
        with self._lock:
            token = self._config.get("id-token", "")
            if bearer(token) != refused.authorization:
                return True
            if not (is_doubtful(_expiry(token), time.time()) and self._config.get("refresh-token")):
                return False
            return self._refresh() != token

    def _refresh(self) -> str:
        if not self._config.get("refresh-token"):
            raise ConnectError("No valid id-token, and cannot refresh without refresh-token")
        issuer = _Issuer(self._config, self._environ)
        tokens = issuer.fetch_tokens(self._config["refresh-token"])
        new = {"id-token": tokens["id_token"], "refresh-token": tokens.get("refresh_token", "")}
        new = {key: value for key, value in new.items() if value}
        self._config.update(new)
        try:
            store_tokens(self._provider.file, self._provider.user, new)
        except OSError as error:
            self._warn(Printable(f"could not persist new tokens: {os_words(error)}"))
        token = self._config["id-token"]
        self._new = token if seems_ended(_expiry(token), time.time() + _LEEWAY) else ""
        return token


def is_current(config: Mapping[str, str]) -> bool:
    """Whether there is an id-token that has not expired; ConnectError when it is not a JWT."""
    token = config.get("id-token", "")
    return bool(token) and _expiry(token) > time.time() + _LEEWAY


@dataclass(frozen=True, kw_only=True)
class _Form:
    """What a token endpoint is sent: a form, and the client's credentials in a header, if they are not in the form."""

    fields: Mapping[str, str] = field(repr=False)
    authorization: str = field(default="", repr=False)


class _Issuer:
    """An OpenID Connect issuer, found by its discovery document. Only https URLs are contacted."""

    def __init__(self, config: Mapping[str, str], environ: Mapping[str, str]) -> None:
        self._url, self._id = config["idp-issuer-url"].rstrip("/"), config["client-id"]
        self._secret = config.get("client-secret", "")
        authority = ConfigEntry(where="the oidc auth-provider", values=config)
        ca = authority.data("idp-certificate-authority-data") or read_pem(config.get("idp-certificate-authority", ""))
        self._pool = Pool(Routes(context_for(Trust(ca=ca), environ), environ).route_to)
        self._deadline = _TIMEOUTS.start()

    def fetch_tokens(self, refresh_token: str) -> dict[str, str]:
        """The issuer's tokens for a refresh token, with an id_token among them; ConnectError when it gives none."""
        try:
            endpoint = self._discover_endpoint()
            tokens = self._exchange(endpoint, {"grant_type": "refresh_token", "refresh_token": refresh_token})
        finally:
            self._pool.close()
        if not isinstance(tokens.get("id_token"), str):
            raise ConnectError(
                "token response did not contain an id_token, either the scope "
                "\"openid\" wasn't requested upon login, or the provider doesn't support id_tokens as part of the "
                "refresh response"
            )
        return {key: value for key, value in tokens.items() if isinstance(value, str)}

    def _discover_endpoint(self) -> str:
        """The token endpoint's URL, from the discovery document; redirects to other https URLs are followed."""
        url = f"{self._url}/.well-known/openid-configuration"
        for _ in range(_MAX_REDIRECTS):
            response = self._send(url)
            if response.status not in _REDIRECTS:
                endpoint = _json_object(response, url).get("token_endpoint")
                if not isinstance(endpoint, str) or not endpoint:
                    raise ConnectError("oidc: discovery object doesn't contain a token_endpoint")
                return endpoint
            url = urljoin(url, response.value("Location"))
        raise ConnectError(f"failed to refresh token: oidc: too many redirects from {_host_of(self._url)}")

    def _exchange(self, endpoint: str, fields: Mapping[str, str]) -> Mapping[str, object]:
        """The endpoint's response. Client and secret are sent in a header, then in the form, as Go's oauth2 does.

        A redirect is not followed: it would take the refresh token elsewhere.
        """
        basic = base64.b64encode(f"{quote_plus(self._id)}:{quote_plus(self._secret)}".encode()).decode("ascii")
        client = {"client_id": self._id} | ({"client_secret": self._secret} if self._secret else {})
        try:
            return _json_object(self._send(endpoint, _Form(fields=fields, authorization=f"Basic {basic}")), endpoint)
        except ConnectError:
            return _json_object(self._send(endpoint, _Form(fields={**fields, **client})), endpoint)

    def _send(self, url: str, form: _Form | None = None) -> Response:
        """The response; no error quotes its body."""
        host = _host_of(url)
        if not url.startswith("https://"):
            raise ConfigError(
                "error: the oidc issuer is not contacted over plain http: the refresh token would be readable"
            )
        try:
            return self._pool.roundtrip(_request_to(url, form), self._deadline)
        except (NoAnswerError, ValueError):  # ValueError: not a URL
            raise ConnectError(f"failed to refresh token: oidc: no answer from {host}") from None


def _request_to(url: str, form: _Form | None) -> Request:
    origin, target = origin_and_target(url)
    headers = [("User-Agent", USER_AGENT), ("Accept", "application/json")]
    if form is None:
        return Request(method="GET", origin=origin, target=target, headers=headers, max_body=_MAX_BODY)
    headers.append(("Content-Type", "application/x-www-form-urlencoded"))
    if form.authorization:
        headers.append(("Authorization", form.authorization))
    body = urlencode(form.fields).encode()
    return Request(method="POST", origin=origin, target=target, headers=headers, body=body, max_body=_MAX_BODY)


def _json_object(response: Response, url: str) -> Mapping[str, object]:
    """The JSON object in a good response."""
    if response.status != 200:  # noqa: PLR2004
        raise ConnectError(f"failed to refresh token: oidc: {_host_of(url)} responded with status {response.status}")
    if response.json_object is None:
        raise ConnectError(f"failed to refresh token: oidc: the response of {_host_of(url)} is not a JSON object")
    return response.json_object


def _host_of(url: str) -> str:
    try:
        return urlsplit(url).netloc.rpartition("@")[2]
    except ValueError:
        return "a URL that is not valid"


def _expiry(token: str) -> float:
    """When a JWT ends, in seconds since 1970; its signature is the server's business."""
    try:
        _, payload, _ = token.split(".")
        claims = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
        return float(claims["exp"])
    except (ValueError, KeyError, TypeError, OverflowError, RecursionError):
        raise ConnectError("ID Token is not a valid JWT") from None  # the cause would quote it
