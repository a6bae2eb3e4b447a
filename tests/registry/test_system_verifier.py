"""Certificates that the operating system checks: on macOS and Windows, unless a kubeconfig has the authority.

The context is the one of these systems. Here, OpenSSL checks in it; that macOS and Windows do has not been run.
"""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
import truststore

from kubeconfig.certificates import Authority
from pullsecret.network.go_errors import tls_words
from pullsecret.network.http.connection import Route
from pullsecret.network.http.message import NoAnswerError, Request
from pullsecret.network.http.pool import Pool
from pullsecret.network.timeouts import Timeouts
from pullsecret.network.tls import Trust, context_for, load_authorities, proxy_context_for
from registry.fake_server import Reply

if TYPE_CHECKING:
    from registry.conftest import Start
    from registry.fake_server import FakeServer, Received

pytestmark = pytest.mark.source

TIMEOUTS = Timeouts(connect=10, read=10, total=10)


def respond(_: Received) -> Reply:
    return Reply()


def get(server: FakeServer, context: ssl.SSLContext) -> int:
    """The status of a response from a server."""
    pool = Pool(lambda origin: Route(origin=origin, context=context))
    try:
        request = Request(method="GET", origin=server.url, target="/")
        return pool.roundtrip(request, TIMEOUTS.start()).status
    finally:
        pool.close()


@pytest.mark.parametrize("system", ["darwin", "win32"])
def test_system_checks_what_no_authority_was_given_for(start: Start, authority: Authority, system: str) -> None:
    server, context = start(respond), context_for(Trust(), {}, system)

    assert isinstance(context, truststore.SSLContext)
    with pytest.raises(NoAnswerError) as caught:
        get(server, context)
    assert isinstance(caught.value.reason, ssl.SSLCertVerificationError)
    assert tls_words(caught.value.reason, "x").endswith("x509: certificate signed by unknown authority")

    load_authorities(context, authority.certificate.path.read_bytes())
    assert get(server, context) == 200


def test_authority_of_a_kubeconfig_is_the_only_one(authority: Authority) -> None:
    pem = authority.certificate.path.read_bytes()

    for system in ("darwin", "win32"):
        for trust in (Trust(ca=pem), Trust(insecure=True), Trust(ca=pem, insecure=True)):
            assert type(context_for(trust, {}, system)) is ssl.SSLContext


@pytest.mark.parametrize("name", ["SSL_CERT_FILE", "SSL_CERT_DIR"])
def test_variable_takes_precedence_over_the_system(authority: Authority, name: str) -> None:
    place = authority.certificate.path if name == "SSL_CERT_FILE" else authority.directory

    for system in ("darwin", "win32"):
        assert type(context_for(Trust(), {name: str(place)}, system)) is ssl.SSLContext


def test_proxy_is_trusted_by_the_system_and_by_the_cluster(start: Start, authority: Authority) -> None:
    server = start(respond)
    other = authority.directory / "other"
    foreign = Authority(other).certificate.path.read_bytes()
    environ = {"SSL_CERT_FILE": str(authority.certificate.path)}

    for ca in (foreign, b""):
        assert get(server, proxy_context_for(Trust(ca=ca), environ)) == 200
    assert get(server, proxy_context_for(Trust(ca=foreign, insecure=True), {})) == 200
    with pytest.raises(NoAnswerError):
        get(server, proxy_context_for(Trust(ca=foreign), {}))


@pytest.mark.parametrize(
    ("code", "words"),
    [
        (0x800B0109, "certificate signed by unknown authority"),
        (-67843, "certificate signed by unknown authority"),
        (0x800B0101, "certificate has expired or is not yet valid"),
        (-67818, "certificate has expired or is not yet valid"),
        (0x800B010F, "certificate is not valid for api.example"),
        (-67602, "certificate is not valid for api.example"),
        (-67635, "the system's words"),
        (None, "the system's words"),
    ],
)
def test_errors_of_the_system_have_the_words_of_go(code: int | None, words: str) -> None:
    error = ssl.SSLCertVerificationError("the system's words")
    if code is not None:
        error.verify_code, error.verify_message = code, "the system's words"

    assert tls_words(error, "api.example") == f"tls: failed to verify certificate: x509: {words}"


def test_verifier_is_imported_on_these_systems_only() -> None:
    script = """
import sys
from pullsecret.network.tls import Trust, context_for
context_for(Trust(), {})
print("truststore" in sys.modules)
"""
    path = os.pathsep.join(sys.path)
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, env={"PYTHONPATH": path}
    )
    assert done.stdout == f"{sys.platform in {'darwin', 'win32'}}\n"
