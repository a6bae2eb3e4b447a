"""The programs on Debian 11, in a root directory with glibc 2.31, no Python and no CA certificates."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from binary.programs import COMPLETION, KUBECTL_PLUGIN, apart, folder, ibmcloud_plugin
from control_plane.build import cache, only_one
from control_plane.waiting import until
from kubeconfig.files import encoded, simple
from program import CHECKOUT, Program
from pullsecret import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.given import Cluster

pytestmark = pytest.mark.mounts

MIRROR = CHECKOUT / "build" / "interpreter" / "mirror.sh"


@pytest.fixture(scope="session")
def root() -> Path:
    """A minimal Debian 11, created once in the user's cache, which takes a minute. Both need root."""
    directory = cache().parent / "bullseye"
    with only_one(cache()):
        if not directory.exists():
            unfinished = directory.with_name("bullseye-unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            mirror = subprocess.run([MIRROR], capture_output=True, text=True, check=True).stdout.strip()
            subprocess.run(["debootstrap", "--variant=minbase", "bullseye", unfinished, mirror], check=True)
            unfinished.rename(directory)
    return directory


@pytest.fixture
def within(root: Path, tmp_path: Path, plane: Cluster) -> list[str]:
    """The beginning of a command line in that root: the programs are in /opt, and a kubeconfig in /mnt."""
    shutil.copy(ibmcloud_plugin(), tmp_path / "ibmcloud-pullsecret")
    assert plane.access.ca
    server = {"server": plane.access.server, "certificate-authority-data": encoded(plane.access.ca)}
    simple(tmp_path / "config", server, {"token": plane.access.token})
    steps = (f"mount --bind {folder()} {root}/opt", f"mount --bind {tmp_path} {root}/mnt")
    return [*apart("mount --make-rprivate /", *steps), "chroot", str(root)]


def test_glibc_there_is_old(within: list[str]) -> None:
    printed = subprocess.run([*within, "ldd", "--version"], capture_output=True, text=True, check=True).stdout

    assert " 2.31\n" in printed


@pytest.mark.parametrize("file", [f"/opt/{KUBECTL_PLUGIN}", "/mnt/ibmcloud-pullsecret"])
def test_programs_run_and_reach_the_server(within: list[str], tmp_path: Path, namespace: str, file: str) -> None:
    program = Program([*within, file], tmp_path)
    env = {"KUBECONFIG": "/mnt/config", "PATH": "/usr/sbin:/usr/bin:/sbin:/bin"}

    assert program("version").stdout == f"{__version__}\n"
    assert "Usage:" in program("--help", env=env).stdout
    assert "No pull secrets found" in program("list", "-n", namespace, env=env).stderr


def test_completion_there_has_the_names_of_the_cluster(within: list[str], tmp_path: Path, namespace: str) -> None:
    tab = Program([*within, f"/opt/{COMPLETION}"], tmp_path)
    env = {"KUBECONFIG": "/mnt/config"}

    assert "copy\t" in tab("", env=env).stdout
    until(lambda: namespace in tab("copy", "-n", "", env=env).stdout, "the namespace")
