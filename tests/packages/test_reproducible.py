"""All files are the same when they are built again in another directory."""

from __future__ import annotations

import filecmp
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

from packages.offered import RELEASE_PATH, dist, the

if TYPE_CHECKING:
    from pathlib import Path


def test_packages_built_in_another_directory_are_the_same(tmp_path: Path) -> None:
    again = tmp_path / "again"
    shutil.copytree(dist() / "kubectl-pullsecret", again / "kubectl-pullsecret", copy_function=shutil.copyfile)
    for name in (dist() / "ibmcloud-pullsecret", the("kubectl-pullsecret_v*.tar.gz")):
        shutil.copyfile(name, again / name.name)
    elsewhere = {
        **os.environ,
        "PYTHONPATH": RELEASE_PATH,
        "TZ": "Asia/Tokyo",
        "LC_ALL": "C",
        "HOSTNAME": "h",
    }

    command: list[str | Path] = [sys.executable, "-m", "release", "--dist", again]
    subprocess.run(command, env=elsewhere, umask=0o077, check=True, capture_output=True)

    made = sorted(path.relative_to(again) for path in again.rglob("*") if path.is_file())
    assert made == sorted(
        path.relative_to(dist()) for path in dist().rglob("*") if path.is_file() and path.name != "SHA256SUMS.sig"
    )
    assert [str(path) for path in made if not filecmp.cmp(dist() / path, again / path, shallow=False)] == []
