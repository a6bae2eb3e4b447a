"""A token server for a docker-registry, with users and the repositories that each may pull.

Source: distribution docs/content/spec/auth/token.md, jwt.md and oauth.md; signatures by openssl.
"""

from __future__ import annotations

import base64
import json
import re
import secrets
import subprocess
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import parse_qs

from registry.fake_server import FakeServer, Received, Reply

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubeconfig.certificates import Certificate

ISSUER, SERVICE = "token server of the tests", "registry of the tests"


@dataclass(frozen=True, kw_only=True)
class User:
    """A user and the repositories to pull; `identity_token` replaces the password."""

    password: str = field(repr=False)
    repositories: tuple[str, ...] = ()
    identity_token: str = field(default="", repr=False)


class TokenServer(FakeServer):
    """Uses TLS with `certificate`; signs with `signer`, which the registry trusts. Anyone may pull `public`."""

    def __init__(
        self, certificate: Certificate, signer: Certificate, users: Mapping[str, User], public: tuple[str, ...] = ()
    ) -> None:
        super().__init__(self._token, certificate)
        self._signer, self._users, self._public = signer, users, public

    def _token(self, received: Received) -> Reply:
        form = parse_qs(received.body)
        asked = form if received.method == "POST" else received.query
        user = self._user(received, form)
        if user is None and (received.authorization or received.method == "POST"):
            refusal = {"errors": [{"code": "UNAUTHORIZED", "message": "who are you?"}]}
            return Reply(status=401, content=refusal)
        allowed = (*self._public, *(user.repositories if user else ()))
        access = [item for scope in asked.get("scope", []) if (item := _access(scope, allowed))]
        return Reply(content={"token" if received.method == "GET" else "access_token": self._signed(access)})

    def _user(self, received: Received, form: Mapping[str, list[str]]) -> User | None:
        if received.method == "POST":
            token = form["refresh_token"][0]
            assert form["grant_type"] == ["refresh_token"]
            return next((user for user in self._users.values() if user.identity_token == token), None)
        username, password = received.login
        user = self._users.get(username)
        return user if user and user.password == password else None

    def _signed(self, access: list[dict[str, object]]) -> str:
        now = int(time.time())
        claims = {"iss": ISSUER, "sub": "", "aud": SERVICE, "jti": secrets.token_hex(8), "access": access}
        times = {"iat": now - 10, "nbf": now - 10, "exp": now + 300}
        certificate = re.sub(r"-----[A-Z ]+-----|\s", "", self._signer.path.read_text())
        header = {"typ": "JWT", "alg": "ES256", "x5c": [certificate]}
        text = ".".join(_encoded(json.dumps(part).encode()) for part in (header, {**claims, **times}))
        return f"{text}.{_encoded(self._signature(text.encode()))}"

    def _signature(self, text: bytes) -> bytes:
        """The two numbers of an ES256 signature, 32 bytes each, out of openssl's DER."""
        command = ["openssl", "dgst", "-sha256", "-sign", str(self._signer.key)]
        der = subprocess.run(command, input=text, capture_output=True, check=True).stdout
        first = der[4 : 4 + der[3]]
        second = der[4 + der[3] + 2 :]
        return b"".join(number.lstrip(b"\0").rjust(32, b"\0") for number in (first, second))


def _access(scope: str, allowed: tuple[str, ...]) -> dict[str, object] | None:
    """The granted part of a scope: less than requested is not an error (distribution's specification)."""
    kind, repository, actions = scope.split(":")
    granted = ["pull"] if "pull" in actions.split(",") and repository in allowed else []
    return {"type": kind, "name": repository, "actions": granted} if granted else None


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
