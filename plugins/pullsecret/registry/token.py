"""A token for one image from the token server that a registry names.

Source: distribution docs/content/spec/auth/token.md (GET with Basic) and auth/oauth.md (POST with a refresh token).
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode, urlsplit

from pullsecret.model.go.json import go_bytes
from pullsecret.model.images.dockerconfig import RegistryEntry
from pullsecret.model.images.verdict import Result, Verdict
from pullsecret.network.address import url_parts
from pullsecret.network.redaction import forms_of, told_apart
from pullsecret.registry.http import Request
from pullsecret.registry.once import SettledError
from pullsecret.registry.ping import is_safe
from pullsecret.registry.responses import token_refusal
from pullsecret.registry.transport import NoAnswerError

if TYPE_CHECKING:
    from pullsecret.model.images.verdict import Identity
    from pullsecret.registry.challenge import Challenge
    from pullsecret.registry.http import Reply
    from pullsecret.registry.transport import Wire

CLIENT: Final = "kubectl-pullsecret"


def basic(identity: Identity) -> str:
    """The header that carries user name and password."""
    return f"Basic {base64.b64encode(go_bytes(f'{identity.username}:{identity.password}')).decode('ascii')}"


def secrets_of(identity: Identity) -> tuple[str, ...]:
    """Every form of a credential that an answer might quote."""
    entry = RegistryEntry(server="", username=identity.username, password=identity.password)
    return told_apart((*(forms_of(entry) if identity.password else ()), identity.identity_token))


def realm_url(challenge: Challenge, origin: str, *, insecure: bool) -> str:
    """The token server's URL, checked: a credential goes there by TLS only, but on this machine.

    Raises SettledError where it would not.
    """
    is_path = challenge.realm.startswith("/") and not challenge.realm.startswith("//")
    url = f"{origin}{challenge.realm}" if is_path else challenge.realm
    try:
        parts = url_parts(url)
    except ValueError:
        raise SettledError(Verdict(result=Result.FAILED, detail="the token server that it names is no URL")) from None
    if not is_safe(url, insecure=insecure):
        detail = f"its token server {parts.scheme}://{parts.hostname} is not asked without TLS"
        raise SettledError(Verdict(result=Result.INSECURE, detail=detail))
    return parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()


def read_token(url: str, service: str, scope: str, identity: Identity | None, wire: Wire) -> str:
    """The token, for anybody when there is no identity; without a scope it only proves the login.

    A login is proved so before it is asked what it may do, as `docker login` proves it: some servers refuse a token for
    lack of rights in the very words in which others refuse a wrong password.

    Raises SettledError when there is none.
    """
    try:
        reply = wire.send(_request(url, service, scope, identity))
    except NoAnswerError as error:
        detail = f"its token server {urlsplit(url).netloc}: {error.words}"
        raise SettledError(Verdict(result=Result.UNREACHABLE, detail=detail)) from error
    if reply.status != 200:  # noqa: PLR2004
        meaning = Result.NO_PERMISSION if scope else Result.BAD_CREDENTIAL
        raise SettledError(token_refusal(reply, meaning if identity else Result.LOGIN_REQUIRED))
    return _token_in(reply)


def _request(url: str, service: str, scope: str, identity: Identity | None) -> Request:
    asked = {"service": service, "scope": scope}
    if identity and identity.identity_token:
        form = {
            "grant_type": "refresh_token",
            "client_id": CLIENT,
            "refresh_token": identity.identity_token,
            **asked,
        }
        return Request(
            method="POST",
            url=url,
            headers={"Content-Type": "application/x-www-form-urlencoded"},
            body=urlencode({key: value for key, value in form.items() if value}).encode(),
            secrets=secrets_of(identity),
        )
    query = urlencode({key: value for key, value in asked.items() if value})
    return Request(
        method="GET",
        url=f"{url}{'&' if urlsplit(url).query else '?'}{query}" if query else url,
        headers={"Authorization": basic(identity)} if identity else {},
        secrets=secrets_of(identity) if identity else (),
    )


def _token_in(reply: Reply) -> str:
    try:
        content = json.loads(reply.body)
    except (ValueError, RecursionError):
        content = None
    fields = content if isinstance(content, dict) else {}
    token = fields.get("token") or fields.get("access_token")
    if not isinstance(token, str) or not token.isascii() or not token.isprintable():
        raise SettledError(Verdict(result=Result.FAILED, detail="the token server's answer holds no token"))
    return token
