"""Server certificates that kubectl accepts and Python's strict mode rejects, and those that both reject."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from kubeconfig.certificates import Authority, Certificate
from kubeconfig.files import encoded, simple
from kubeconfig.recorder import Recorder

if TYPE_CHECKING:
    from pathlib import Path

    from kubeconfig.conftest import Both

NAMES = "subjectAltName=IP:127.0.0.1"


@pytest.mark.parametrize(
    ("of_authority", "of_server"),
    [
        pytest.param("basicConstraints=CA:true", NAMES, id="not critical, no key usage"),
        pytest.param(
            "basicConstraints=critical,CA:true\nsubjectKeyIdentifier=none",
            f"{NAMES}\nauthorityKeyIdentifier=none\nsubjectKeyIdentifier=none",
            id="no key identifiers",
        ),
    ],
)
def test_authority_that_strict_python_rejects(both: Both, tmp_path: Path, of_authority: str, of_server: str) -> None:
    authority = Authority(tmp_path / "ca", of_authority)
    _ask(both, tmp_path, authority.issue("server", of_server), authority.certificate)


def test_servers_own_certificate_as_its_authority(both: Both, tmp_path: Path) -> None:
    itself = Authority(tmp_path / "self", NAMES).certificate
    _ask(both, tmp_path, itself, itself)


def test_certificate_of_a_server_signed_by_others_as_its_authority(
    both: Both, tmp_path: Path, server_certificate: Certificate
) -> None:
    _ask(both, tmp_path, server_certificate, server_certificate)


def test_text_around_the_authoritys_certificate(both: Both, tmp_path: Path, authority: Authority) -> None:
    commented = tmp_path / "ca.crt"
    commented.write_text(f"# the tests' äuthority\n{authority.certificate.path.read_text()}\n# end\n")
    server = authority.issue("commented", NAMES)
    _ask(both, tmp_path, server, Certificate(path=commented, key=commented))


def test_expired_certificate(both: Both, tmp_path: Path, authority: Authority) -> None:
    server = authority.issue("expired", NAMES, expired=True)
    with Recorder(server) as recorder:
        cluster = {"server": recorder.url, "certificate-authority": str(authority.certificate.path)}
        theirs, ours = both.errors(f"--kubeconfig={simple(tmp_path / 'config', cluster, {'token': 't'})}")

    assert theirs.startswith(ours)
    assert ours.endswith("x509: certificate has expired or is not yet valid")


def _ask(both: Both, tmp_path: Path, server: Certificate, authority: Certificate) -> None:
    """Assert that both reach a server with this certificate if they trust this authority."""
    with Recorder(server) as recorder:
        cluster = {"server": recorder.url, "certificate-authority-data": encoded(authority.path)}
        flag = f"--kubeconfig={simple(tmp_path / 'config', cluster, {'token': 't'})}"
        type(both)(both.environ, (recorder,)).request(flag)
