"""The wheel on Debian 13, with the Python 3.13 of the system, which checks certificates more strictly by default."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from binary.debian import debian_root, within
from binary.empty_server import object_at
from kubeconfig.certificates import Authority
from kubeconfig.files import encoded, simple
from kubeconfig.recorder import Recorder
from objects import docker_config_secret, registry_entry
from packages.offered import SYSTEM, the
from program import Program
from pullsecret import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from control_plane.given import Cluster
    from namespaces import Namespaces

pytestmark = pytest.mark.mounts

INSTALL = """
mkdir wheels
tar --extract --file wheels.tar --strip-components 1 --directory wheels
python3 -m venv python
cd wheels
../python/bin/pip install --quiet --no-compile --no-index --find-links . --require-hashes --requirement requirements.txt
../python/bin/pip check
"""
ENV = {"PATH": SYSTEM, "KUBECONFIG": "/mnt/config"}


@pytest.fixture(scope="session")
def root() -> Path:
    """Debian 13 with Python, and nothing else that a program of Python needs."""
    return debian_root("trixie", "python3-venv")


@pytest.fixture
def installed(root: Path, tmp_path: Path) -> list[str]:
    """The beginning of a command line there: the wheel and its locked dependencies are in /mnt/python."""
    shutil.copy(the("wheels-*.tar"), tmp_path / "wheels.tar")
    place = within(root, mnt=tmp_path)
    subprocess.run([*place, "sh", "-euc", f"cd /mnt\n{INSTALL}"], env={"PATH": SYSTEM}, check=True)
    return [*place, "/mnt/python/bin/"]


def test_wheel_on_debian_13(
    installed: list[str], tmp_path: Path, plane: Cluster, api: Api, namespaces: Namespaces
) -> None:
    *place, programs = installed
    plugin, tab = (
        Program([*place, programs + name], tmp_path) for name in ("kubectl-pullsecret", "kubectl_complete-pullsecret")
    )
    source, target = namespaces(2)
    api.create(docker_config_secret("regcred", {"registry.example.com": registry_entry()}), source)
    assert plane.access.ca
    server = {"server": plane.access.server, "certificate-authority-data": encoded(plane.access.ca)}
    simple(tmp_path / "config", server, {"token": plane.access.token})

    assert (
        subprocess.run([*place, "python3", "--version"], capture_output=True, check=True).stdout[:11] == b"Python 3.13"
    )
    assert plugin("version").stdout == f"{__version__}\n"
    plugin("copy", "regcred", "--from", source, "--to", target, "--attach", env=ENV)
    assert api.read("Secret", "regcred", target)["data"] == api.read("Secret", "regcred", source)["data"]
    assert "regcred" in plugin("list", "-n", target, env=ENV).stdout
    assert tab("detach", "-n", target, "", env=ENV).stdout.startswith("regcred")

    assert_old_authority_is_accepted(plugin, tmp_path)


def assert_old_authority_is_accepted(plugin: Program, home: Path) -> None:
    """Connect to a server whose CA lacks what RFC 5280 requires, as of many clusters: keyUsage and a key identifier."""
    authority = Authority(home / "authority", "basicConstraints=critical,CA:true")
    with Recorder(authority.issue("server", "subjectAltName=IP:127.0.0.1")) as server:
        server.answer = object_at
        cluster = {"server": server.url, "certificate-authority-data": encoded(authority.certificate.path)}
        simple(home / "config", cluster, {"token": "t"})

        plugin("list", "-n", "n", env=ENV)

        assert server.requests
