"""The programs work in every directory, and without much that a machine has; where one does not, it says why."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest

from binary.programs import COMPLETION, KUBECTL_PLUGIN, apart, folder, ibmcloud_plugin
from binary.test_places import DENIED, MOUNTED, assert_kubectl_finds
from program import Program

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.given import Cluster

FOR_BOTH = [pytest.param([*before], id=name) for name, before in DENIED.items()]
FOR_FOLDER = [pytest.param([*before], id=name, marks=pytest.mark.mounts) for name, before in MOUNTED.items()]


@pytest.mark.parametrize("before", FOR_BOTH)
def test_programs_work_without(plane: Cluster, tmp_path: Path, namespace: str, before: list[str]) -> None:
    for file in (folder() / KUBECTL_PLUGIN, ibmcloud_plugin()):
        assert_listed(Program([*before, str(file)], tmp_path, plane.admin_kubeconfig), namespace, tmp_path)


@pytest.mark.parametrize("before", FOR_FOLDER)
def test_program_in_a_folder_works_with_mounts(
    plane: Cluster, tmp_path: Path, namespace: str, before: list[str]
) -> None:
    program = Program([*before, str(folder() / KUBECTL_PLUGIN)], tmp_path, plane.admin_kubeconfig)

    assert_listed(program, namespace, tmp_path)


def assert_listed(program: Program, namespace: str, temporary: Path) -> None:
    """The program reaches the cluster, and prints nothing else."""
    listed = program("list", "-n", namespace, env={"TMPDIR": str(temporary)})
    assert (listed.stdout, listed.stderr) == ("", f"No pull secrets found in namespace {namespace}.\n")


@pytest.mark.parametrize("place", ["with blanks", "名前"])
def test_folder_may_be_anywhere_and_read_only_behind_links(kubectl: Program, tmp_path: Path, place: str) -> None:
    """krew makes such links to the programs in its store."""
    copied, links = tmp_path / place, tmp_path / "bin"
    shutil.copytree(folder(), copied)
    links.mkdir()
    for name in (KUBECTL_PLUGIN, COMPLETION):
        links.joinpath(name).symlink_to(copied / name)
    before = sorted(copied.rglob("*"))
    for path in (copied, *copied.rglob("*")):
        path.chmod(path.stat().st_mode & ~0o222)

    assert_kubectl_finds(kubectl, links)
    assert sorted(copied.rglob("*")) == before


def test_copy_of_the_program_alone_says_what_it_lacks(tmp_path: Path) -> None:
    alone = shutil.copy(folder() / KUBECTL_PLUGIN, tmp_path)

    refused = Program([str(alone)], tmp_path)("version", expect=None)

    assert refused.status != 0
    assert "Failed to load Python shared library" in refused.stderr


NOT_FOR_ONE_FILE = {
    "noexec": ('mount -t tmpfs -o noexec tmpfs "$TMPDIR"', "failed to map segment from shared object"),
    "full": ('mount -t tmpfs -o size=64k tmpfs "$TMPDIR"', "Failed to extract"),
}


@pytest.mark.mounts
@pytest.mark.parametrize(("mount", "message"), NOT_FOR_ONE_FILE.values(), ids=NOT_FOR_ONE_FILE.keys())
def test_one_file_says_why_it_cannot_unpack_itself(tmp_path: Path, mount: str, message: str) -> None:
    program = Program([*apart(mount), str(ibmcloud_plugin())], tmp_path)

    refused = program("version", env={"TMPDIR": str(tmp_path)}, expect=None)

    assert refused.status != 0
    assert message in refused.stderr
