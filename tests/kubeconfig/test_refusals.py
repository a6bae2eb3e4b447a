"""Configurations that are refused with real kubectl's messages."""

from __future__ import annotations

import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from golden_files import assert_golden
from kubeconfig.certificates import Authority
from kubeconfig.files import encoded, kubeconfig, simple
from kubeconfig.kubectl_oracle import ask_us, kubectl_error

if TYPE_CHECKING:
    from pathlib import Path

    from kubeconfig.certificates import Certificate
    from kubeconfig.conftest import Both
    from kubeconfig.recorder import Recorder

EXEC = {"apiVersion": "client.authentication.k8s.io/v1", "command": "true", "interactiveMode": "Never"}


@pytest.fixture
def file(tmp_path: Path, cluster: dict[str, Any]) -> Path:
    """A valid kubeconfig."""
    return simple(tmp_path / "config", cluster, {"token": "t"})


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param(["--context=nope"], id="context"),
        pytest.param(["--cluster=nope"], id="cluster"),
        pytest.param(["--user=nope"], id="user"),
        pytest.param(["--context=nope", "--cluster=nope", "--user=nope"], id="all three"),
        pytest.param(["--kubeconfig=/nope/nope"], id="kubeconfig"),
        pytest.param(["--request-timeout=soon"], id="timeout"),
        pytest.param(["--as-group=g"], id="groups without a user"),
        pytest.param(["--certificate-authority=/nope"], id="missing authority"),
        pytest.param(["--client-certificate=/nope"], id="no certificate and no key"),
        pytest.param(["--token=two\nlines"], id="token of two lines"),
    ],
)
def test_flags(both: Both, file: Path, flags: list[str]) -> None:
    both.error(*flags, KUBECONFIG=str(file))


def test_authority_together_with_insecure(both: Both, authority: Authority, recorder: Recorder) -> None:
    flags = [f"--certificate-authority={authority.certificate.path}", "--insecure-skip-tls-verify"]

    both.error(f"--server={recorder.url}", "--token=t", *flags)


@pytest.mark.parametrize(
    "user",
    [
        pytest.param({"token": "t", "username": "u"}, id="token and name"),
        pytest.param({"tokenFile": "/dev/null", "username": "u", "password": "p"}, id="token file and name"),
        pytest.param({"tokenFile": "/nope"}, id="no token file"),
        pytest.param({"token": "t", "as-uid": "1"}, id="uid without a user"),
        pytest.param({"client-certificate-data": "AAAA"}, id="certificate without key"),
        pytest.param({"client-certificate": "/nope", "client-key": "/nope"}, id="no certificate files"),
        pytest.param({"exec": {**EXEC, "apiVersion": "client.authentication.k8s.io/v1alpha1"}}, id="old exec version"),
        pytest.param({"exec": {**EXEC, "interactiveMode": ""}}, id="exec without mode"),
        pytest.param({"exec": {**EXEC, "interactiveMode": "Perhaps"}}, id="exec of unknown mode"),
        pytest.param({"exec": {**EXEC, "command": "", "apiVersion": ""}}, id="exec without anything"),
        pytest.param({"exec": {**EXEC, "env": [{"name": "", "value": "v"}]}}, id="exec variable without name"),
        pytest.param({"auth-provider": {"name": "nope"}}, id="unknown provider"),
        pytest.param({"auth-provider": {"name": "oidc", "config": {}}}, id="oidc without issuer"),
        pytest.param({"auth-provider": {"name": "oidc", "config": {"idp-issuer-url": "https://i"}}}, id="oidc client"),
        pytest.param({"exec": EXEC, "auth-provider": {"name": "oidc"}}, id="plugin and provider"),
    ],
)
def test_users(both: Both, tmp_path: Path, cluster: dict[str, Any], user: dict[str, Any]) -> None:
    both.error(f"--kubeconfig={simple(tmp_path / 'config', cluster, user)}")


@pytest.mark.parametrize(
    "cluster",
    [
        pytest.param({"server": "https://c", "certificate-authority": "/nope"}, id="missing authority"),
        pytest.param({"server": "https://c", "certificate-authority-data": "AAAA"}, id="authority is not PEM"),
    ],
)
def test_clusters(both: Both, tmp_path: Path, cluster: dict[str, Any]) -> None:
    both.error(f"--kubeconfig={simple(tmp_path / 'config', cluster, {'token': 't'})}")


def test_current_context_that_does_not_exist(both: Both, tmp_path: Path) -> None:
    both.error(f"--kubeconfig={kubeconfig(tmp_path / 'config', current='gone')}")


