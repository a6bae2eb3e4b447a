"""Files, flags and environment resolved to one connection, without a server."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from pullsecret.cluster.kubeconfig.connection import Connection, resolve_connection
from pullsecret.cluster.kubeconfig.user import User
from pullsecret.errors import ConfigError, PullSecretError
from pullsecret.model.request.connection import ConnectionFlags
from pullsecret.network.address import server_url

if TYPE_CHECKING:
    from pathlib import Path

FLAG, SECRET = "flag", "S3CRET"
POD = {"KUBERNETES_SERVICE_HOST": "10.0.0.1", "KUBERNETES_SERVICE_PORT": "443"}


@pytest.fixture
def account(tmp_path: Path) -> Path:
    """A pod's mounted service account."""
    directory = tmp_path / "account"
    directory.mkdir()
    for name, content in {"token": "mounted\n", "ca.crt": "CA", "namespace": "team-a\n"}.items():
        (directory / name).write_text(content)
    return directory


def kubeconfig(tmp_path: Path, cluster: dict[str, Any], user: dict[str, Any], **context: str) -> str:
    """The name of a file with one context."""
    content = {
        "current-context": "x",
        "clusters": [{"name": "c", "cluster": cluster}],
        "users": [{"name": "u", "user": user}],
        "contexts": [{"name": "x", "context": {"cluster": "c", "user": "u", **context}}],
    }
    (tmp_path / "config").write_text(json.dumps(content))
    return str(tmp_path / "config")


def in_pod(tmp_path: Path, account: Path, flags: ConnectionFlags | None = None, **environ: str) -> Connection:
    return resolve_connection(flags or ConnectionFlags(), {"HOME": str(tmp_path), **POD, **environ}, account=account)


def test_pod_uses_its_service_account(tmp_path: Path, account: Path) -> None:
    connection = in_pod(tmp_path, account)

    assert (connection.server, connection.namespace) == ("https://10.0.0.1:443", "team-a")
    assert (connection.user.token_file, connection.trust.ca) == (str(account / "token"), b"CA")


def test_pod_namespace_variable_takes_precedence_over_the_mounted_one(tmp_path: Path, account: Path) -> None:
    assert in_pod(tmp_path, account, POD_NAMESPACE="team-b").namespace == "team-b"


def test_pod_without_a_namespace_is_in_default(tmp_path: Path, account: Path) -> None:
    (account / "namespace").unlink()

    assert in_pod(tmp_path, account).namespace == "default"


def test_pod_of_ipv6(tmp_path: Path, account: Path) -> None:
    assert in_pod(tmp_path, account, KUBERNETES_SERVICE_HOST="fd00::1").server == "https://[fd00::1]:443"


def test_pod_with_flags_for_token_and_authority(tmp_path: Path, account: Path) -> None:
    (tmp_path / "other.crt").write_text("OTHER")
    flags = ConnectionFlags(token=FLAG, certificate_authority=str(tmp_path / "other.crt"), as_user="bob")
    connection = in_pod(tmp_path, account, flags)

    assert (connection.user.token, connection.user.token_file) == ("flag", "")
    assert (connection.trust.ca, connection.impersonation.user) == (b"OTHER", "bob")


@pytest.mark.parametrize("missing", list(POD))
def test_process_without_the_variables_is_in_no_pod(tmp_path: Path, account: Path, missing: str) -> None:
    connection = resolve_connection(ConnectionFlags(), {"HOME": str(tmp_path), **POD, missing: ""}, account=account)

    assert (connection.server, connection.namespace) == ("http://localhost:8080", "default")


def test_process_without_a_token_is_in_no_pod(tmp_path: Path, account: Path) -> None:
    (account / "token").unlink()

    assert in_pod(tmp_path, account).server == "http://localhost:8080"


def test_kubeconfig_takes_precedence_over_the_pod(tmp_path: Path, account: Path) -> None:
    file = kubeconfig(tmp_path, {"server": "https://there"}, {"token": "t"}, namespace="default")
    connection = in_pod(tmp_path, account, KUBECONFIG=file)

    assert (connection.server, connection.user.token, connection.namespace) == ("https://there", "t", "default")


