"""krew accepts the manifest and the archive, without a network."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
import yaml

from conftest import home_in
from local_server import LocalServer, Response
from packages.offered import SYSTEM, assert_used, the
from program import Program
from pullsecret import __version__

if TYPE_CHECKING:
    from http.server import BaseHTTPRequestHandler
    from pathlib import Path

    from control_plane.api import Api
    from control_plane.given import Cluster
    from packages.offered import Release


class Download(LocalServer):
    """A home page that has the files of a directory."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.directory = directory

    def respond(self, request: BaseHTTPRequestHandler) -> Response:
        return 200, (), (self.directory / request.path.rpartition("/")[2]).read_bytes()


ARCHIVE = "kubectl-pullsecret_v*_linux_*.tar.gz"


@pytest.fixture
def installing(krew: Path, tmp_path: Path) -> Program:
    """krew, which installs below the home directory."""
    return Program([str(krew / "krew")], home_in(tmp_path))


def test_plugin_from_krew(installing: Program, plane: Cluster, kubectl: Program, api: Api, namespace: str) -> None:
    programs = installing.home / ".krew" / "bin"
    path = os.pathsep.join([str(programs), str(plane.kubectl.parent), SYSTEM])

    installing("install", "--manifest", the("pullsecret.yaml"), "--archive", the(ARCHIVE))
    for line in commands_of_the_caveats():
        subprocess.run(["sh", "-euc", line], env={**kubectl.environment(), "PATH": path}, check=True)

    assert_used(kubectl, api, namespace, programs)


def test_archive_that_was_changed_is_refused(installing: Program, tmp_path: Path) -> None:
    changed = tmp_path / "changed.tar.gz"
    changed.write_bytes(the(ARCHIVE).read_bytes() + b"\0")

    refused = installing("install", "--manifest", the("pullsecret.yaml"), "--archive", changed, expect=1)

    assert "checksum does not match" in refused.stderr


def test_manifest_and_archive_satisfy_the_checker_of_krew(
    krew: Path, release: Release, plane: Cluster, tmp_path: Path
) -> None:
    """It installs the plugin from where the manifest says, and looks for a license."""
    programs = tmp_path / "programs"
    programs.mkdir()
    (programs / "kubectl-krew").symlink_to(krew / "krew")
    path = os.pathsep.join([str(programs), str(plane.kubectl.parent), SYSTEM])
    checker = Program([str(krew / "validate-krew-manifest")], tmp_path)

    with Download(release.directory) as home:
        release.make(url=home.url)
        checker("-manifest", release.directory / "pullsecret.yaml", env={"PATH": path})


def test_manifest_for_all_systems_is_valid(krew: Path, release: Release) -> None:
    """It is written where the archives of all platforms are; krew checks an archive when it installs it."""
    for name in ("darwin_arm64.tar.gz", "linux_arm64.tar.gz", "windows_amd64.zip"):
        release.directory.joinpath(f"kubectl-pullsecret_v{__version__}_{name}").write_text(name)

    release.make()

    made = release.directory / "pullsecret.yaml"
    subprocess.run(
        [krew / "validate-krew-manifest", "-skip-install", "-manifest", made], check=True, capture_output=True
    )
    platforms = {one["uri"].rpartition("_v")[2]: one for one in yaml.safe_load(made.read_text())["spec"]["platforms"]}
    assert len(platforms) == len(list(release.directory.glob("kubectl-pullsecret_v*")))
    assert platforms[f"{__version__}_windows_amd64.zip"]["bin"] == "kubectl-pullsecret.exe"


def commands_of_the_caveats() -> list[str]:
    """The indented lines are commands."""
    spec = yaml.safe_load(the("pullsecret.yaml").read_text())["spec"]
    return [line for line in spec["caveats"].splitlines() if line.startswith("  ")]
