"""The ping of a registry, `GET /v2/`: whether it responds, with or without TLS, and how to log in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from pullsecret.model.go.printable import printable
from pullsecret.model.images.icr import is_private_name
from pullsecret.model.images.verdict import Result, Verdict
from pullsecret.network.http.web import UnreachableError, request_to
from pullsecret.network.proxy import is_loopback
from pullsecret.registry.challenge import Challenge, challenge_in
from pullsecret.registry.once import SettledError
from pullsecret.registry.responses import open_verdict

if TYPE_CHECKING:
    from pullsecret.network.http.message import Response
    from pullsecret.network.http.web import WebTransport

_HUB = frozenset({"docker.io", "index.docker.io"})
_HUB_API = "registry-1.docker.io"
"""The host of Docker Hub's registry (containerd: remotes/docker/registry.go, DefaultHost)."""
_CERTIFICATE = "tls: failed to verify certificate"
_REFUSED = "connection refused"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A registry that responds: its URL without path, and its challenge, None where the ping needs no login."""

    origin: str
    challenge: Challenge | None = None


def ping_registry(host: str, transport: WebTransport, *, insecure: bool) -> Contact:
    """Send `GET /v2/` without credentials; raises SettledError when the registry cannot be used."""
    name = _HUB_API if host in _HUB else host
    try:
        return _ping(f"https://{name}", transport)
    except UnreachableError as error:
        is_allowed = is_safe(f"http://{name}", insecure=insecure)
        if error.speaks_no_tls and not is_allowed:
            raise SettledError(Verdict(result=Result.INSECURE, detail=f"{name} does not use TLS")) from error
        if not (is_allowed and (error.speaks_no_tls or error.words.endswith(_REFUSED))):
            raise SettledError(Verdict(result=Result.UNREACHABLE, detail=_with_hint(error.words, host))) from error
    try:
        return _ping(f"http://{name}", transport)
    except UnreachableError as error:
        raise SettledError(Verdict(result=Result.UNREACHABLE, detail=error.words)) from error


def is_safe(url: str, *, insecure: bool) -> bool:
    """Whether requests may be sent to a URL: over TLS; over plain HTTP on this machine, or where the user allows it."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and (insecure or is_loopback(parts.hostname or "")))


def _ping(origin: str, transport: WebTransport) -> Contact:
    response = transport.send(request_to("GET", f"{origin}/v2/"))
    verdict = open_verdict(response)
    if verdict:
        raise SettledError(verdict)
    return Contact(origin=origin, challenge=challenge_of(response))


def challenge_of(response: Response) -> Challenge | None:
    """How to log in, if the response asks for it.

    Raises SettledError for an unsupported scheme.
    """
    if response.status != 401:  # noqa: PLR2004
        return None
    headers = response.values("WWW-Authenticate")
    challenge = challenge_in(headers)
    if challenge is None:
        scheme = printable(response.redacted_text(" ".join(headers).partition(" ")[0]))
        raise SettledError(
            Verdict(result=Result.FAILED, detail=f"unsupported authentication scheme: {scheme or 'none'}")
        )
    return challenge


def _with_hint(words: str, host: str) -> str:
    if words.startswith(_CERTIFICATE):
        return f"{words}; use --registry-ca"
    if is_private_name(host):
        return f"{words}; private.* hosts are only reachable from IBM Cloud"
    return words
