"""The first contact with a registry's host: whether it answers, by TLS or in clear, and whom it wants to see."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import urlsplit

from pullsecret.model.images.icr import is_private_name
from pullsecret.model.images.verdict import Result, Verdict
from pullsecret.network.proxy import is_loopback
from pullsecret.registry.challenge import Challenge, challenge_in
from pullsecret.registry.http import Reply, Request
from pullsecret.registry.once import SettledError
from pullsecret.registry.responses import open_verdict
from pullsecret.registry.transport import NoAnswerError, Wire

_HUB = frozenset({"docker.io", "index.docker.io"})
_HUB_API = "registry-1.docker.io"
"""Where Docker Hub's registry really answers (containerd: remotes/docker/registry.go, DefaultHost)."""
_CERTIFICATE = "tls: failed to verify certificate"
_REFUSED = "connection refused"


@dataclass(frozen=True, kw_only=True)
class Contact:
    """A registry that answers: its URL without path, and its challenge, None where it asks for no login there."""

    origin: str
    challenge: Challenge | None = None


def first_contact(host: str, wire: Wire, *, insecure: bool) -> Contact:
    """Ask `/v2/` without any credential; raises SettledError where nothing further can be asked."""
    name = _HUB_API if host in _HUB else host
    try:
        return _contact(f"https://{name}", wire)
    except NoAnswerError as error:
        is_allowed = is_safe(f"http://{name}", insecure=insecure)
        if error.speaks_no_tls and not is_allowed:
            raise SettledError(Verdict(result=Result.INSECURE, detail=f"{name} speaks plain http")) from error
        if not (is_allowed and (error.speaks_no_tls or error.words.endswith(_REFUSED))):
            raise SettledError(Verdict(result=Result.UNREACHABLE, detail=_advised(error.words, host))) from error
    try:
        return _contact(f"http://{name}", wire)
    except NoAnswerError as error:
        raise SettledError(Verdict(result=Result.UNREACHABLE, detail=error.words)) from error


def is_safe(url: str, *, insecure: bool) -> bool:
    """Whether a URL may be asked: by TLS, and in clear on this machine or where the user said so."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and (insecure or is_loopback(parts.hostname or "")))


def _contact(origin: str, wire: Wire) -> Contact:
    reply = wire.send(Request(method="GET", url=f"{origin}/v2/"))
    verdict = open_verdict(reply)
    if verdict:
        raise SettledError(verdict)
    return Contact(origin=origin, challenge=challenge_of(reply))


def challenge_of(reply: Reply) -> Challenge | None:
    """How to log in, where the answer is that one has to.

    Raises SettledError when it is in a way that nobody here knows.
    """
    if reply.status != 401:  # noqa: PLR2004
        return None
    headers = reply.values("WWW-Authenticate")
    challenge = challenge_in(headers)
    if challenge is None:
        scheme = reply.said(" ".join(headers).partition(" ")[0])
        raise SettledError(Verdict(result=Result.FAILED, detail=f"its way to log in is unknown: {scheme or 'none'}"))
    return challenge


def _advised(words: str, host: str) -> str:
    if words.startswith(_CERTIFICATE):
        return f"{words}; --registry-ca takes its authority"
    if is_private_name(host):
        return f"{words}; private names answer only inside IBM Cloud"
    return words
