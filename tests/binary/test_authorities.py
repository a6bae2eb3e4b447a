"""Servers are recognized by the authorities that the machine trusts, in the directory of each distribution."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from binary.empty_server import object_at
from binary.programs import KUBECTL_PLUGIN, apart, folder
from kubeconfig.certificates import Authority
from kubeconfig.files import encoded, simple
from kubeconfig.recorder import Recorder
from program import Program

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BUNDLES = {
    "debian": "/etc/ssl/certs/ca-certificates.crt",
    "red-hat": "/etc/pki/tls/certs/ca-bundle.crt",
    "suse": "/etc/ssl/ca-bundle.pem",
    "alpine": "/etc/ssl/cert.pem",
}
EMPTY = "mount -t tmpfs tmpfs /etc"


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    """A CA without what RFC 5280 requires: neither keyUsage nor a key identifier, as many clusters have."""
    return Authority(tmp_path_factory.mktemp("authority"), "basicConstraints=critical,CA:true")


@pytest.fixture
def server(authority: Authority) -> Iterator[Recorder]:
    """A server whose certificate is the authority's."""
    with Recorder(authority.issue("server", "subjectAltName=IP:127.0.0.1")) as recorder:
        recorder.answer = object_at
        yield recorder


def listing(home: Path, server: Recorder, before: list[str] | None = None, ca: Path | None = None) -> Program:
    """The program with a kubeconfig for the server, which names no authority unless given one."""
    cluster = {"server": server.url} | ({"certificate-authority-data": encoded(ca)} if ca else {})
    config = simple(home / "config", cluster, {"token": "t"})
    return Program([*(before or []), str(folder() / KUBECTL_PLUGIN), "list", "-n", "n"], home, config)


@pytest.mark.mounts
@pytest.mark.parametrize("bundle", BUNDLES.values(), ids=BUNDLES.keys())
def test_bundle_of_the_distribution(tmp_path: Path, authority: Authority, server: Recorder, bundle: str) -> None:
    place = apart(EMPTY, f"mkdir -p {os.path.dirname(bundle)}", f"cp {authority.certificate.path} {bundle}")  # noqa: PTH120

    listing(tmp_path, server, place)()

    assert server.requests


@pytest.mark.mounts
def test_bundle_in_ssl_cert_file(tmp_path: Path, authority: Authority, server: Recorder) -> None:
    listing(tmp_path, server, apart(EMPTY))(env={"SSL_CERT_FILE": str(authority.certificate.path)})

    assert server.requests


@pytest.mark.mounts
def test_directory_in_ssl_cert_dir(tmp_path: Path, authority: Authority, server: Recorder) -> None:
    directory = tmp_path / "certs"
    directory.mkdir()
    shutil.copy(authority.certificate.path, directory / "our.pem")
    subprocess.run(["openssl", "rehash", directory], check=True)

    listing(tmp_path, server, apart(EMPTY))(env={"SSL_CERT_DIR": str(directory)})

    assert server.requests


def test_authority_in_kubeconfig(tmp_path: Path, authority: Authority, server: Recorder) -> None:
    listing(tmp_path, server, ca=authority.certificate.path)()

    assert server.requests


def test_server_with_an_unknown_authority_is_refused(tmp_path: Path, server: Recorder) -> None:
    refused = listing(tmp_path, server)(expect=1)

    assert "x509: certificate signed by unknown authority" in refused.stderr
    assert not server.requests
