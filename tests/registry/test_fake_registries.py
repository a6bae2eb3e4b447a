"""Responses of registries that docker-registry never sends, from fake servers that record their requests."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from pullsecret.model.images.verdict import Identity, Result, Verdict
from registry.answers import TOKEN, challenged, error, moved, registry, tokens
from registry.fake_server import Received, Reply
from registry.queries import RegistryClient, query

if TYPE_CHECKING:
    from kubeconfig.certificates import Authority
    from registry.conftest import Start

CHALLENGES = {
    "specification": 'Bearer realm="{realm}",service="registry"',
    "ibm": "Bearer realm={realm}, service=registry, scope=repository:team/app:pull",
    "blanks": 'Bearer realm="{realm}" , service = "registry"',
}


@pytest.mark.parametrize("form", CHALLENGES.values(), ids=CHALLENGES.keys())
def test_challenge_leads_to_the_token_server(start: Start, client: RegistryClient, puller: Identity, form: str) -> None:
    server = start(tokens)
    asked = start(registry(form.format(realm=f"{server.url}/oauth/token")))

    verdict = client.one(query(asked.host, "team/app", puller))

    assert verdict == Verdict(result=Result.WORKS)
    assert {request.path for request in server.received} == {"/oauth/token"}
    assert [dict(request.query) for request in server.received] == [
        {"service": ["registry"]},
        {"service": ["registry"], "scope": ["repository:team/app:pull"]},
    ]
    assert server.logins == [("puller", puller.password)] * 2
    assert [request.authorization for request in asked.received] == ["", f"Bearer {TOKEN}"]


def test_realm_keeps_its_query(start: Start, client: RegistryClient, puller: Identity) -> None:
    server = start(tokens)
    asked = start(registry(f'Bearer realm="{server.url}/t?a=b"'))

    client.one(query(asked.host, "team/app", puller))

    assert [request.query["a"] for request in server.received] == [["b"], ["b"]]


def test_manifest_is_accepted_in_every_form(start: Start, client: RegistryClient, puller: Identity) -> None:
    asked = start(registry("Basic realm=x"))

    client.one(query(asked.host, "team/app", puller))

    accepted = asked.received[-1].headers["Accept"]
    assert (asked.received[-1].method, asked.received[-1].path) == ("HEAD", "/v2/team/app/manifests/1")
    assert all(f"{kind}+json" in accepted for kind in ("index.v1", "manifest.list.v2", "manifest.v1", "manifest.v2"))


PRIVATE = "Private-only access is enabled for this account"
MANIFEST_REFUSALS = {
    "no-right": (error(403, "You are not authorized to access the specified resource"), Result.NO_PERMISSION),
    "no-right-by-401": (error(401, "insufficient scope", "UNAUTHORIZED"), Result.NO_PERMISSION),
    "no-right-without-words": (error(403), Result.NO_PERMISSION),
    "private-only": (error(403, PRIVATE), Result.PRIVATE_ONLY),
    "private-network": (error(401, "You must access this account over the private network"), Result.PRIVATE_ONLY),
    "absent": (error(404, "manifest unknown", "MANIFEST_UNKNOWN"), Result.NOT_FOUND),
    "too-many": (error(429, "slow down", "TOOMANYREQUESTS"), Result.THROTTLED),
    "too-many-with-a-time": (error(429, **{"Retry-After": "30"}), Result.THROTTLED),
    "broken": (error(500), Result.FAILED),
    "gateway": (error(502), Result.FAILED),
    "teapot": (error(418), Result.FAILED),
}


@pytest.mark.parametrize(("said", "result"), MANIFEST_REFUSALS.values(), ids=MANIFEST_REFUSALS.keys())
def test_refusal_of_the_manifest(
    start: Start, client: RegistryClient, puller: Identity, said: Reply, result: Result
) -> None:
    server = start(tokens)
    asked = start(registry(f'Bearer realm="{server.url}"', said))

    assert client.one(query(asked.host, "team/app", puller)).result is result


TOKEN_REFUSALS = {
    "401": (error(401, "login is not valid", "UNAUTHORIZED"), Result.BAD_CREDENTIAL),
    "400-as-ibm": (error(400), Result.BAD_CREDENTIAL),
    "403-as-github": (error(403, "denied"), Result.BAD_CREDENTIAL),
    "private-only": (error(403, PRIVATE), Result.PRIVATE_ONLY),
    "429": (error(429), Result.THROTTLED),
    "500": (error(500), Result.FAILED),
    "302": (moved("https://elsewhere.example/", 302), Result.FAILED),
    "no-json": (Reply(content="<html>"), Result.FAILED),
    "no-token": (Reply(content={"token": 1}), Result.FAILED),
    "odd-token": (Reply(content={"token": "a\r\nb"}), Result.FAILED),
}


@pytest.mark.parametrize(("said", "result"), TOKEN_REFUSALS.values(), ids=TOKEN_REFUSALS.keys())
def test_rejected_token_request_is_final(
    start: Start, client: RegistryClient, puller: Identity, said: Reply, result: Result
) -> None:
    server = start(lambda _: said)
    asked = start(registry(f'Bearer realm="{server.url}"'))

    verdicts = client.all([query(asked.host, f"team/app{number}", puller) for number in range(12)])

    assert {verdict.result for verdict in verdicts.values()} == {result}
    assert len(server.logins) == 1


def test_token_rejected_for_one_image_is_a_missing_permission(
    start: Start, client: RegistryClient, puller: Identity
) -> None:
    server = start(lambda received: error(403, "access forbidden") if "scope" in received.query else tokens(received))
    asked = start(registry(f'Bearer realm="{server.url}"'))

    verdict = client.one(query(asked.host, "team/app", puller))

    assert verdict == Verdict(result=Result.NO_PERMISSION, detail="access forbidden")


def test_basic_challenge_of_the_manifest_alone_is_tried_once(
    start: Start, client: RegistryClient, puller: Identity
) -> None:
    def answer(received: Received) -> Reply:
        return challenged("Basic realm=x") if "/manifests/" in received.path else Reply()

    asked = start(answer)

    verdicts = client.all([query(asked.host, f"team/app{number}", puller) for number in range(12)])

    assert {verdict.result for verdict in verdicts.values()} == {Result.BAD_CREDENTIAL}
    assert asked.logins == [("puller", puller.password)]


def test_unknown_challenge_gets_no_credentials(start: Start, client: RegistryClient, puller: Identity) -> None:
    asked = start(lambda _: challenged('Digest realm="x", nonce="y"'))

    verdict = client.one(query(asked.host, "team/app", puller))

    assert verdict.result is Result.FAILED
    assert "Digest" in verdict.detail
    assert asked.logins == []


def test_dead_registry_is_contacted_once_for_all_images(client: RegistryClient, puller: Identity) -> None:
    verdicts = client.all([query("127.0.0.1:1", f"team/app{number}", puller) for number in range(20)])

    refused = "dial tcp 127.0.0.1:1: connect: connection refused"
    assert set(verdicts.values()) == {Verdict(result=Result.UNREACHABLE, detail=refused)}
    assert (
        len([line for line in client.log if line.startswith("GET")]) == 2
    )  # over TLS, and over plain HTTP because it is loopback


def test_silent_registry_times_out(start: Start, authority: Authority) -> None:
    asked = start(lambda _: Reply())
    asked.answer = lambda _: Reply(content=str(asked.hold(until_busy=2, within=5.0)))
    client = RegistryClient(ca=authority.certificate.path, timeout="200ms")
    started = time.monotonic()

    verdict = client.one(query(asked.host, "team/app"))

    assert verdict == Verdict(result=Result.UNREACHABLE, detail="net/http: timeout awaiting response headers")
    assert time.monotonic() - started < 3


def test_at_most_eight_registries_are_contacted_at_once(start: Start, client: RegistryClient) -> None:
    asked = start(lambda _: Reply())
    asked.answer = lambda received: Reply(
        content=str("/manifests/" in received.path and asked.hold(until_busy=9, within=0.1))
    )

    client.all([query(asked.host, f"team/app{number}") for number in range(24)])

    assert asked.most == 8


def test_long_response_is_read_in_part(start: Start, client: RegistryClient, puller: Identity) -> None:
    asked = start(registry("Basic realm=x", Reply(status=404, content="x" * 5_000_000)))

    assert client.one(query(asked.host, "team/app", puller)).result is Result.NOT_FOUND
