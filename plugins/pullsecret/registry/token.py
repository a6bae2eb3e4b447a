"""A token for one image from the token server that a registry names.

Source: distribution docs/content/spec/auth/token.md (GET with Basic) and auth/oauth.md (POST with a refresh token).
"""

from __future__ import annotations

import base64
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from pullsecret.model.go.json import go_bytes
from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.images.verdict import Result, Verdict
from pullsecret.network.address import url_parts
from pullsecret.network.http.web import UnreachableError, request_to
from pullsecret.network.redaction import distinguishable, forms_of
from pullsecret.registry.once import SettledError
from pullsecret.registry.ping import is_safe
from pullsecret.registry.responses import token_refusal

if TYPE_CHECKING:
    from pullsecret.model.images.verdict import Identity
    from pullsecret.network.address import Zone
    from pullsecret.network.http.message import Request, Response
    from pullsecret.network.http.web import WebTransport
    from pullsecret.registry.challenge import Challenge

CLIENT: Final = "kubectl-pullsecret"


def basic(identity: Identity) -> str:
    """The header with username and password."""
    return f"Basic {base64.b64encode(go_bytes(f'{identity.username}:{identity.password}')).decode('ascii')}"


def secrets_of(identity: Identity) -> tuple[str, ...]:
    """Every form of a credential that a response might quote."""
    entry = RegistryEntry(server="", username=identity.username, password=identity.password)
    return distinguishable((*(forms_of(entry) if identity.password else ()), identity.identity_token))


def realm_url(challenge: Challenge, origin: str, *, insecure: bool) -> str:
    """The token server's URL, if credentials may be sent there: over TLS, or on this machine.

    Raises SettledError otherwise.
    """
    is_path = challenge.realm.startswith("/") and not challenge.realm.startswith("//")
    url = f"{origin}{challenge.realm}" if is_path else challenge.realm
    try:
        parts = url_parts(url)
    except ValueError:
        raise SettledError(
            Verdict(result=Result.FAILED, detail="the registry names a token server that is not a URL")
        ) from None
    if not is_safe(url, insecure=insecure):
        detail = f"the token server {parts.scheme}://{parts.hostname} does not use TLS"
        raise SettledError(Verdict(result=Result.INSECURE, detail=detail))
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()


@dataclass(frozen=True, kw_only=True)
class TokenServer:
    """A token server: its URL, what it calls the registry, and the internal networks that it may be in."""

    url: str
    service: str
    zones: frozenset[Zone] | None = None


def read_token(server: TokenServer, scope: str, identity: Identity | None, transport: WebTransport) -> str:
    """The token, an anonymous one when there is no identity; without a scope it only proves the credentials.

    They are proved before the token server is asked what they permit, as `docker login` does: some servers refuse a
    token for lack of permission in the very words in which others refuse a wrong password.

    Raises SettledError when there is no token.
    """
    host = urlsplit(server.url).netloc
    try:
        response = transport.send(_request(server, scope, identity))
    except UnreachableError as error:
        if error.zone:
            detail = f"the registry's token server {host} has a {error.zone.value} address"
            raise SettledError(Verdict(result=Result.INTERNAL_ADDRESS, detail=detail)) from error
        raise SettledError(Verdict(result=Result.UNREACHABLE, detail=f"token server {host}: {error.words}")) from error
    if response.status != 200:  # noqa: PLR2004
        meaning = Result.NO_PERMISSION if scope else Result.BAD_CREDENTIAL
        raise SettledError(token_refusal(response, meaning if identity else Result.LOGIN_REQUIRED))
    return _token_in(response)


def _request(server: TokenServer, scope: str, identity: Identity | None) -> Request:
    url, asked = server.url, {"service": server.service, "scope": scope}
    if identity and identity.identity_token:
        form = {
            "grant_type": "refresh_token",
            "client_id": CLIENT,
            "refresh_token": identity.identity_token,
            **asked,
        }
        return request_to(
            "POST",
            url,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode({key: value for key, value in form.items() if value}).encode(),
            secrets=secrets_of(identity),
            zones=server.zones,
        )
    query = urlencode({key: value for key, value in asked.items() if value})
    return request_to(
        "GET",
        f"{url}{'&' if urlsplit(url).query else '?'}{query}" if query else url,
        headers={"Authorization": basic(identity)} if identity else {},
        secrets=secrets_of(identity) if identity else (),
        zones=server.zones,
    )


def _token_in(response: Response) -> str:
    fields = response.json_object or {}
    token = fields.get("token") or fields.get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise SettledError(Verdict(result=Result.FAILED, detail="the token server's response has no token"))
    return token
