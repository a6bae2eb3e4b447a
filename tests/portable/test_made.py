"""The files in dist/portable/: what the archive contains, and that each build gives the same bytes."""

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
from release.freeze import LEFT_OUT, LEFT_OUT_ON_LINUX

WITHOUT_LIBRARY = """
import sys, sysconfig
sysconfig.get_config_var = {"Py_ENABLE_SHARED": 0}.get
from release.portable import main
sys.argv[1:] = ["--dist", sys.argv[1]]
sys.exit(main())
"""


def test_archive_has_the_files_of_the_directory_and_no_links() -> None:
    """krew accepts nothing else (krew: internal/download)."""
    with tarfile.open(archive()) as tar:
        members = tar.getmembers()
    files = sorted(str(path.relative_to(folder())) for path in folder().rglob("*") if path.is_file())

    assert sorted(one.name for one in members) == files
    assert all(one.isreg() for one in members)
    assert {KUBECTL_PLUGIN, COMPLETION, *LICENSES} <= {*files}
    assert {KUBECTL_PLUGIN, COMPLETION} == {one.name for one in members if one.mode == 0o755 and "/" not in one.name}


def test_programs_are_small_and_have_no_module_that_is_left_out() -> None:
    inside = folder() / "_internal"
    left_out = [name.replace(".", "/") for name in (*LEFT_OUT, *LEFT_OUT_ON_LINUX)]

    assert archive().stat().st_size <= 12 * 2**20
    assert ibmcloud_plugin().stat().st_size <= 12 * 2**20
    assert [name for name in left_out if (inside / name).exists() or (inside / f"{name}.pyc").exists()] == []


def test_licenses_of_all_parts_are_included() -> None:
    text = (folder() / "LICENSES-OF-PARTS").read_text()

    parts = {*re.findall(r"^=== (\S+) \S*\d\.\d\S*$", text, re.MULTILINE)}
    assert {"python", "pyinstaller", "pyyaml", "kubernetes", "typer", "rich", "urllib3"} <= parts


def test_programs_built_in_another_directory_are_the_same(tmp_path: Path) -> None:
    for part in ("build", "plugins"):
        shutil.copytree(CHECKOUT / part, tmp_path / part, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("LICENSE", "pyproject.toml"):
        shutil.copy(CHECKOUT / name, tmp_path)
    elsewhere = {**os.environ, "TMPDIR": str(tmp_path), "PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}

    subprocess.run([tmp_path / "build" / "portable.sh"], env=elsewhere, check=True, capture_output=True)

    first, second = folder().parent, tmp_path / "dist" / "portable"
    made = sorted(path.relative_to(second) for path in second.rglob("*") if path.is_file())
    assert made == sorted(path.relative_to(first) for path in first.rglob("*") if path.is_file())
    assert Path(IBMCLOUD_PLUGIN) in made
    assert [str(path) for path in made if not filecmp.cmp(first / path, second / path, shallow=False)] == []


def test_python_without_a_shared_library_is_refused(tmp_path: Path) -> None:
    refused = subprocess.run(
        [sys.executable, "-c", WITHOUT_LIBRARY, tmp_path / "dist"],
        env={**os.environ, "PYTHONPATH": str(CHECKOUT / "build")},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (refused.stdout, refused.returncode) == ("", 1)
    assert refused.stderr.startswith(
        f"portable: error: {sys.executable} has no shared library, which PyInstaller needs"
    )
    assert refused.stderr.count("\n") == 1


@pytest.mark.parametrize("python", ["/nonexistent/python", "/bin/false"])
def test_what_is_no_python_is_refused(python: str) -> None:
    refused = subprocess.run(
        [CHECKOUT / "build" / "portable.sh"],
        env={**os.environ, "PYTHON": python},
        capture_output=True,
        text=True,
        check=False,
    )

    message = "error: no Python 3.11 or later with the modules venv and ensurepip\n"
    assert (refused.stderr, refused.returncode) == (message, 1)
