"""What GitHub runs is pinned: actions by the hash of a commit, images by their digest."""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING

import pytest
import yaml

from program import CHECKOUT

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.source

WORKFLOWS = sorted((CHECKOUT / ".github" / "workflows").glob("*.yml"))
PINNED_ACTION = re.compile(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
PINNED_IMAGE = re.compile(r"image: \S+@sha256:[0-9a-f]{64}$")
SCRIPT = re.compile(r"(?:^|[\s;&])((?:build/[\w-]+\.sh|\.ci/run))\b")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_and_images_are_pinned(workflow: Path) -> None:
    lines = [line.strip().removeprefix("- ") for line in workflow.read_text().splitlines()]

    loose = [line for line in lines if line.startswith("uses:") and not PINNED_ACTION.match(line)]
    loose += [line for line in lines if line.startswith("image:") and not PINNED_IMAGE.match(line)]

    assert loose == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_scripts_that_workflows_run_exist(workflow: Path) -> None:
    jobs = yaml.safe_load(workflow.read_text())["jobs"].values()
    commands = "\n".join(step["run"] for job in jobs for step in job["steps"] if "run" in step)

    scripts = [CHECKOUT / name for name in SCRIPT.findall(commands)]

    assert scripts
    assert all(script.stat().st_mode & stat.S_IXUSR for script in scripts)


def test_pull_requests_run_every_suite() -> None:
    (suites,) = re.findall(r"^\[ \$# -gt 0 \] \|\| set -- (.+)$", (CHECKOUT / ".ci" / "run").read_text(), re.MULTILINE)
    workflow = yaml.safe_load((CHECKOUT / ".github" / "workflows" / "checks.yml").read_text())

    assert workflow["jobs"]["suite"]["strategy"]["matrix"]["suite"] == suites.split()
