"""The programs on Debian 11, in a root directory with glibc 2.31, no Python and no CA certificates."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from binary.debian import debian_root, within
from binary.programs import COMPLETION, KUBECTL_PLUGIN, folder, ibmcloud_plugin
from control_plane.waiting import until
from kubeconfig.files import encoded, simple
from program import Program
from pullsecret import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.given import Cluster

pytestmark = pytest.mark.mounts


@pytest.fixture(scope="session")
def root() -> Path:
    """Debian 11."""
    return debian_root("bullseye")


@pytest.fixture
def inside(root: Path, tmp_path: Path, plane: Cluster) -> list[str]:
    """The beginning of a command line in that root: the programs are in /opt, and a kubeconfig in /mnt."""
    shutil.copy(ibmcloud_plugin(), tmp_path / "ibmcloud-pullsecret")
    assert plane.access.ca
    server = {"server": plane.access.server, "certificate-authority-data": encoded(plane.access.ca)}
    simple(tmp_path / "config", server, {"token": plane.access.token})
    return within(root, opt=folder(), mnt=tmp_path)


def test_glibc_there_is_old(inside: list[str]) -> None:
    printed = subprocess.run([*inside, "ldd", "--version"], capture_output=True, text=True, check=True).stdout

    assert " 2.31\n" in printed


@pytest.mark.parametrize("file", [f"/opt/{KUBECTL_PLUGIN}", "/mnt/ibmcloud-pullsecret"])
def test_programs_run_and_reach_the_server(inside: list[str], tmp_path: Path, namespace: str, file: str) -> None:
    program = Program([*inside, file], tmp_path)
    env = {"KUBECONFIG": "/mnt/config", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}

    assert program("version").stdout == f"{__version__}\n"
    assert "Usage:" in program("--help", env=env).stdout
    assert "No pull secrets found" in program("list", "-n", namespace, env=env).stderr


def test_completion_there_has_the_names_of_the_cluster(inside: list[str], tmp_path: Path, namespace: str) -> None:
    tab = Program([*inside, f"/opt/{COMPLETION}"], tmp_path)
    env = {"KUBECONFIG": "/mnt/config"}

    assert "copy\t" in tab("", env=env).stdout
    until(lambda: namespace in tab("copy", "-n", "", env=env).stdout, "the namespace")
