"""A credential goes to the registry and to the token server that it names, and nowhere else."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubeconfig.certificates import Authority
from pullsecret.model.images.verdict import Identity, Result
from pullsecret.registry.ping import is_safe
from registry.answers import challenged, error, moved, registry, tokens
from registry.queries import Asking, query
from registry.registry_setup import NAMES
from registry.standin import Got, Said

if TYPE_CHECKING:
    from pathlib import Path

    from registry.conftest import Start


@pytest.mark.parametrize("location", ["", "https://[::1", "http://elsewhere.example/", "ftp://127.0.0.1/", "//"])
def test_redirect_that_is_no_safe_address_is_not_followed(
    start: Start, asking: Asking, robot: Identity, location: str
) -> None:
    asked = start(registry("Basic realm=x", moved(location)))

    verdict = asking.one(query(asked.host, "team/app", robot))

    assert verdict.result in {Result.INSECURE, Result.FAILED}
    assert len(asked.logins) == 2  # where it is proved, and for the manifest


REDIRECTS = {
    "found": (Said(), Result.WORKS),
    "absent": (Said(status=404), Result.NOT_FOUND),
    "wants-a-login": (challenged("Basic realm=x"), Result.FAILED),
}


@pytest.mark.parametrize(("said", "result"), REDIRECTS.values(), ids=REDIRECTS.keys())
def test_redirect_is_followed_without_the_credential(
    start: Start, asking: Asking, robot: Identity, said: Said, result: Result
) -> None:
    elsewhere = start(lambda _: said)
    there = moved(f"{elsewhere.url}/there?signature=s3cr3t")
    asked = start(registry("Basic realm=x", there))

    assert asking.one(query(asked.host, "team/app", robot)).result is result

    assert [(got.path, got.authorization) for got in elsewhere.got] == [("/there", "")]
    assert "s3cr3t" not in "\n".join(asking.log)


def test_redirect_before_the_login_gets_no_credential(start: Start, asking: Asking, robot: Identity) -> None:
    elsewhere = start(lambda _: challenged("Basic realm=x"))
    asked = start(lambda got: moved(f"{elsewhere.url}{got.path}"))

    verdict = asking.one(query(asked.host, "team/app", robot))

    assert verdict.result is Result.FAILED
    assert asked.logins == elsewhere.logins == []


def test_redirect_without_end_is_left(start: Start, asking: Asking, robot: Identity) -> None:
    asked = start(lambda got: moved("/again") if "manifests" in got.path or got.path == "/again" else Said())

    assert asking.one(query(asked.host, "team/app", robot)).result is Result.FAILED
    assert len([got for got in asked.got if got.path == "/again"]) == 5


def test_realm_without_tls_elsewhere_is_not_asked(start: Start, asking: Asking, robot: Identity) -> None:
    asked = start(registry('Bearer realm="http://auth.example/token"'))

    verdict = asking.one(query(asked.host, "team/app", robot))

    assert verdict.result is Result.INSECURE
    assert not [line for line in asking.log if "auth.example" in line and line.startswith("GET")]


def test_realm_without_tls_on_this_machine_is_asked(start: Start, asking: Asking, robot: Identity) -> None:
    server = start(tokens, tls=False)
    asked = start(registry(f'Bearer realm="{server.url}"'))

    assert asking.one(query(asked.host, "team/app", robot)).result is Result.WORKS


@pytest.mark.parametrize("realm", ["", "https://", "ftp://127.0.0.1/", "https://[::1", "https://a b/"])
def test_realm_that_is_no_address_gets_no_login(start: Start, asking: Asking, robot: Identity, realm: str) -> None:
    asked = start(registry(f'Bearer realm="{realm}"'))

    verdict = asking.one(query(asked.host, "team/app", robot))

    assert verdict.result in {Result.FAILED, Result.INSECURE}
    assert asked.logins == []


def test_certificate_of_an_unknown_authority_ends_it(
    start: Start, asking: Asking, robot: Identity, tmp_path: Path
) -> None:
    asked = start(registry("Basic realm=x"), by=Authority(tmp_path / "other").issue("server", NAMES))

    verdict = asking.one(query(asked.host, "team/app", robot))

    assert verdict.result is Result.UNREACHABLE
    assert "certificate signed by unknown authority; use --registry-ca" in verdict.detail
    assert asked.got == []


def test_certificate_for_another_name_ends_it(
    start: Start, asking: Asking, robot: Identity, authority: Authority
) -> None:
    other = authority.issue("other", "subjectAltName=DNS:other.example")
    asked = start(registry("Basic realm=x"), by=other)

    verdict = asking.one(query(asked.host, "team/app", robot))

    assert "certificate is not valid for 127.0.0.1" in verdict.detail
    assert asked.got == []


def test_authorities_of_the_system_are_trusted_too(start: Start, asking: Asking, tmp_path: Path) -> None:
    other = Authority(tmp_path / "other")
    asked = start(lambda _: Said(), by=other.issue("server", NAMES))
    with_system = Asking(ca=asking.ca, environ={"SSL_CERT_FILE": str(other.certificate.path)})

    assert with_system.one(query(asked.host, "team/app")).result is Result.WORKS


def test_answer_that_quotes_the_credential_shows_none(start: Start, asking: Asking, robot: Identity) -> None:
    def quoting(got: Got) -> Said:
        message = f"no {got.authorization} with {robot.password}"
        return error(401, message, "UNAUTHORIZED", **{"X-Echo": message})

    server = start(quoting)
    asked = start(registry(f'Bearer realm="{server.url}"'))

    verdict = asking.one(query(asked.host, "team/app", robot))

    text = "\n".join([verdict.text, *asking.log])
    assert verdict.result is Result.BAD_CREDENTIAL
    assert "<hidden>" in verdict.detail
    assert robot.password not in text
    assert server.got[0].authorization.partition(" ")[2] not in text


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
def test_url_that_may_get_a_credential(url: str, insecure: bool, safe: bool) -> None:
    assert is_safe(url, insecure=insecure) is safe
