"""Build the standalone programs, in dist/; what takes long is built once and cached.

dist/kubectl-pullsecret/                                  the programs, their manual and their licenses
dist/kubectl-pullsecret_vVERSION_linux_ARCH.tar.gz        the content of that directory
dist/ibmcloud-pullsecret                                  the plugin of the IBM Cloud CLI, one file
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from release import manual
from release.cache import ensure_cached
from release.checkout import CHECKOUT, DIST, LOCKS, PLUGINS, BuildError, architecture, run, say, version
from release.interpreter import SOURCES, ensure_interpreter
from release.pack import license_entry, pack, package_licenses
from release.resolved import locked_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent

GLIBC = (2, 28)
"""The version in RHEL 8: nothing here may need a newer one."""
LIBRARIES = ("python3.13", "_yaml", "yaml", "ssl", "crypto", "ffi", "z", "expat", "mpdec", "Hacl_Hash_SHA2", "m")
"""What a program is linked with, in link order."""
PACKAGES_FROM = (LOCKS / "frozen.txt",)


class Built(NamedTuple):
    """What is cached: the directories of the interpreter, with its compiler, and of the packages to freeze."""

    interpreter: Path
    packages: Path


def main() -> int:
    """Build everything; return 1, with an error on stderr, if something cannot be built."""
    parser = argparse.ArgumentParser(prog="build/binary.sh", description="Build the standalone programs.")
    parser.add_argument("--locked", action="store_true", help="refuse sources other than the locked ones")
    locked: bool = parser.parse_args().locked
    try:
        built = Built(ensure_interpreter(locked=locked), ensure_cached("frozen-packages", PACKAGES_FROM, install))
        with tempfile.TemporaryDirectory() as work:
            freeze(Path(work), built)
    except BuildError as error:
        say(f"error: {error}")
        return 1
    return 0


def install(directory: Path) -> None:
    """Install the packages to freeze. Raises BuildError."""
    pip = [
        sys.executable,
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--no-deps",
        "--no-compile",
    ]
    run([*pip, "--only-binary=:all:", "--require-hashes", "--target", directory, "-r", LOCKS / "frozen.txt"])


# --- the programs


def freeze(work: Path, built: Built) -> None:
    """Freeze the modules, link them with the interpreter, and put the programs into dist/. Raises BuildError."""
    python = built.interpreter / "python" / "bin" / "python3.13"
    # The order of sets, which are constants in the code, depends on hashes.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    compiled = work / "compiled"
    compiled.mkdir()
    run([python, "-s", "-P", HERE / "precompile.py", compiled, PLUGINS, built.packages], env=environment)
    run([python, "-s", "-P", HERE / "freeze.py", work, compiled, PLUGINS, built.packages], env=environment)
    folder = DIST / "kubectl-pullsecret"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    link(work, built, "pullsecret.entry.kubectl", folder / "kubectl-pullsecret")
    link(work, built, "pullsecret.entry.ibmcloud", DIST / "ibmcloud-pullsecret")
    shutil.copy(DIST / "ibmcloud-pullsecret", folder)  # so that one archive is all that has to be carried
    compile_c(built, ["-O2", "-s", HERE / "complete.c"], folder / "kubectl_complete-pullsecret")
    shutil.copyfile(CHECKOUT / "LICENSE", folder / "LICENSE")
    folder.joinpath("LICENSES-OF-PARTS").write_text("".join(licenses(built)), encoding="utf-8")
    manual.write(folder)
    pack(folder, DIST / f"kubectl-pullsecret_v{version()}_linux_{architecture()}.tar.gz")


def link(work: Path, built: Built, entry: str, program: Path) -> None:
    """Link a program: the interpreter, the modules, and a few lines of C that run this module."""
    python = built.interpreter / "python"
    options: list[str | Path] = [
        "-O2",
        "-s",
        f'-DENTRY="{entry}"',
        "-I",
        python / "include" / "python3.13",
        "-L",
        python / "lib",
    ]
    sources: list[str | Path] = [HERE / "program.c", work / "modules.c", work / "modules.S"]
    compile_c(built, [*options, *sources, *(f"-l{name}" for name in LIBRARIES)], program)


def compile_c(built: Built, words: Sequence[str | Path], program: Path) -> None:
    """Compile a position-independent program, and check the glibc that it needs. Raises BuildError."""
    run([built.interpreter / "bin" / "cc", "-pie", *words, "-Wl,--build-id=none", "-o", program])
    program.chmod(0o755)
    needed = glibc_of(program)
    if needed > GLIBC:
        raise BuildError(f"{program.name} needs glibc {'.'.join(map(str, needed))}")


def glibc_of(file: Path) -> tuple[int, int]:
    """Return the version of glibc that a program or library needs."""
    found = subprocess.run(["readelf", "--version-info", "--wide", file], capture_output=True, text=True, check=True)
    return max((int(major), int(minor)) for major, minor in re.findall(r"\bGLIBC_(\d+)\.(\d+)", found.stdout))


def licenses(built: Built) -> Iterator[str]:
    """Return the licenses of the parts, each with the name and version of its part."""
    versions = [line.split() for line in locked_lines((built.interpreter / SOURCES).read_text())]
    versions += re.findall(r"^(pyyaml)==(\S+)", LOCKS.joinpath("pyyaml.txt").read_text(), re.MULTILINE)
    texts = [(name, version, built.interpreter / "python" / "licenses" / name) for name, version in versions]
    texts += package_licenses(built.packages)
    return (license_entry(*text) for text in texts if text[-1].is_file())


if __name__ == "__main__":
    sys.exit(main())
