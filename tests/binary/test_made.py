"""The files in dist/: what they contain, what they need, and that each build gives the same."""

from __future__ import annotations

import filecmp
import os
import re
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path

import pytest

from binary.programs import COMPLETION, IBMCLOUD_PLUGIN, KUBECTL_PLUGIN, LICENSES, archive, folder, ibmcloud_plugin
from program import CHECKOUT
from pullsecret.commands.app import COMMAND_FUNCTIONS as COMMANDS

OLDEST_GLIBC = (2, 28)  # RHEL 8's
GLIBC_S_OWN = {
    "ld-linux-x86-64.so.2",
    "ld-linux-aarch64.so.1",
    *(f"lib{name}" for name in ("c.so.6", "m.so.6", "dl.so.2", "pthread.so.0", "rt.so.1", "util.so.1")),
}
PROGRAMS = {KUBECTL_PLUGIN, COMPLETION, IBMCLOUD_PLUGIN}
PAGES = {
    f"man/man1/{name}.1" for name in (KUBECTL_PLUGIN, COMPLETION, *(f"kubectl-pullsecret-{it}" for it in COMMANDS))
}
FILES = sorted([*PROGRAMS, *LICENSES, *PAGES])


@pytest.fixture(params=[KUBECTL_PLUGIN, COMPLETION, "ibmcloud"])
def program(request: pytest.FixtureRequest) -> Path:
    """Each program."""
    return ibmcloud_plugin() if request.param == "ibmcloud" else folder() / str(request.param)


def read_elf(program: Path, *what: str) -> str:
    return subprocess.run(["readelf", "--wide", *what, program], capture_output=True, text=True, check=True).stdout


def test_programs_need_an_old_glibc_and_nothing_else(program: Path) -> None:
    printed = read_elf(program, "--dynamic", "--version-info")

    needed = [tuple(map(int, version.split("."))) for version in re.findall(r"\bGLIBC_([\d.]+)", printed)]
    libraries = set(re.findall(r"\(NEEDED\).*\[(.+)]", printed))

    assert max(needed) <= OLDEST_GLIBC
    assert libraries <= GLIBC_S_OWN


def test_programs_are_hardened(program: Path) -> None:
    """Position-independent, with full RELRO, and with buffers checked."""
    dynamic, segments = read_elf(program, "--dynamic"), read_elf(program, "--segments")

    assert re.search(r"\(FLAGS_1\) .*\bNOW\b.* PIE\b", dynamic)
    assert "TEXTREL" not in dynamic
    assert re.search(r"^ *GNU_RELRO ", segments, re.MULTILINE)
    assert re.search(r"^ *GNU_STACK .* RW  ", segments, re.MULTILINE)
    assert not re.search(r"^ *LOAD .* .WE ", segments, re.MULTILINE)
    assert re.search(r" __\w+_chk@", read_elf(program, "--dyn-syms"))  # glibc's functions that know a buffer's size


def test_archive_has_the_plain_files_of_the_directory_only() -> None:
    """krew accepts nothing else (krew: internal/download)."""
    with tarfile.open(archive()) as tar:
        members = tar.getmembers()
        same = [tar.extractfile(one).read() == (folder() / one.name).read_bytes() for one in members]  # type: ignore[union-attr]

    inside = sorted(str(path.relative_to(folder())) for path in folder().rglob("*") if path.is_file())
    assert [one.name for one in members] == inside == FILES
    assert all(one.isreg() for one in members)
    assert all(same)
    assert {one.name for one in members if one.mode == 0o755} == PROGRAMS
    assert {(one.uid, one.gid, one.uname, one.gname) for one in members} == {(0, 0, "", "")}


def test_archive_is_small() -> None:
    assert archive().stat().st_size <= 26 * 2**20


def test_licenses_of_all_parts_are_included() -> None:
    text = (folder() / "LICENSES-OF-PARTS").read_text()

    parts = {*re.findall(r"^=== (\S+) \S*\d\.\d\S*$", text, re.MULTILINE)}
    assert {"python3.13", "openssl", "zlib", "libffi", "libyaml", "pyyaml", "kubernetes", "typer", "rich"} <= parts


def test_programs_built_in_another_directory_are_the_same(tmp_path: Path) -> None:
    for part in ("build", "plugins", "docs"):
        shutil.copytree(CHECKOUT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, tmp_path)
    elsewhere = {
        **os.environ,
        "PYTHONPATH": str(tmp_path / "build"),
        "TMPDIR": str(tmp_path),
        "PYTHONHASHSEED": "7",
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
    }

    subprocess.run([sys.executable, "-m", "release.programs"], env=elsewhere, check=True, capture_output=True)

    first, second = folder().parent, tmp_path / "dist"
    made = sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    assert made == sorted(
        [
            *(Path(KUBECTL_PLUGIN, name) for name in FILES),
            archive().relative_to(first),
            ibmcloud_plugin().relative_to(first),
        ]
    )
    assert [str(path) for path in made if not filecmp.cmp(first / path, second / path, shallow=False)] == []
