"""The oidc auth-provider: an id-token, and a new one from the issuer, stored where kubectl stores it."""

from __future__ import annotations

import base64
import json
import shutil
import time
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from kubeconfig.files import encoded, simple
from kubeconfig.kubectl_oracle import ask_kubectl, ask_us, connection_flags
from kubeconfig.recorder import secret_at
from pullsecret.cluster import connect
from pullsecret.model.objects.objects import Kind

if TYPE_CHECKING:
    from pathlib import Path

    from kubeconfig.certificates import Authority
    from kubeconfig.conftest import Both
    from kubeconfig.recorder import Recorder

LATER, EARLIER = 32_503_680_000, 1_000_000_000  # seconds since 1970


def id_token(expires: int) -> str:
    """An unsigned JWT: the client reads only its expiry."""
    claims = base64.urlsafe_b64encode(json.dumps({"exp": expires}).encode()).decode().rstrip("=")
    return f"e30.{claims}.c2ln"


@pytest.fixture
def issuer(other: Recorder) -> Recorder:
    """An issuer that returns new tokens, including the refresh token."""
    found = {"token_endpoint": f"{other.url}/token"}
    tokens = {"id_token": id_token(LATER), "refresh_token": "second", "access_token": "a", "token_type": "bearer"}
    other.answer = lambda path: (200, tokens if path == "/token" else found)
    return other


def login(issuer: Recorder, authority: Authority, **more: str) -> dict[str, Any]:
    config = {
        "idp-issuer-url": f"{issuer.url}/",
        "client-id": "us",
        "client-secret": "se cret",
        "idp-certificate-authority-data": encoded(authority.certificate.path),
        "refresh-token": "first",
        **more,
    }
    return {"auth-provider": {"name": "oidc", "config": {key: value for key, value in config.items() if value}}}


def test_valid_token_is_used(
    both: Both, tmp_path: Path, cluster: dict[str, Any], issuer: Recorder, authority: Authority
) -> None:
    user = login(issuer, authority, **{"id-token": id_token(LATER)})

    asked = both.request(f"--kubeconfig={simple(tmp_path / 'config', cluster, user)}")
    assert asked.identity == (("authorization", f"Bearer {id_token(LATER)}"),)
    assert not issuer.requests


def test_new_token_that_seems_ended_by_a_wrong_clock_is_used(
    environ: dict[str, str],
    tmp_path: Path,
    cluster: dict[str, Any],
    recorder: Recorder,
    issuer: Recorder,
    authority: Authority,
) -> None:
    new = id_token(int(time.time()) - 300)
    found = {"token_endpoint": f"{issuer.url}/token"}
    issuer.answer = lambda path: (200, {"id_token": new} if path == "/token" else found)
    file = simple(tmp_path / "config", cluster, login(issuer, authority, **{"id-token": id_token(EARLIER)}))
    connected = connect(connection_flags((f"--kubeconfig={file}",)), environ=environ)

    for _ in range(3):
        connected.read(Kind.SECRET, "team-a", "pull")
    assert len(taken(issuer)) == 2
    assert {asked.identity for asked in recorder.taken()} == {(("authorization", f"Bearer {new}"),)}


@pytest.mark.parametrize(("seconds", "refreshes"), [(300, 1), (86_400, 0)], ids=["soon", "tomorrow"])
def test_rejected_token_is_refreshed_if_a_wrong_clock_may_hide_its_end(
    environ: dict[str, str],
    tmp_path: Path,
    cluster: dict[str, Any],
    recorder: Recorder,
    issuer: Recorder,
    authority: Authority,
    *,
    seconds: int,
    refreshes: int,
) -> None:
    old = id_token(int(time.time()) + seconds)
    status = {"kind": "Status", "message": "Unauthorized", "reason": "Unauthorized", "code": 401}

    def answer(path: str) -> tuple[int, Any]:
        return (401, status) if recorder.requests[-1].identity[0][1].endswith(old) else secret_at(path)

    recorder.answer = answer
    file = simple(tmp_path / "config", cluster, login(issuer, authority, **{"id-token": old}))
    error = ask_us(f"--kubeconfig={file}", environ=environ).error

    assert len(taken(issuer)) == 2 * refreshes
    assert bool(error) == (not refreshes)