def test_directory_instead_of_a_file(both: Both, tmp_path: Path) -> None:
    both.error(f"--kubeconfig={tmp_path}")


def test_nothing_at_all_is_the_default_server(both: Both) -> None:
    assert both.error().startswith("The connection to the server localhost:8080 was refused")


def test_user_without_credentials_is_not_anonymous(both: Both, tmp_path: Path, cluster: dict[str, Any]) -> None:
    theirs, ours = both.errors(f"--kubeconfig={simple(tmp_path / 'config', cluster, {})}")

    assert theirs.endswith("error: EOF")  # kubectl prompts for a username and password
    assert_golden("kubeconfig/user-without-credentials", ours, server=cluster["server"], folder=str(tmp_path))


def test_server_with_an_unknown_authority(both: Both, tmp_path: Path, recorder: Recorder) -> None:
    stranger = {"server": recorder.url, "certificate-authority-data": encoded(_stranger(tmp_path).certificate.path)}

    both.error(f"--kubeconfig={simple(tmp_path / 'config', stranger, {'token': 't'})}")


def test_server_of_another_name(both: Both, tmp_path: Path, cluster: dict[str, Any]) -> None:
    file = simple(tmp_path / "config", {**cluster, "tls-server-name": "other.example.com"}, {"token": "t"})

    theirs, ours = both.errors(f"--kubeconfig={file}")
    assert "x509: certificate is valid for" in theirs
    assert_golden("kubeconfig/server-of-another-name", ours)


def test_server_without_tls(both: Both) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        threading.Thread(target=_answer_in_clear, args=(listener,), daemon=True).start()
        both.error(f"--server=https://127.0.0.1:{listener.getsockname()[1]}", "--token=t")


def test_server_name_without_an_address(both: Both) -> None:
    theirs, ours = both.errors("--server=https://nowhere.invalid", "--token=t")

    assert "dial tcp: lookup nowhere.invalid" in theirs
    assert_golden("kubeconfig/server-name-without-an-address", ours)


def test_key_of_another_certificate(
    both: Both,
    tmp_path: Path,
    cluster: dict[str, Any],
    client_certificate: Certificate,
    server_certificate: Certificate,
) -> None:
    user = {"client-certificate": str(client_certificate.path), "client-key": str(server_certificate.key)}

    theirs, ours = both.errors(f"--kubeconfig={simple(tmp_path / 'config', cluster, user)}")
    assert theirs == "Unable to connect to the server: tls: private key does not match public key"
    assert_golden("kubeconfig/key-of-another-certificate", ours)


@pytest.mark.parametrize(
    ("answer", "status"),
    [
        pytest.param({"kind": "Status", "message": "no such thing", "reason": "NotFound", "code": 404}, 404, id="404"),
        pytest.param(
            {"kind": "Status", "message": "Unauthorized", "reason": "Unauthorized", "code": 401}, 401, id="401"
        ),
        pytest.param({"kind": "Status", "message": "not yours", "reason": "Forbidden", "code": 403}, 403, id="403"),
        pytest.param({"kind": "Status", "message": "no reason given", "code": 418}, 418, id="no reason"),
    ],
)
def test_status_of_the_server(
    recorder: Recorder, file: Path, environ: dict[str, str], answer: dict[str, Any], status: int
) -> None:
    recorder.answer = lambda _: (status, {"apiVersion": "v1", "status": "Failure", **answer})
    flag = f"--kubeconfig={file}"

    assert ask_us(flag, environ=environ).error == kubectl_error(flag, environ=environ)


@pytest.mark.parametrize("status", [400, 401, 405, 406, 409, 415, 418, 503, 504])
def test_response_that_is_not_a_status(recorder: Recorder, file: Path, environ: dict[str, str], status: int) -> None:
    recorder.answer = lambda _: (status, {})
    flag = f"--kubeconfig={file}"

    ours = ask_us(flag, environ=environ).error
    assert ours.replace(" (get secrets pull)", "") == kubectl_error(flag, environ=environ)


def _answer_in_clear(listener: socket.socket) -> None:
    """Answer as web servers do to TLS on a plain HTTP port."""
    while listener.fileno() >= 0:
        try:
            connection, _ = listener.accept()
        except OSError:
            return
        with connection:
            connection.recv(4096)
            connection.sendall(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n")


def _stranger(tmp_path: Path) -> Authority:
    return Authority(tmp_path / "stranger", name="strangers")
