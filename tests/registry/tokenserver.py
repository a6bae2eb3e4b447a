"""A token server for a docker-registry: it knows users, what each may pull, and signs what it says.

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

from registry.standin import Got, Said, StandIn

if TYPE_CHECKING:
    from collections.abc import Mapping

    from kubeconfig.certificates import Certificate

ISSUER, SERVICE = "token server of the tests", "registry of the tests"


@dataclass(frozen=True, kw_only=True)
class User:
    """Who may pull what; `identity_token` logs in instead of the password."""

    password: str = field(repr=False)
    repositories: tuple[str, ...] = ()
    identity_token: str = field(default="", repr=False)


class TokenServer(StandIn):
    """By TLS with `certificate`; signs with `signer`, whom the registry trusts. Everybody may pull `public`."""

    def __init__(
        self, certificate: Certificate, signer: Certificate, users: Mapping[str, User], public: tuple[str, ...] = ()
    ) -> None:
        super().__init__(self._token, certificate)
        self._signer, self._users, self._public = signer, users, public

    def _token(self, got: Got) -> Said:
        form = parse_qs(got.body)
        asked = form if got.method == "POST" else got.query
        user = self._user(got, form)
        if user is None and (got.authorization or got.method == "POST"):
            refusal = {"errors": [{"code": "UNAUTHORIZED", "message": "who are you?"}]}
            return Said(status=401, content=refusal)
        allowed = (*self._public, *(user.repositories if user else ()))
        access = [item for scope in asked.get("scope", []) if (item := _access(scope, allowed))]
        return Said(content={"token" if got.method == "GET" else "access_token": self._signed(access)})

    def _user(self, got: Got, form: Mapping[str, list[str]]) -> User | None:
        if got.method == "POST":
            token = form["refresh_token"][0]
            assert form["grant_type"] == ["refresh_token"]
            return next((user for user in self._users.values() if user.identity_token == token), None)
        username, password = got.login
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
    """What is granted of a scope: less than was asked for is no error, as the specification has it."""
    kind, repository, actions = scope.split(":")
    granted = ["pull"] if "pull" in actions.split(",") and repository in allowed else []
    return {"type": kind, "name": repository, "actions": granted} if granted else None


def _encoded(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()
