"""Write every lock in build/locks: `.venv/bin/python build/lock.py [--upgrade]`.

A lock has the versions for one purpose, for every Python and system, with the hashes of their files. A version stays as
long as pyproject.toml allows it; --upgrade uses the newest. uv resolves them, for all systems at once.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

CHECKOUT = Path(__file__).resolve().parent.parent
LOCKS = CHECKOUT / "build" / "locks"
OLDEST_PYTHON = "3.11"
FROZEN = (
    "annotated-doc",
    "durationpy",
    "idna",
    "kubernetes",
    "pysocks",
    "rich",
    "shellingham",
    "typer",
    "typing-extensions",
    "urllib3",
)
"""What is frozen with the programs. The Kubernetes client requires more, for the parts that release/freeze.py leaves
out; urllib3 uses idna for host names that are not ASCII; PyYAML, which is in C, is linked."""


@dataclass(frozen=True, kw_only=True)
class Lock:
    """A lock to write."""

    name: str
    purpose: str
    requirements: tuple[str, ...]
    agrees_with: str = ""
    """A lock that must have the same versions of what is in both."""
    is_complete: bool = True
    """Whether it also has the dependencies of its requirements."""

    @property
    def path(self) -> Path:
        """Return the path of the file."""
        return LOCKS / f"{self.name}.txt"


def main(arguments: Sequence[str]) -> int:
    """Write the locks; return the exit status of pip or uv if one fails."""
    if list(arguments) not in ([], ["--upgrade"]):
        sys.stderr.write("usage: build/lock.py [--upgrade]\n")
        return 2
    try:
        with tempfile.TemporaryDirectory() as directory:
            install = [sys.executable, "-m", "pip", "install", "--quiet", "--require-hashes", "--target", directory]
            subprocess.run([*install, "--requirement", LOCKS / "uv.txt"], check=True)
            for lock in locks(tomllib.loads((CHECKOUT / "pyproject.toml").read_text())):
                write_lock(lock, Path(directory, "bin", "uv"), arguments)
    except subprocess.CalledProcessError as error:
        return error.returncode
    return 0


def locks(project: dict[str, Any]) -> tuple[Lock, ...]:
    """Return all locks; each comes after the one that it agrees with."""
    run, groups = tuple(project["project"]["dependencies"]), project["dependency-groups"]
    return (
        Lock(name="runtime", purpose="what the program runs with", requirements=run),
        Lock(
            name="dev",
            purpose="what the checks, the tests and the demo run with",
            requirements=(*run, *groups["dev"]),
            agrees_with="runtime",
        ),
        Lock(
            name="backend",
            purpose="what makes our wheel",
            requirements=tuple(project["build-system"]["requires"]),
            agrees_with="dev",
        ),
        Lock(
            name="frozen",
            purpose="what is frozen with the programs that need no Python",
            requirements=FROZEN,
            agrees_with="runtime",
            is_complete=False,
        ),
        Lock(
            name="pyyaml",
            purpose="PyYAML, which is linked with libyaml into the interpreter",
            requirements=("pyyaml",),
            agrees_with="runtime",
        ),
        Lock(
            name="compiler",
            purpose="what the interpreter is compiled with",
            requirements=tuple(groups["compiler"]),
            is_complete=False,
        ),
        Lock(
            name="judges",
            purpose="what judges the packages in the tests",
            requirements=tuple(groups["judges"]),
            agrees_with="backend",
        ),
        Lock(
            name="ibm-sdks",
            purpose="IBM's own clients, which the tests compare ours with",
            requirements=tuple(groups["ibm-sdks"]),
        ),
        Lock(
            name="pre-commit",
            purpose="what runs the hook of .pre-commit-hooks.yaml in the tests",
            requirements=tuple(groups["pre-commit"]),
        ),
        Lock(
            name="axe",
            purpose="axe-core, without what would run it",
            requirements=tuple(groups["axe"]),
            is_complete=False,
        ),
        Lock(name="go", purpose="Go, where PATH has none", requirements=tuple(groups["go"])),
        Lock(
            name="pyinstaller",
            purpose="what freezes the programs for macOS and Windows",
            requirements=tuple(groups["pyinstaller"]),
            agrees_with="dev",
        ),
        Lock(name="uv", purpose="what writes the locks", requirements=tuple(groups["uv"])),
    )


def write_lock(lock: Lock, uv: Path, options: Sequence[str]) -> None:
    """Run uv to write a lock, and add a heading. Raises subprocess.CalledProcessError; uv prints why."""
    command: list[str | Path] = [uv, "pip", "compile", "--quiet", "--no-config", "--no-header", "--no-annotate"]
    command += ["--universal", "--python-version", OLDEST_PYTHON, "--generate-hashes", "--output-file", lock.path]
    if lock.agrees_with:
        command += ["--constraints", LOCKS / f"{lock.agrees_with}.txt"]
    if not lock.is_complete:
        command += ["--no-deps"]
    subprocess.run([*command, *options, "-"], input="\n".join(lock.requirements), text=True, check=True)
    heading = f"# Written by build/lock.py, never edited: {lock.purpose}.\n"
    lock.path.write_text(heading + lock.path.read_text().removeprefix(heading))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
