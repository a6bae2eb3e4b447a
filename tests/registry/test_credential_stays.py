"""A credential goes to the registry and to the token server that it names, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubeconfig.certificates import Authority
from pullsecret.model.images.verdict import Identity, Result
from pullsecret.registry.ping import is_safe
from registry.answers import challenged, error, moved, registry, tokens
from registry.fake_server import Received, Reply
from registry.queries import RegistryClient, query
from registry.registry_setup import NAMES

if TYPE_CHECKING:
    from pathlib import Path

    from registry.conftest import Start


@pytest.mark.parametrize("location", ["", "https://[::1", "http://elsewhere.example/", "ftp://127.0.0.1/", "//"])
def test_redirect_to_an_unsafe_url_is_not_followed(
    start: Start, client: RegistryClient, puller: Identity, location: str
) -> None:
    asked = start(registry("Basic realm=x", moved(location)))

    verdict = client.one(query(asked.host, "team/app", puller))

    assert verdict.result in {Result.INSECURE, Result.FAILED}
    assert len(asked.logins) == 2  # where it is proved, and for the manifest


REDIRECTS = {
    "found": (Reply(), Result.WORKS),
    "absent": (Reply(status=404), Result.NOT_FOUND),
    "wants-a-login": (challenged("Basic realm=x"), Result.FAILED),
}


@pytest.mark.parametrize(("said", "result"), REDIRECTS.values(), ids=REDIRECTS.keys())
def test_redirect_is_followed_without_credentials(
    start: Start, client: RegistryClient, puller: Identity, said: Reply, result: Result
) -> None:
    elsewhere = start(lambda _: said)
    there = moved(f"{elsewhere.url}/there?signature=s3cr3t")
    asked = start(registry("Basic realm=x", there))

    assert client.one(query(asked.host, "team/app", puller)).result is result

    assert [(received.path, received.authorization) for received in elsewhere.received] == [("/there", "")]
    assert "s3cr3t" not in "\n".join(client.log)


def test_redirect_before_the_login_gets_no_credentials(start: Start, client: RegistryClient, puller: Identity) -> None:
    elsewhere = start(lambda _: challenged("Basic realm=x"))
    asked = start(lambda received: moved(f"{elsewhere.url}{received.path}"))

    verdict = client.one(query(asked.host, "team/app", puller))

    assert verdict.result is Result.FAILED
    assert asked.logins == elsewhere.logins == []


def test_redirects_are_limited(start: Start, client: RegistryClient, puller: Identity) -> None:
    asked = start(
        lambda received: moved("/again") if "manifests" in received.path or received.path == "/again" else Reply()
    )

    assert client.one(query(asked.host, "team/app", puller)).result is Result.FAILED
    assert len([received for received in asked.received if received.path == "/again"]) == 5


def test_remote_realm_without_tls_is_not_contacted(start: Start, client: RegistryClient, puller: Identity) -> None:
    asked = start(registry('Bearer realm="http://auth.example/token"'))

    verdict = client.one(query(asked.host, "team/app", puller))

    assert verdict.result is Result.INSECURE
    assert not [line for line in client.log if "auth.example" in line and line.startswith("GET")]


def test_local_realm_without_tls_is_contacted(start: Start, client: RegistryClient, puller: Identity) -> None:
    server = start(tokens, tls=False)
    asked = start(registry(f'Bearer realm="{server.url}"'))

    assert client.one(query(asked.host, "team/app", puller)).result is Result.WORKS


@pytest.mark.parametrize("realm", ["", "https://", "ftp://127.0.0.1/", "https://[::1", "https://a b/"])
def test_invalid_realm_gets_no_credentials(start: Start, client: RegistryClient, puller: Identity, realm: str) -> None:
    asked = start(registry(f'Bearer realm="{realm}"'))

    verdict = client.one(query(asked.host, "team/app", puller))

    assert verdict.result in {Result.FAILED, Result.INSECURE}
    assert asked.logins == []


def test_certificate_of_an_unknown_authority_is_unreachable(
    start: Start, client: RegistryClient, puller: Identity, tmp_path: Path
) -> None:
    asked = start(registry("Basic realm=x"), by=Authority(tmp_path / "other").issue("server", NAMES))

    verdict = client.one(query(asked.host, "team/app", puller))

    assert verdict.result is Result.UNREACHABLE
    assert "certificate signed by unknown authority; use --registry-ca" in verdict.detail
    assert asked.received == []


def test_certificate_for_another_name_is_unreachable(
    start: Start, client: RegistryClient, puller: Identity, authority: Authority
) -> None:
    other = authority.issue("other", "subjectAltName=DNS:other.example")
    asked = start(registry("Basic realm=x"), by=other)

    verdict = client.one(query(asked.host, "team/app", puller))

    assert "certificate is not valid for 127.0.0.1" in verdict.detail
    assert asked.received == []


def test_system_authorities_are_trusted_too(start: Start, client: RegistryClient, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    asked = start(lambda _: Reply(), by=other.issue("server", NAMES))
    with_system = RegistryClient(ca=client.ca, environ={"SSL_CERT_FILE": str(other.certificate.path)})

    assert with_system.one(query(asked.host, "team/app")).result is Result.WORKS


def test_response_that_quotes_credentials_is_redacted(start: Start, client: RegistryClient, puller: Identity) -> None:
    def quoting(received: Received) -> Reply:
        message = f"no {received.authorization} with {puller.password}"
        return error(401, message, "UNAUTHORIZED", **{"X-Echo": message})

    server = start(quoting)
    asked = start(registry(f'Bearer realm="{server.url}"'))

    verdict = client.one(query(asked.host, "team/app", puller))

    text = "\n".join([verdict.text, *client.log])
    assert verdict.result is Result.BAD_CREDENTIAL
    assert "<hidden>" in verdict.detail
    assert puller.password not in text
    assert server.received[0].authorization.partition(" ")[2] not in text


SAFE = {
    "tls": ("https://reg.example/", False, True),
    "in-clear": ("http://reg.example/", False, False),
    "in-clear-as-allowed": ("http://reg.example/", True, True),
    "in-clear-on-this-machine": ("http://127.0.0.1:5000/", False, True),
    "in-clear-by-this-machines-name": ("http://localhost/", False, True),
    "in-clear-at-ipv6-loopback": ("http://[::1]:5000/", False, True),
    "not-this-machine": ("http://localhost.example/", False, False),
    "another-scheme": ("ftp://127.0.0.1/", True, False),
}


@pytest.mark.parametrize(("url", "insecure", "safe"), SAFE.values(), ids=SAFE.keys())
def test_safe_url_for_credentials(url: str, insecure: bool, safe: bool) -> None:
    assert is_safe(url, insecure=insecure) is safe
