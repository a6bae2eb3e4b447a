"""The archive, unpacked with tar."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from packages.offered import assert_used, the

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from program import Program


def test_archive_unpacked_by_tar(tmp_path: Path, kubectl: Program, api: Api, namespace: str) -> None:
    programs = tmp_path / "programs"
    programs.mkdir()

    subprocess.run(["tar", "xf", the("kubectl-pullsecret_v*.tar.gz"), "-C", programs], check=True)

    assert_used(kubectl, api, namespace, programs)
