"""The locks meet pyproject.toml, for each Python that the program supports."""

from __future__ import annotations

import re
import tomllib
from dataclasses import replace
from importlib.metadata import PackageNotFoundError, distribution
from typing import TYPE_CHECKING, TypeAlias

import pytest
from packaging.markers import default_environment
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from lock import LOCKS, locks
from program import CHECKOUT

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lock import Lock

pytestmark = pytest.mark.source

ALL = {lock.name: lock for lock in locks(tomllib.loads((CHECKOUT / "pyproject.toml").read_text()))}
ENTRY = re.compile(r"^([\w.-]+==[^\\\n]+?)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$", re.MULTILINE)
Environment: TypeAlias = dict[str, str]
"""What the markers of a requirement are evaluated with."""
SYSTEMS = {"linux": "Linux", "darwin": "Darwin", "win32": "Windows"}
ENVIRONMENTS: dict[str, Environment] = {
    f"{python}-{system}": {
        **{name: str(value) for name, value in default_environment().items()},
        "python_version": python,
        "python_full_version": f"{python}.0",
        "sys_platform": system,
        "platform_system": SYSTEMS[system],
    }
    for python in ("3.11", "3.12", "3.13", "3.14")
    for system in SYSTEMS
}


def entries(name: str) -> list[Requirement]:
    """The packages in a lock, with their markers."""
    return [Requirement(found[1]) for found in ENTRY.finditer((LOCKS / f"{name}.txt").read_text())]


def versions(name: str, environment: Environment) -> dict[str, str]:
    """The versions that a lock has for a Python, by the name of the package."""
    here = [entry for entry in entries(name) if entry.marker is None or entry.marker.evaluate(environment)]
    return {canonicalize_name(entry.name): str(entry.specifier).removeprefix("==") for entry in here}


def dependencies(package: Requirement, version: str, environment: Environment) -> Iterator[Requirement]:
    """What a package requires for a Python; nothing when the package is not installed here in this version."""
    try:
        found = distribution(package.name)
    except PackageNotFoundError:
        return
    if found.version != version:
        return
    for requirement in map(Requirement, found.requires or ()):
        environments = [{**environment, "extra": extra} for extra in ("", *package.extras)]
        if requirement.marker is None or any(map(requirement.marker.evaluate, environments)):
            yield requirement


def unmet(lock: Lock, environment: Environment) -> list[str]:
    """The requirements that a lock does not meet: its own, and those of the packages in it."""
    locked = versions(lock.name, environment)
    required = map(Requirement, lock.requirements)
    waiting = [each for each in required if each.marker is None or each.marker.evaluate(environment)]
    seen, found = set(), []
    while waiting:
        requirement = waiting.pop()
        version = locked.get(canonicalize_name(requirement.name))
        if version is None or version not in requirement.specifier:
            found.append(f"{requirement}: {version}")
        elif str(requirement) not in seen and lock.is_complete:
            waiting += dependencies(requirement, version, environment)
        seen.add(str(requirement))
    return found


@pytest.mark.parametrize("name", ALL)
def test_lock_is_pinned_versions_with_hashes_and_nothing_else(name: str) -> None:
    heading, _, text = (LOCKS / f"{name}.txt").read_text().partition("\n")

    assert heading.startswith("# Written by build/lock.py")
    assert ENTRY.findall(text)
    assert ENTRY.sub("", text).strip() == ""


def test_every_lock_has_a_purpose() -> None:
    assert {path.stem for path in LOCKS.iterdir()} == set(ALL)


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
@pytest.mark.parametrize("lock", ALL.values(), ids=ALL)
def test_lock_meets_what_is_required_for_each_python(lock: Lock, environment: Environment) -> None:
    assert unmet(lock, environment) == []


def test_unmet_requirements_are_found() -> None:
    environment = ENVIRONMENTS["3.11-linux"]
    lock = replace(ALL["dev"], requirements=("pytest<9", "nothing-of-the-kind", "pytest"))

    assert [problem.partition(":")[0] for problem in unmet(lock, environment)] == ["nothing-of-the-kind", "pytest<9"]
    assert unmet(replace(ALL["backend"], requirements=("pytest",)), environment)
    assert unmet(replace(ALL["uv"], name="pyyaml"), environment)


@pytest.mark.parametrize("environment", ENVIRONMENTS.values(), ids=ENVIRONMENTS)
@pytest.mark.parametrize("lock", [lock for lock in ALL.values() if lock.agrees_with], ids=lambda lock: lock.name)
def test_locks_agree_on_the_versions_that_both_have(lock: Lock, environment: Environment) -> None:
    ours, theirs = versions(lock.name, environment), versions(lock.agrees_with, environment)

    assert {name: version for name, version in ours.items() if theirs.get(name, version) != version} == {}


def test_runtime_lock_is_the_same_for_each_python() -> None:
    """One Python downloads the wheels for all of them, and evaluates markers for itself."""
    assert [str(entry) for entry in entries("runtime") if "python" in str(entry.marker)] == []
