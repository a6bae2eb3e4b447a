"""The programs work in every directory, and without much that a machine usually has."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from binary.programs import COMPLETION, KUBECTL_PLUGIN, apart, folder, ibmcloud_plugin
from kubeconfig.files import script, simple
from kubeconfig.plugin import V1, credential
from program import Program
from pullsecret import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.given import Cluster

FULL = 'mount -t tmpfs -o size=4k tmpfs "$TMPDIR"; head -c 64k /dev/zero > "$TMPDIR/full" 2>&- || :'

DENIED = {
    "umask": ["sh", "-c", 'umask 077; exec "$@"', "sh"],
    "no-home": ["env", "-u", "HOME"],
    "no-environment-but-kubeconfig": ["sh", "-c", 'exec env -i KUBECONFIG="$KUBECONFIG" "$@"', "sh"],
    "python-s-variables": ["env", "PYTHONHOME=/nonexistent", "PYTHONPATH=/nonexistent", "PYTHONVERBOSE=1"],
    "no-tmpdir": ["env", "TMPDIR=/nonexistent"],
    "a-python-s-modules-here": ["sh", "-c", 'cd "$TMPDIR"; echo "raise SystemExit(9)" > json.py; exec "$@"', "sh"],
}
"""What is done to a program before it starts."""

MOUNTED = {
    "noexec-tmpdir": apart('mount -t tmpfs -o noexec tmpfs "$TMPDIR"'),
    "full-tmpdir": apart(FULL),
    "read-only-root": apart("mount --make-rprivate /", "mount -o remount,bind,ro /"),
    "empty-etc": apart("mount -t tmpfs tmpfs /etc"),
    "no-proc": apart("mount -t tmpfs tmpfs /proc"),
}
"""The same, with a file system of its own."""

BEFORE = [pytest.param(before, id=name) for name, before in DENIED.items()]
BEFORE += [pytest.param(before, id=name, marks=pytest.mark.mounts) for name, before in MOUNTED.items()]


@pytest.mark.parametrize("before", BEFORE)
def test_programs_work_without(plane: Cluster, tmp_path: Path, namespace: str, before: list[str]) -> None:
    denied = Program([*before, str(folder() / KUBECTL_PLUGIN)], tmp_path, plane.admin_kubeconfig)
    of_ibmcloud = Program([*before, str(ibmcloud_plugin())], tmp_path, plane.admin_kubeconfig)
    own = {"TMPDIR": str(tmp_path)}

    for program in (denied, of_ibmcloud):
        listed = program("list", "-n", namespace, env=own)
        assert (listed.stdout, listed.stderr) == ("", f"No pull secrets found in namespace {namespace}.\n")


@pytest.mark.parametrize("place", ["with blanks", "名前", "'quoted'"])
def test_directory_may_have_any_name(offline: Program, kubectl: Program, tmp_path: Path, place: str) -> None:
    copied = shutil.copytree(folder(), tmp_path / place)

    assert Program([str(copied / KUBECTL_PLUGIN)], offline.home)("version").stdout == f"{__version__}\n"
    assert_kubectl_finds(kubectl, copied)


def test_links_lead_to_the_programs(kubectl: Program, tmp_path: Path) -> None:
    links = tmp_path / "bin"
    links.mkdir()
    for name in (KUBECTL_PLUGIN, COMPLETION):
        links.joinpath(name).symlink_to(folder() / name)

    assert_kubectl_finds(kubectl, links)


def test_link_of_another_name_completes_too(offline: Program, tmp_path: Path) -> None:
    link = tmp_path / "any"
    link.symlink_to(folder() / COMPLETION)

    assert Program([str(link)], offline.home)("vers").stdout.startswith("version\t")


def test_completion_without_the_program_next_to_it_offers_nothing(offline: Program, tmp_path: Path) -> None:
    alone = shutil.copy(folder() / COMPLETION, tmp_path)

    result = Program([str(alone)], offline.home)("copy", "")

    assert (result.stdout, result.stderr) == (":4\n", "")


def assert_kubectl_finds(kubectl: Program, directory: Path) -> None:
    """kubectl finds the program on PATH, as a plugin and for completion."""
    env = {"PATH": f"{directory}{os.pathsep}{os.environ['PATH']}"}
    assert kubectl("pullsecret", "version", env=env).stdout == f"{__version__}\n"
    assert "copy\t" in kubectl("__complete", "pullsecret", "", env=env).stdout


@pytest.mark.parametrize("given", [None, "/some/where"], ids=["unset", "set"])
def test_credential_plugins_get_the_user_s_own_libraries(
    plane: Cluster, tmp_path: Path, namespace: str, given: str | None
) -> None:
    """A frozen program that leads its children to its own libraries breaks them."""
    answer, environment = tmp_path / "answer", tmp_path / "environment"
    answer.write_text(credential({"token": plane.access.token}))
    plugin = script(tmp_path / "plugin", f"env > {environment}", f"cat {answer}")
    user = {"exec": {"apiVersion": V1, "command": str(plugin), "interactiveMode": "Never"}}
    server = {"server": plane.access.server, "certificate-authority": str(plane.access.ca)}
    program = Program([str(folder() / KUBECTL_PLUGIN)], tmp_path, simple(tmp_path / "config", server, user))
    env = {} if given is None else {"LD_LIBRARY_PATH": given}

    program("list", "-n", namespace, env=env)

    variables = dict(line.partition("=")[::2] for line in environment.read_text().splitlines())
    own = {*program.environment(env=env), "PWD", "OLDPWD", "SHLVL", "_", "KUBERNETES_EXEC_INFO"}
    assert variables.get("LD_LIBRARY_PATH") == given
    assert set(variables) <= own


def test_nothing_is_written_into_the_directory_of_the_program(offline: Program, tmp_path: Path) -> None:
    copied = shutil.copytree(folder(), tmp_path / "copied")
    before = sorted(copied.rglob("*"))

    Program([str(copied / KUBECTL_PLUGIN)], offline.home)("copy", "--help")

    assert sorted(copied.rglob("*")) == before


def test_version_of_the_renamed_ibmcloud_plugin(tmp_path: Path) -> None:
    renamed = shutil.copy(ibmcloud_plugin(), tmp_path / "pullsecret")

    printed = subprocess.run([renamed, "version"], capture_output=True, text=True, check=True).stdout

    assert printed == f"{__version__}\n"
