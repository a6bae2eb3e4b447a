"""Tokens, passwords, certificates and impersonation: the user that the server sees."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from kubeconfig.files import encoded, kubeconfig, simple

if TYPE_CHECKING:
    from pathlib import Path

    from kubeconfig.certificates import Certificate
    from kubeconfig.conftest import Both
    from kubeconfig.recorder import Recorder

ACTING: dict[str, Any] = {
    "as": "jörg@example.com",
    "as-uid": "7",
    "as-groups": ["one", "two", "three"],
    "as-user-extra": {"scopes": ["a", "b"], "example.com/Key%": ["c"]},
}


@pytest.mark.parametrize(
    "user",
    [
        pytest.param({"token": "inline"}, id="token"),
        pytest.param({"username": "anna", "password": "s3cret: ü"}, id="name and password"),
        pytest.param({"username": "anna"}, id="name alone"),
        pytest.param({"token": "t", **ACTING}, id="impersonation"),
        pytest.param({"token": "t", "as": "bob"}, id="impersonation of a user alone"),
    ],
)
def test_user_of_the_file(both: Both, tmp_path: Path, cluster: dict[str, Any], user: dict[str, Any]) -> None:
    assert both.request(f"--kubeconfig={simple(tmp_path / 'config', cluster, user)}").identity


@pytest.mark.parametrize(
    "flags",
    [
        pytest.param(["--as=bob"], id="user"),
        pytest.param(["--as=bob", "--as-group=g", "--as-group=h,i"], id="several groups"),
        pytest.param(["--as=bob", "--as-uid=u-1"], id="uid"),
        pytest.param(["--as-group=g"], id="groups for the user of the file"),
    ],
)
def test_impersonation_flags_are_merged_with_the_file(
    both: Both, tmp_path: Path, cluster: dict[str, Any], flags: list[str]
) -> None:
    both.request(f"--kubeconfig={simple(tmp_path / 'config', cluster, {'token': 't', **ACTING})}", *flags)


def test_token_file_takes_precedence_over_the_token(both: Both, tmp_path: Path, cluster: dict[str, Any]) -> None:
    (tmp_path / "token").write_text("from-file\n")
    file = simple(tmp_path / "config", cluster, {"token": "inline", "tokenFile": "token"})

    assert both.request(f"--kubeconfig={file}").identity == (("authorization", "Bearer from-file"),)


def test_token_replaces_a_missing_token_file(both: Both, tmp_path: Path, cluster: dict[str, Any]) -> None:
    file = simple(tmp_path / "config", cluster, {"token": "inline", "tokenFile": "gone"})

    assert both.request(f"--kubeconfig={file}").identity == (("authorization", "Bearer inline"),)


def test_token_flag_takes_precedence_over_token_and_plugin(both: Both, tmp_path: Path, cluster: dict[str, Any]) -> None:
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "false", "interactiveMode": "Never"}
    file = kubeconfig(
        tmp_path / "config",
        clusters={"c": cluster},
        users={"u": {"token": "inline"}, "v": {"exec": plugin}},
        contexts={name: {"cluster": "c", "user": name} for name in "uv"},
    )

    for context in "uv":
        asked = both.request(f"--kubeconfig={file}", f"--context={context}", "--token=flag")
        assert asked.identity == (("authorization", "Bearer flag"),)


@pytest.mark.parametrize("inline", [False, True], ids=["files", "data"])
def test_client_certificate(
    both: Both, tmp_path: Path, cluster: dict[str, Any], client_certificate: Certificate, *, inline: bool
) -> None:
    user = {"client-certificate": str(client_certificate.path), "client-key": str(client_certificate.key)}
    if inline:
        user = {
            "client-certificate-data": encoded(client_certificate.path),
            "client-key-data": encoded(client_certificate.key),
        }

    assert both.request(f"--kubeconfig={simple(tmp_path / 'config', cluster, user)}").certificate == "carla"


def test_client_certificate_flags_are_combined_with_the_token(
    both: Both, tmp_path: Path, cluster: dict[str, Any], client_certificate: Certificate
) -> None:
    stale = {"token": "t", "client-certificate": "/gone", "client-key": "/gone"}
    file = simple(tmp_path / "config", cluster, stale)
    flags = [f"--client-certificate={client_certificate.path}", f"--client-key={client_certificate.key}"]

    asked = both.request(f"--kubeconfig={file}", *flags)
    assert (asked.certificate, asked.identity) == ("carla", (("authorization", "Bearer t"),))


@pytest.mark.parametrize("scheme", ["http://", ""])
def test_no_credential_is_sent_over_plain_http(
    both: Both, tmp_path: Path, plain: Recorder, scheme: str, client_certificate: Certificate
) -> None:
    user = {
        "token": "t",
        "client-certificate": str(client_certificate.path),
        "client-key": str(client_certificate.key),
        **ACTING,
    }
    file = simple(tmp_path / "config", {"server": f"{scheme}127.0.0.1:{plain.port}"}, user)

    names = {name for name, _ in both.request(f"--kubeconfig={file}").identity}
    assert "authorization" not in names
    assert "impersonate-user" in names


def test_plugin_is_not_run_for_plain_http(both: Both, tmp_path: Path, plain: Recorder) -> None:
    plugin = {"apiVersion": "client.authentication.k8s.io/v1", "command": "false", "interactiveMode": "Never"}
    file = simple(tmp_path / "config", {"server": plain.url}, {"exec": plugin})

    assert not both.request(f"--kubeconfig={file}").identity
