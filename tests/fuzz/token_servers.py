"""Registries and token servers that answer with anything: a verdict on one line, and no credential for another host.

The requests are those of a real probe; the answers come from the seed instead of a socket.
"""

from __future__ import annotations

import base64
import re
from typing import TYPE_CHECKING
from urllib.parse import unquote, unquote_plus

from fuzz.fuzzer import Fault, Fuzzer, chance_of, expect_one_line, faults_of
from fuzz.mutation import mutated
from objects import made_up_password
from pullsecret.model.images.verdict import Identity, RegistryQuery
from pullsecret.network.http.http1 import request_bytes
from pullsecret.network.http.message import NoAnswerError, ProtocolError, Response
from pullsecret.network.http.web import WebTransport
from pullsecret.network.timeouts import Timeouts
from pullsecret.network.trace import Trace
from pullsecret.registry.probe import Probe

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from random import Random

    from pullsecret.network.http.message import Request
    from pullsecret.network.timeouts import Deadline

HOSTS = ("203.0.113.7", "127.0.0.1:5000", "registry.example:5000")
CHALLENGES = (
    b'Bearer realm="https://auth.example/token",service="reg.example",scope="repository:a/b:pull"',
    b"Bearer realm=https://us.icr.io/oauth/token, service=registry, scope=repository:a/b:pull",
    b'Bearer realm="https://user:pw@auth.example:8443/t?a=1#f",service="b, c=d"',
    b'Bearer realm="/token"',
    b'Basic realm="x"',
    b'Negotiate, Basic realm="x", Bearer realm="http://127.0.0.1:9/t"',
)
CHALLENGE_WORDS = (
    *(b'realm="', b"https://", b"http://", b"//", b"\\\\", b"@", b"evil.example", b"@evil.example/", b"#@evil.example"),
    *(
        b"?@evil.example",
        b"\\evil.example",
        b"%2f",
        b"%00",
        b"[::1]",
        b":80",
        b":99999",
        b"127.1",
        b"0x7f.1",
        b"169.254.169.254",
    ),
    *(
        b"Bearer ",
        b"Basic ",
        b", ",
        b'"',
        b"file:///",
        b"ftp://",
        "\uff0e".encode(),
        "\u2147".encode(),
        b".",
        b" ",
        b"\t",
    ),
)
BODIES = (
    b'{"token":"t0","access_token":"t1","expires_in":300}',
    b'{"errors":[{"code":"UNAUTHORIZED","message":"authentication required","detail":null}]}',
    b'{"errorMessage":"private-only access is enabled"}',
    b"<html>busy</html>",
    b"",
)
BODY_WORDS = (
    b'"token":',
    b"null",
    b"[]",
    b"{}",
    b'"errors":[',
    b'"message":5',
    b"\\u0000",
    b"\\ud800",
    b"\x1b[31m",
    b"\n",
    b"1e999",
)
STATUSES = (200, 200, 200, 200, 401, 401, 401, 400, 403, 404, 405, 429, 500, 301, 307, 302, 204)
MOST_REQUESTS = 40


class Answering:
    """Answers requests by a seed, in place of connections, and keeps who was sent what."""

    def __init__(self, chance: Random) -> None:
        self._chance = chance
        self.challenge = mutated(chance, CHALLENGES, CHALLENGE_WORDS).decode("latin-1")
        self.requests: list[Request] = []

    def roundtrip(self, request: Request, deadline: Deadline) -> Response:
        """The next answer; to a request without credentials it is mostly a challenge."""
        del deadline
        self.requests.append(request)
        if len(self.requests) > MOST_REQUESTS:
            raise Fault("requests without end")
        try:
            request_bytes(request)
        except ProtocolError as error:
            raise NoAnswerError(sent=False) from error
        chance = self._chance
        if chance.random() < 0.02:
            raise NoAnswerError(sent=True, timed_out=chance.random() < 0.5)
        status = 401 if len(self.requests) == 1 else chance.choice(STATUSES)
        headers = [("WWW-Authenticate", self.challenge)] if status == 401 else []
        if 300 <= status < 400:
            headers.append(
                ("Location", mutated(chance, (b"https://cdn.example/x?s=1", b"/x"), CHALLENGE_WORDS).decode("latin-1"))
            )
        if status == 429:
            headers.append(("Retry-After", mutated(chance, (b"5",), BODY_WORDS).decode("latin-1")))
        return Response(status=status, headers=tuple(headers), body=mutated(chance, BODIES, BODY_WORDS))

    def close(self) -> None:
        """Nothing is open."""


def examine(seeds: Sequence[int]) -> Mapping[int, str]:
    """Run a query against the answers of each seed."""
    log: list[str] = []
    trace = Trace(verbosity=9, log=log.append)
    transport = WebTransport(environ={"HTTPS_PROXY": "http://127.0.0.1:9"}, trace=trace, timeouts=Timeouts())
    return faults_of(seeds, lambda seed: run_query(seed, transport, log))


def run_query(seed: int, transport: WebTransport, log: list[str]) -> None:
    chance, secret = chance_of(seed), made_up_password()
    log.clear()
    identity = Identity(username="puller", **{chance.choice(("password", "password", "identity_token")): secret})
    answering = Answering(chance)
    transport._pool = answering  # type: ignore[assignment]  # noqa: SLF001  no socket is needed
    host = chance.choice(HOSTS)
    query = RegistryQuery(host=host, repository=chance.choice(("", "a/b")), reference="1", identity=identity)
    verdict = Probe(transport, insecure=False).run(query)
    expect_one_line(verdict.text)
    expect_secret_stays(answering, host, secret)
    if secret in verdict.text or any(secret in line for line in log):
        raise Fault(f"the secret is shown: {verdict.text}")


def expect_secret_stays(answering: Answering, host: str, secret: str) -> None:
    """A fault if someone was sent the secret whom neither the user nor the challenge names, or without TLS."""
    for request in answering.requests:
        if not holds(request, secret):
            continue
        scheme, _, place = request.origin.partition("://")
        if place != host and place not in hosts_named_in(answering.challenge):
            raise Fault(f"the secret goes to {request.origin} by {answering.challenge!r}")
        if scheme != "https" and not place.startswith(("127.", "localhost", "[::1]")):
            raise Fault(f"the secret goes to {request.origin} in clear")


def holds(request: Request, secret: str) -> bool:
    """Whether a request has the secret, in a header or in its form."""
    header = dict(request.headers).get("Authorization", "").partition(" ")[2]
    try:
        decoded = base64.b64decode(header).decode("latin-1")
    except ValueError:
        decoded = ""
    text = f"{header} {decoded} {unquote(request.target)} {unquote_plus((request.body or b'').decode('latin-1'))}"
    return secret in text


def hosts_named_in(challenge: str) -> set[str]:
    """The hosts of a challenge's URLs as a strict reader finds them: after the scheme, up to the first delimiter."""
    found: set[str] = set()
    for authority in re.findall(r"https?://([^/?#\\\"\s]*)", re.sub(r"\\(.)", r"\1", challenge), re.IGNORECASE):
        found |= {authority.rpartition("@")[2], authority.rpartition("@")[2].partition(",")[0].strip()}
    return found


FUZZER = Fuzzer(name="token-servers", examine=examine, batches=2, batch=2_000)
