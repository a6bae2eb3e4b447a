"""What the tests of docs/guides/ci.md render without Helm is what Helm renders."""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest

from ci_guide import CHARTS, MARKED_BLOCKS
from helm_stand_in import rendered

if TYPE_CHECKING:
    from pathlib import Path

    from program import Program


@pytest.mark.parametrize("patches", [(), ("change",), ("change", "fix")])
def test_the_chart_of_the_guide(helm: Program, tmp_path: Path, patches: tuple[str, ...]) -> None:
    shutil.copytree(CHARTS, tmp_path / "charts")
    for name in patches:
        subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=MARKED_BLOCKS["patch", name], text=True, check=True)
    chart = tmp_path / "charts" / "shop"

    assert helm("template", "shop", chart).stdout == rendered("shop", chart)


def test_the_hook_of_the_guide(helm: Program, tmp_path: Path) -> None:
    chart = tmp_path / "shop"
    shutil.copytree(CHARTS / "shop", chart)
    (chart / "templates" / "tests").mkdir()
    (chart / "templates" / "tests" / "can-pull.yaml").write_text(MARKED_BLOCKS["snippet", "helm"])

    assert "args: [can-pull, deployment/shop]" in helm("template", "shop", chart).stdout
