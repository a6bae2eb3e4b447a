"""The hook of .pre-commit-hooks.yaml, run by pre-commit itself in a repository with manifests."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest
import yaml

from objects import deployment, docker_config_secret, pod, registry_entry
from program import CHECKOUT, pullsecret_command
from release.cache import ensure_cached
from release.checkout import LOCKS
from release.python import pip
from shown_output import assert_shown

if TYPE_CHECKING:
    from pathlib import Path

HOOKS = CHECKOUT / ".pre-commit-hooks.yaml"
ID = "check-pull-secrets"
IMAGE = "reg.example.org/acme/web:1"
RIGHT = docker_config_secret("regcred", {"reg.example.org": registry_entry("puller")})
WRONG = docker_config_secret("regcred", {"https://reg.example.org/v2": registry_entry("puller")})
WEB = deployment("web", pod("web", IMAGE, "", pull_secrets=["regcred"]))

pytestmark = pytest.mark.source


@pytest.fixture(scope="session")
def pre_commit() -> Path:
    """A directory with pre-commit and what it needs."""
    lock = LOCKS / "pre-commit.txt"

    def install(directory: Path) -> None:
        subprocess.run([*pip("install"), "--target", directory, "--requirement", lock], check=True)

    return ensure_cached("pre-commit", (lock,), install)


@dataclass(frozen=True)
class Repository:
    """A repository of manifests that uses the hook; the program under test is on its PATH."""

    path: Path
    environment: dict[str, str]

    def git(self, *words: str) -> str:
        """Run git in it, and return what it prints."""
        command = ["git", "-c", "user.name=x", "-c", "user.email=x@example.invalid", "-c", "commit.gpgsign=false"]
        done = subprocess.run(
            [*command, *words], cwd=self.path, env=self.environment, check=True, capture_output=True, text=True
        )
        return done.stdout.strip()

    def stage(self, name: str, *documents: object) -> None:
        """Add a file of YAML documents, or of text, to the next commit."""
        path = self.path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(documents[0] if isinstance(documents[0], str) else yaml.safe_dump_all(documents))
        self.git("add", "--", name)

    def run_hook(self, *flags: str) -> subprocess.CompletedProcess[str]:
        """Run the hook on what is staged, as `git commit` does."""
        command = [sys.executable, "-m", "pre_commit", "run", ID, "--color=never", *flags]
        return subprocess.run(
            command, cwd=self.path, env=self.environment, capture_output=True, text=True, timeout=100, check=False
        )


@pytest.fixture
def repository(pre_commit: Path, tmp_path: Path) -> Repository:
    programs = tmp_path / "bin"
    programs.mkdir()
    program = programs / "kubectl-pullsecret"
    program.write_text(f'#!/bin/sh\nunset PYTHONPATH\nexec {shlex.join(map(str, pullsecret_command()))} "$@"\n')
    program.chmod(0o755)
    environment = {
        "PATH": f"{programs}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(pre_commit),
        "HOME": str(tmp_path),
        "PRE_COMMIT_HOME": str(tmp_path / "cache"),
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    ours, theirs = (Repository(tmp_path / name, environment) for name in ("ours", "theirs"))
    for one in (ours, theirs):
        one.path.mkdir()
        one.git("init", "--quiet")
    ours.stage(HOOKS.name, HOOKS.read_text())
    ours.git("commit", "--quiet", "-m", "The hook")
    # The program is not installed from the package index: the hook is asked to take the one on the PATH.
    hook = {"id": ID, "language": "system"}
    used = {"repo": str(ours.path), "rev": ours.git("rev-parse", "HEAD"), "hooks": [hook]}
    theirs.stage(".pre-commit-config.yaml", {"repos": [used]})
    theirs.git("commit", "--quiet", "-m", "The hook is used")
    return theirs


def test_hook_is_what_pre_commit_expects() -> None:
    (hook,) = yaml.safe_load(HOOKS.read_text())

    assert (hook["id"], hook["language"]) == (ID, "python")
    scripts = CHECKOUT.joinpath("pyproject.toml").read_text()
    assert f'\n{hook["entry"].split()[0]} = "pullsecret.entry.kubectl:run"\n' in scripts


def test_good_manifests_can_be_committed(repository: Repository) -> None:
    repository.stage("web.yaml", WEB)
    repository.stage("secret.yml", RIGHT)
    repository.stage("values.yaml", {"image": IMAGE})
    repository.stage("package.json", "{}")

    result = repository.run_hook("--verbose")

    assert result.returncode == 0, result.stdout + result.stderr
    assert "Passed" in result.stdout
    assert "no findings" in result.stdout


def test_commit_with_a_fault_is_stopped(repository: Repository) -> None:
    repository.stage("web.yaml", WEB)
    repository.stage("secrets/regcred.yaml", WRONG)

    result = repository.run_hook("--verbose")

    assert result.returncode == 1, result.stderr
    assert "error PS203" in result.stdout
    assert "secrets/regcred.yaml:" in result.stdout
    assert WRONG["data"][".dockerconfigjson"] not in result.stdout


def test_guide_shows_the_hook(repository: Repository) -> None:
    repository.stage("web.yaml", WEB)
    repository.stage("secrets/regcred.yaml", WRONG)

    repository.run_hook()  # it says that it initializes an environment
    result = repository.run_hook()

    assert_shown("pre_commit", f"$ pre-commit run\n{result.stdout.rstrip()}", {})


def test_reference_to_a_secret_that_is_not_committed_does_not_stop(repository: Repository) -> None:
    repository.stage("web.yaml", WEB)

    result = repository.run_hook("--verbose")

    assert result.returncode == 0, result.stdout


def test_templates_and_other_files_are_not_read(repository: Repository) -> None:
    repository.stage("chart/templates/web.yaml", "kind: {{ .Values.kind }}\n")
    repository.stage("README.md", "kind: Secret\n")

    result = repository.run_hook("--verbose")

    assert result.returncode == 0, result.stdout
    assert "no files to check" in result.stdout


def test_file_whose_name_is_a_flag_is_not_given_to_the_program(repository: Repository) -> None:
    for name in ("--context=c.yaml", "--kubeconfig=web.yaml"):
        repository.stage(name, WEB)

    result = repository.run_hook("--verbose")

    assert result.returncode == 0, result.stdout
    assert "no files to check" in result.stdout
