"""Queries to a real docker-registry: with username and password, with tokens, and without a login."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pytest

from objects import made_up_password
from pullsecret.model.images.verdict import Identity, Result
from registry.queries import RegistryClient, query

if TYPE_CHECKING:
    from registry.registry_setup import Registries


@pytest.fixture
def client(registries: Registries) -> RegistryClient:
    return RegistryClient(ca=registries.authority.certificate.path)


def identity(who: str, registries: Registries) -> Identity | None:
    return {
        "puller": Identity(username="puller", password=registries.password),
        "wrong": Identity(username="puller", password=made_up_password()),
        "token": Identity(username="puller", identity_token=registries.identity_token),
        "wrong-token": Identity(username="puller", identity_token=made_up_password()),
        "anonymous": None,
    }[who]


TABLE = [
    ("basic", "puller", "", Result.LOGS_IN),
    ("basic", "puller", "acme/app", Result.WORKS),
    ("basic", "puller", "acme/gone", Result.NOT_FOUND),
    ("basic", "wrong", "", Result.BAD_CREDENTIAL),
    ("basic", "wrong", "acme/app", Result.BAD_CREDENTIAL),
    ("basic", "token", "acme/app", Result.BAD_CREDENTIAL),
    ("basic", "anonymous", "", Result.LOGIN_REQUIRED),
    ("basic", "anonymous", "acme/app", Result.LOGIN_REQUIRED),
    ("token", "puller", "", Result.LOGS_IN),
    ("token", "puller", "acme/app", Result.WORKS),
    ("token", "puller", "acme/other", Result.NO_PERMISSION),
    ("token", "puller", "public/app", Result.WORKS),
    ("token", "wrong", "", Result.BAD_CREDENTIAL),
    ("token", "wrong", "acme/app", Result.BAD_CREDENTIAL),
    ("token", "wrong", "public/app", Result.BAD_CREDENTIAL),
    ("token", "token", "", Result.LOGS_IN),
    ("token", "token", "acme/app", Result.WORKS),
    ("token", "token", "acme/other", Result.NO_PERMISSION),
    ("token", "wrong-token", "acme/app", Result.BAD_CREDENTIAL),
    ("token", "anonymous", "", Result.LOGIN_REQUIRED),
    ("token", "anonymous", "acme/app", Result.LOGIN_REQUIRED),
    ("token", "anonymous", "public/app", Result.WORKS),
    ("open", "puller", "", Result.NOT_TRIED),
    ("open", "puller", "acme/app", Result.WORKS),
    ("open", "anonymous", "acme/gone", Result.NOT_FOUND),
]


@pytest.mark.parametrize(
    ("server", "who", "repository", "result"), TABLE, ids=[f"{row[0]}-{row[1]}-{row[2] or 'login'}" for row in TABLE]
)
def test_verdict(
    registries: Registries, client: RegistryClient, server: str, who: str, repository: str, result: Result
) -> None:
    host = {"basic": registries.basic, "token": registries.token, "open": registries.open}[server].host

    assert client.one(query(host, repository, identity(who, registries))).result is result


def test_missing_tag_differs_from_missing_permission(registries: Registries, client: RegistryClient) -> None:
    puller = identity("puller", registries)

    assert client.one(query(registries.token.host, "acme/app", puller, "2")).result is Result.NOT_FOUND


def test_digest_is_queried(registries: Registries, client: RegistryClient) -> None:
    digest, puller = registries.digests["acme/app"], identity("puller", registries)

    assert client.one(query(registries.token.host, "acme/app", puller, digest)).result is Result.WORKS
    assert client.one(query(registries.basic.host, "acme/app", puller, f"sha256:{'0' * 64}")).result is Result.NOT_FOUND


def test_equal_queries_are_sent_once(registries: Registries, client: RegistryClient) -> None:
    before, puller = len(registries.basic.requests), identity("puller", registries)

    client.all([query(registries.basic.host, "acme/app", puller)] * 3)

    assert [request[:2] for request in registries.basic.requests[before:]] == [
        ("GET", "/v2/"),
        ("GET", "/v2/"),
        ("HEAD", "/v2/acme/app/manifests/1"),
    ]


@pytest.mark.parametrize("server", ["basic", "token"])
def test_rejected_credential_is_tried_once_for_all_images(
    registries: Registries, client: RegistryClient, server: str
) -> None:
    host, wrong = {"basic": registries.basic, "token": registries.token}[server].host, identity("wrong", registries)
    images = ["", "acme/app", "acme/other", "public/app", *(f"acme/app{number}" for number in range(20))]
    basic, tokens = len(registries.basic.requests), len(registries.tokens.logins)

    verdicts = client.all([query(host, image, wrong) for image in images])

    refused = [request for request in registries.basic.requests[basic:] if request[2] == 401]
    assert {verdict.result for verdict in verdicts.values()} == {Result.BAD_CREDENTIAL}
    # The first 401 is the answer to the request without a login.
    assert (len(refused), len(registries.tokens.logins) - tokens) == {"basic": (2, 0), "token": (0, 1)}[server]


def test_good_credential_is_proved_once_and_used_for_each_image(registries: Registries, client: RegistryClient) -> None:
    before = len(registries.tokens.received)
    images = ["acme/app", "acme/other", "public/app"]

    client.all([query(registries.token.host, image, identity("puller", registries)) for image in images])

    scopes = Counter(tuple(request.query.get("scope", ())) for request in registries.tokens.received[before:])
    assert scopes == Counter([(), *((f"repository:{image}:pull",) for image in images)])


def test_credentials_are_checked_separately(registries: Registries, client: RegistryClient) -> None:
    queries = [
        query(registries.token.host, "acme/app", identity(who, registries)) for who in ("wrong", "puller", "anonymous")
    ]

    results = [verdict.result for verdict in client.all(queries).values()]

    assert results == [Result.BAD_CREDENTIAL, Result.WORKS, Result.LOGIN_REQUIRED]


def test_log_shows_requests_without_credentials(registries: Registries, client: RegistryClient) -> None:
    client.one(query(registries.token.host, "acme/app", identity("puller", registries)))

    text = "\n".join(client.log)
    assert f"HEAD https://{registries.token.host}/v2/acme/app/manifests/1 200 OK" in text
    assert "Authorization: Basic <masked>" in text
    assert "Authorization: Bearer <masked>" in text
    assert registries.password not in text
    assert "eyJ" not in text
