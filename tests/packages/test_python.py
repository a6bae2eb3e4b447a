"""pip installs the wheel and its dependencies from a directory, without a package index."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tarfile
import tomllib
import venv
import zipfile
from typing import TYPE_CHECKING

import pytest
from packaging.requirements import Requirement

from packages.offered import architecture, assert_used, dist, the
from program import CHECKOUT
from pullsecret import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from program import Program

PYTHONS = ("cp311", "cp312", "cp313", "cp314")


@pytest.fixture
def wheels(tmp_path: Path) -> Path:
    """The directory, as it comes out of its archive."""
    with tarfile.open(the("wheels-*.tar")) as tar:
        tar.extractall(tmp_path, filter="data")
    return tmp_path / f"wheels-v{__version__}-linux_{architecture()}"


def test_wheels_without_an_index(wheels: Path, tmp_path: Path, kubectl: Program, api: Api, namespace: str) -> None:
    programs = tmp_path / "python" / "bin"
    venv.create(tmp_path / "python", with_pip=True)
    options = ["--no-index", "--find-links", ".", "--require-hashes", "-r", "requirements.txt"]
    # Without this machine's configuration of pip, and without a proxy.
    env = {name: value for name, value in os.environ.items() if not name.upper().startswith(("PIP_", "HTTP"))}

    subprocess.run([programs / "pip", "install", "--quiet", *options], cwd=wheels, env=env, check=True)
    subprocess.run([programs / "pip", "check"], env=env, check=True, capture_output=True)

    assert_used(kubectl, api, namespace, programs)


def test_wheels_are_there_for_each_python(wheels: Path) -> None:
    tags: dict[str, set[str]] = {}
    for wheel in wheels.glob("*.whl"):
        name, _, python, abi, _ = wheel.stem.split("-")
        tags.setdefault(name, set()).add("any" if abi == "none" else python)
    required = re.findall(r"^([\w-]+)==", (wheels / "requirements.txt").read_text(), re.MULTILINE)

    assert {name.replace("-", "_") for name in required} == {name.lower() for name in tags}
    assert [name for name, pythons in tags.items() if pythons not in ({"any"}, set(PYTHONS))] == []


def test_archive_of_the_wheels_is_the_directory(wheels: Path) -> None:
    directory = dist() / wheels.name

    assert sorted(path.name for path in wheels.iterdir()) == sorted(path.name for path in directory.iterdir())
    assert all((directory / path.name).read_bytes() == path.read_bytes() for path in wheels.iterdir())


def test_wheels_have_versions_that_the_project_allows(wheels: Path) -> None:
    wanted = tomllib.loads((CHECKOUT / "pyproject.toml").read_text())["project"]["dependencies"]
    locked = dict(re.findall(r"^([\w-]+)==(\S+)", (wheels / "requirements.txt").read_text(), re.MULTILINE))

    for requirement in map(Requirement, wanted):
        if requirement.marker is None or requirement.marker.evaluate():
            assert locked[requirement.name] in requirement.specifier


def test_source_gives_the_same_wheel(tmp_path: Path) -> None:
    with tarfile.open(the("kubectl_pullsecret-*.tar.gz")) as tar:
        tar.extractall(tmp_path, filter="data")
    source = tmp_path / f"kubectl_pullsecret-{__version__}"

    command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-deps", "--wheel-dir", str(tmp_path), str(source)]
    subprocess.run(command, check=True)

    made = tmp_path / the("kubectl_pullsecret-*.whl").name
    assert contents(made) == contents(the("kubectl_pullsecret-*.whl"))


def contents(wheel: Path) -> dict[str, bytes]:
    """The content of a wheel, without the version of the backend, which is the newest of the index here."""
    with zipfile.ZipFile(wheel) as file:
        names = [name for name in file.namelist() if not name.endswith(("/WHEEL", "/RECORD"))]
        return {name: file.read(name) for name in names}