def test_context_without_a_namespace_has_that_of_the_pod(tmp_path: Path, account: Path) -> None:
    file = kubeconfig(tmp_path, {"server": "https://there"}, {"token": "t"})

    assert in_pod(tmp_path, account, KUBECONFIG=file).namespace == "team-a"


def test_default_server_may_come_from_the_environment(tmp_path: Path) -> None:
    environ = {"HOME": str(tmp_path), "KUBERNETES_MASTER": "https://master"}

    assert resolve_connection(ConnectionFlags(token=FLAG), environ).server == "https://master"


def test_certificate_flags_replace_the_data_of_the_file(tmp_path: Path) -> None:
    (tmp_path / "pem").write_text("PEM")
    user = {"client-certificate-data": "AAAA", "client-key-data": "AAAA"}
    flags = ConnectionFlags(
        kubeconfig=kubeconfig(tmp_path, {"server": "https://there"}, user),
        client_certificate=str(tmp_path / "pem"),
        client_key=str(tmp_path / "pem"),
    )
    pair = resolve_connection(flags, {}).user.key_pair

    assert pair is not None
    assert (pair.certificate, pair.key) == (b"PEM", b"PEM")


@pytest.mark.parametrize(
    ("server", "expected"),
    [
        ("https://c", "https://c"),
        ("HTTPS://C:6443/", "https://C:6443"),
        ("https://c/a/b/", "https://c/a/b"),
        ("https://c/a?b#d", "https://c/a"),
        ("https://user:S3CRET@c:1", "https://c:1"),
        ("127.0.0.1:6443", "http://127.0.0.1:6443"),
        ("localhost:8080", "http://localhost:8080"),
        ("c", "http://c"),
        ("https://c/ä b%20", "https://c/%C3%A4%20b%20"),
        ("https://[::1]:6443", "https://[::1]:6443"),
        ("https://c/a[b]", "https://c/a[b]"),
    ],
)
def test_server_is_a_url(server: str, expected: str) -> None:
    assert server_url(server) == expected


@pytest.mark.parametrize(
    "server",
    [
        *(
            "",
            "https://",
            "https://c:x",
            "https://c:99999",
            "https://[::1",
            "ftp://c",
            "//",
            "https://a b",
            "https://a\x00",
        ),
        *("https://a\tb", "https://a%1", "https://a/%Y", " https://a", "https://[::1]88080", "http:/c", "c:8080/path"),
    ],
)
def test_server_that_is_not_a_url_is_refused(server: str) -> None:
    with pytest.raises(ConfigError, match="host must be a URL or a host:port pair"):
        server_url(server)


@pytest.mark.parametrize("data", ["=", "A", "*", "AAA", "ä"])
def test_data_that_is_not_base64_is_refused(tmp_path: Path, data: str) -> None:
    file = kubeconfig(tmp_path, {"server": "https://c", "certificate-authority-data": data}, {"token": "t"})

    with pytest.raises(PullSecretError, match="is not base64"):
        resolve_connection(ConnectionFlags(kubeconfig=file), {})


def test_repr_of_a_connection_shows_no_credential(tmp_path: Path) -> None:
    user = {
        "token": "S3CRET",
        "tokenFile": "/f",
        "exec": {
            "apiVersion": "client.authentication.k8s.io/v1",
            "command": "c",
            "args": ["S3CRET"],
            "env": [{"name": "A", "value": "S3CRET"}],
            "interactiveMode": "Never",
        },
    }
    cluster = {"server": "https://c", "proxy-url": "http://u:S3CRET@p"}
    connection = resolve_connection(ConnectionFlags(kubeconfig=kubeconfig(tmp_path, cluster, user)), {})

    assert "S3CRET" in connection.user.token + connection.proxy
    assert "S3CRET" not in repr(connection) + repr(connection.user) + repr(User(password=SECRET))
