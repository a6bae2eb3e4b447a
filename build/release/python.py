"""The Python packages: the wheel, its source, and a directory of all wheels for machines without a package index."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import TYPE_CHECKING

from release.cache import ensure_cached
from release.checkout import CHECKOUT, LOCKS, BuildError, architecture, now, run, version
from release.sums import sha256

if TYPE_CHECKING:
    from collections.abc import Iterable

BACKEND = LOCKS / "backend.txt"
LOCK = LOCKS / "runtime.txt"
PYTHONS = ("3.11", "3.12", "3.13", "3.14")
"""The versions of CPython that the wheels are for."""
MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}
GLIBC = range(5, 29)
"""The minor versions of glibc that a wheel may need: up to 2.28, as in RHEL 8."""
HEAD = """\
# kubectl-pullsecret {version} for CPython {pythons} on Linux, {machine}, glibc 2.28 or newer:
#   pip install --no-index --find-links . --require-hashes -r requirements.txt
"""


def make(dist: Path) -> Path:
    """Write the wheel and its source, and return the path of the wheel. Raises BuildError."""
    backend = ensure_cached("hatchling", (BACKEND,), install_backend)
    env = {**os.environ, "PYTHONPATH": str(backend), "SOURCE_DATE_EPOCH": str(int(now().timestamp()))}
    # -P: the root of the checkout must not be imported from.
    command: list[str | Path] = [sys.executable, "-P", "-m", "hatchling", "build", "--directory", dist]
    if subprocess.run(command, env=env, cwd=CHECKOUT, check=False).returncode:
        raise BuildError("hatchling failed; see its output above")
    return dist / f"kubectl_pullsecret-{version()}-py3-none-any.whl"


def install_backend(directory: Path) -> None:
    """Install the build backend. Raises BuildError."""
    run([*pip("install"), "--target", directory, "--requirement", BACKEND])


def make_offline(dist: Path, wheel: Path) -> None:
    """Write the directory of wheels and its archive. Raises BuildError."""
    downloaded = ensure_cached("wheels", (LOCK, Path(__file__)), download)
    directory = dist / f"wheels-v{version()}-linux_{architecture()}"
    directory.mkdir()
    for file in (*downloaded.iterdir(), wheel):
        shutil.copyfile(file, directory / file.name)
    directory.joinpath("requirements.txt").write_text(requirements(directory))
    pack(directory, directory.with_name(f"{directory.name}.tar"))


def download(directory: Path) -> None:
    """Download the wheels for every Python. Raises BuildError."""
    for python in PYTHONS:
        command = [*pip("download"), "--dest", directory, "--requirement", LOCK]
        run([*command, *target(python, MACHINES[architecture()])])


def pip(command: str) -> list[str | Path]:
    """Return a pip command that accepts only what the hashes allow, and no source packages."""
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--only-binary=:all:", "--require-hashes"]
    return [sys.executable, "-m", "pip", command, *options]


def target(python: str, machine: str) -> list[str]:
    """Return pip's options for the wheels of a Python and an architecture (PEP 600)."""
    old = [f"{name}_{machine}" for name in ("manylinux1", "manylinux2010", "manylinux2014")]
    platforms = [*old, *(f"manylinux_2_{minor}_{machine}" for minor in GLIBC)]
    return ["--implementation=cp", f"--python-version={python}", *(f"--platform={name}" for name in platforms)]


def requirements(directory: Path) -> str:
    """Return the requirements file of the directory, with the hash of each file."""
    hashes: dict[str, list[str]] = {}
    for wheel in sorted(directory.glob("*.whl")):
        name, number, *_ = wheel.name.split("-")
        hashes.setdefault(f"{name.replace('_', '-').lower()}=={number}", []).append(sha256(wheel))
    machine = MACHINES[architecture()]
    head = HEAD.format(version=version(), pythons=f"{PYTHONS[0]} to {PYTHONS[-1]}", machine=machine)
    return head + "".join(locked(name, digests) for name, digests in sorted(hashes.items()))


def locked(requirement: str, digests: Iterable[str]) -> str:
    """Return a requirement that allows only files with these hashes."""
    return " \\\n    ".join([requirement, *(f"--hash=sha256:{digest}" for digest in sorted(digests))]) + "\n"


def pack(directory: Path, archive: Path) -> None:
    """Write a reproducible archive of the directory, uncompressed since wheels are compressed."""
    with tarfile.open(archive, "w", format=tarfile.GNU_FORMAT) as tar:
        for path in sorted(directory.iterdir()):
            member = tarfile.TarInfo(f"{directory.name}/{path.name}")
            member.size, member.mtime = path.stat().st_size, int(now().timestamp())
            with path.open("rb") as content:
                tar.addfile(member, content)
