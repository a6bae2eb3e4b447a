"""OIDC issuers that send the tokens' requests elsewhere, or nonsense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kubeconfig.files import simple
from kubeconfig.kubectl_oracle import ask_us
from kubeconfig.test_oidc_login import EARLIER, id_token, login
from registry.fake_server import FakeServer, Received, Reply

if TYPE_CHECKING:
    from pathlib import Path

    from kubeconfig.certificates import Authority
    from kubeconfig.recorder import Recorder

DEEP = '{"a":' * 100_000
ENDLESS = '{"a": "' + "x" * (2 << 20) + '"}'


def refresh(environ: dict[str, str], tmp_path: Path, cluster: dict[str, Any], authority: Authority, url: str) -> str:
    """The error of a run whose id-token has expired, with an issuer at this URL."""

    class Issuer:
        """A URL, as `login` takes it."""

    Issuer.url = url  # type: ignore[attr-defined]
    user = login(Issuer, authority, **{"id-token": id_token(EARLIER)})  # type: ignore[arg-type]
    return ask_us(f"--kubeconfig={simple(tmp_path / 'config', cluster, user)}", environ=environ).error


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_discovery_is_not_redirected_to_plain_http(
    environ: dict[str, str],
    tmp_path: Path,
    cluster: dict[str, Any],
    other: Recorder,
    plain: Recorder,
    authority: Authority,
    status: int,
) -> None:
    other.answer = lambda _: (status, {})
    other.headers = (("Location", f"{plain.url}/discovery"),)

    assert "plain http" in refresh(environ, tmp_path, cluster, authority, other.url)
    assert plain.requests == []


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("scheme", ["http", "https"])
def test_token_endpoint_is_not_redirected(
    environ: dict[str, str],
    tmp_path: Path,
    cluster: dict[str, Any],
    recorder: Recorder,
    other: Recorder,
    plain: Recorder,
    authority: Authority,
    status: int,
    scheme: str,
) -> None:
    elsewhere = plain if scheme == "http" else recorder
    found = {"token_endpoint": f"{other.url}/token"}
    other.answer = lambda path: (status, {}) if path == "/token" else (200, found)
    other.headers = (("Location", f"{elsewhere.url}/elsewhere"),)

    error = refresh(environ, tmp_path, cluster, authority, other.url)

    assert f"responded with status {status}" in error
    assert elsewhere.requests == []


@pytest.mark.parametrize("content", [DEEP, "[]", "nonsense", "", ENDLESS], ids=["deep", "list", "text", "none", "long"])
def test_nonsense_of_an_issuer_is_one_line(
    environ: dict[str, str], tmp_path: Path, cluster: dict[str, Any], authority: Authority, content: str
) -> None:
    def respond(_: Received) -> Reply:
        return Reply(content=content)

    with FakeServer(respond, authority.issue("issuer", "subjectAltName=IP:127.0.0.1")) as issuer:
        error = refresh(environ, tmp_path, cluster, authority, issuer.url)

    assert error.startswith("Unable to connect to the server: failed to refresh token: oidc: ")
    assert "\n" not in error
