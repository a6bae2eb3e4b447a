"""What GitHub runs is pinned, and may do no more than it must: a moved tag must not reach a release.

Actions are pinned by the hash of a commit, images by their digest, packages by the hashes in build/locks.
"""

from __future__ import annotations

import re
import stat
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from program import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.source

WORKFLOWS = sorted((CHECKOUT / ".github" / "workflows").glob("*.yml"))
PINNED_ACTION = re.compile(r"uses: [\w.-]+/[\w.-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
PINNED_IMAGE = re.compile(r"image: \S+@sha256:[0-9a-f]{64}$")
PIP = re.compile(r"\bpip3? (?:install|download)\b.*")
PIP_OPTIONS = ({"--require-hashes", "--only-binary=:all:"}, {"--no-index", "--no-build-isolation"})
"""The flags that pip needs, so that each file it uses has a hash in a lock: building a source would need others."""
SCRIPT = re.compile(r"(?:^|[\s;&])((?:build/[\w-]+\.sh|\.ci/run))\b")


def jobs(workflow: Path) -> dict[str, dict[str, Any]]:
    """The jobs of a workflow, by name."""
    found: dict[str, dict[str, Any]] = yaml.safe_load(workflow.read_text())["jobs"]
    return found


def steps(workflow: Path) -> Iterator[dict[str, Any]]:
    """The steps of all jobs."""
    return (step for job in jobs(workflow).values() for step in job["steps"])


def commands(workflow: Path) -> str:
    """What the steps run in a shell, each command on one line."""
    return "\n".join(step["run"] for step in steps(workflow) if "run" in step).replace("\\\n", " ")


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_actions_and_images_are_pinned(workflow: Path) -> None:
    lines = [line.strip().removeprefix("- ") for line in workflow.read_text().splitlines()]

    loose = [line for line in lines if line.startswith("uses:") and not PINNED_ACTION.match(line)]
    loose += [line for line in lines if line.startswith("image:") and not PINNED_IMAGE.match(line)]

    assert loose == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_scripts_that_workflows_run_exist(workflow: Path) -> None:
    scripts = [CHECKOUT / name for name in SCRIPT.findall(commands(workflow))]

    assert scripts
    assert all(script.stat().st_mode & stat.S_IXUSR for script in scripts)


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_packages_are_installed_by_hash(workflow: Path) -> None:
    installs = PIP.findall(commands(workflow))

    assert [line for line in installs if not any(options <= set(line.split()) for options in PIP_OPTIONS)] == []


def test_scripts_install_packages_by_hash() -> None:
    scripts = [path for path in (CHECKOUT / "build").rglob("*") if path.suffix in {".py", ".sh"}]
    pips = [path for path in scripts if '"pip"' in path.read_text() or PIP.search(path.read_text())]

    assert pips
    assert [path.name for path in pips if "--require-hashes" not in path.read_text()] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_containers_have_no_privileges(workflow: Path) -> None:
    containers = [job["container"] for job in jobs(workflow).values() if "container" in job]

    assert [container for container in containers if set(container) != {"image"}] == []


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_token_reads_and_is_not_kept_in_the_checkout(workflow: Path) -> None:
    permissions = yaml.safe_load(workflow.read_text())["permissions"]
    checkouts = [step for step in steps(workflow) if step.get("uses", "").startswith("actions/checkout@")]

    assert permissions == {"contents": "read"}
    assert checkouts
    assert all(step["with"]["persist-credentials"] is False for step in checkouts)


def test_only_publishing_writes_and_signs() -> None:
    found = {f"{path.stem}/{name}": job for path in WORKFLOWS for name, job in jobs(path).items()}

    assert {name: job["permissions"] for name, job in found.items() if "permissions" in job} == {
        "release/publish": {"contents": "write"}
    }
    assert [name for name, job in found.items() if "secrets." in str(job)] == ["release/publish"]
    assert "cache" not in (CHECKOUT / ".github" / "workflows" / "release.yml").read_text()


@pytest.mark.parametrize("workflow", WORKFLOWS, ids=lambda path: path.stem)
def test_no_text_of_others_becomes_a_command(workflow: Path) -> None:
    assert re.findall(r"\$\{\{(?!\s*matrix\.)[^}]*\}\}", commands(workflow)) == []


def test_pull_requests_run_every_suite() -> None:
    (suites,) = re.findall(r"^\[ \$# -gt 0 \] \|\| set -- (.+)$", (CHECKOUT / ".ci" / "run").read_text(), re.MULTILINE)
    workflow = yaml.safe_load((CHECKOUT / ".github" / "workflows" / "checks.yml").read_text())

    assert workflow["jobs"]["suite"]["strategy"]["matrix"]["suite"] == suites.split()