@pytest.mark.parametrize("expired", [id_token(EARLIER), ""], ids=["expired", "none"])
def test_new_tokens_are_fetched_and_stored_as_kubectl_does(
    environ: dict[str, str],
    tmp_path: Path,
    cluster: dict[str, Any],
    recorder: Recorder,
    issuer: Recorder,
    authority: Authority,
    expired: str,
) -> None:
    theirs = simple(tmp_path / "theirs", cluster, login(issuer, authority, **{"id-token": expired}))
    ours = tmp_path / "ours"
    shutil.copy(theirs, ours)

    assert not ask_kubectl(f"--kubeconfig={theirs}", environ=environ).error
    expected = (taken(issuer)[:2], recorder.taken()[0].identity)
    assert not ask_us(f"--kubeconfig={ours}", environ=environ).error
    assert (taken(issuer), recorder.taken()[0].identity) == expected
    assert users_in(ours) == users_in(theirs)
    assert ours.stat().st_mode & 0o777 == 0o644
    assert not list(tmp_path.glob("*.lock"))


def test_token_that_cannot_be_stored_is_used_with_a_warning(
    environ: dict[str, str],
    tmp_path: Path,
    cluster: dict[str, Any],
    recorder: Recorder,
    issuer: Recorder,
    authority: Authority,
) -> None:
    file = simple(tmp_path / "config", cluster, login(issuer, authority))
    (tmp_path / "config.lock").touch()
    before = file.read_text()

    outcome = ask_us(f"--kubeconfig={file}", environ=environ)
    assert outcome.stderr == "could not persist new tokens: file exists"
    assert len(recorder.taken()) == 1
    assert file.read_text() == before


def test_no_refresh_token_is_fatal_with_the_same_message(
    both: Both, tmp_path: Path, cluster: dict[str, Any], issuer: Recorder, authority: Authority
) -> None:
    user = login(issuer, authority, **{"id-token": id_token(EARLIER), "refresh-token": ""})

    both.error(f"--kubeconfig={simple(tmp_path / 'config', cluster, user)}")


def test_issuer_that_refuses_is_fatal_and_not_quoted(
    both: Both, tmp_path: Path, cluster: dict[str, Any], issuer: Recorder, authority: Authority
) -> None:
    found = {"token_endpoint": f"{issuer.url}/token"}
    issuer.answer = lambda path: (400, {"error": "S3CRET"}) if path == "/token" else (200, found)

    theirs, ours = both.errors(f"--kubeconfig={simple(tmp_path / 'config', cluster, login(issuer, authority))}")
    assert theirs.startswith("Unable to connect to the server: failed to refresh token: oauth2: ")
    assert ours.startswith("Unable to connect to the server: failed to refresh token: oidc: ")
    assert "S3CRET" not in ours


def test_refresh_token_is_never_sent_in_the_clear(
    environ: dict[str, str], tmp_path: Path, cluster: dict[str, Any], plain: Recorder, authority: Authority
) -> None:
    file = simple(tmp_path / "config", cluster, login(plain, authority))

    assert "plain http" in ask_us(f"--kubeconfig={file}", environ=environ).error
    assert not plain.requests


def taken(issuer: Recorder) -> list[tuple[str, str, str, tuple[tuple[str, str], ...]]]:
    """The fields of the issuer's request form, sorted by name."""
    asked, issuer.requests = issuer.requests, []
    return [(item.method, item.path, "&".join(sorted(item.form.split("&"))), item.identity) for item in asked]


def users_in(file: Path) -> list[dict[str, Any]]:
    users: list[dict[str, Any]] = yaml.safe_load(file.read_text())["users"]
    return users
