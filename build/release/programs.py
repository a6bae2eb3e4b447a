"""Make the programs that need no Python, in dist/; what takes long is made once, and kept in the user's cache.

dist/kubectl-pullsecret/                                  LICENSE and the two programs, which belong together
dist/kubectl-pullsecret_vVERSION_linux_ARCH.tar.gz        what is in that folder
dist/ibmcloud-pullsecret                                  the plug-in of the IBM Cloud CLI, one file
"""

from __future__ import annotations

import argparse
import gzip
import os
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from release.cache import kept
from release.checkout import CHECKOUT, DIST, LOCKS, PLUGINS, BuildError, architecture, now, run, say, version
from release.interpreter import SOURCES, interpreter, source_lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

HERE = Path(__file__).parent

GLIBC = (2, 28)
"""RHEL 8's: nothing here may need a newer one."""
LIBRARIES = ("python3.13", "_yaml", "yaml", "ssl", "crypto", "ffi", "z", "expat", "mpdec", "Hacl_Hash_SHA2", "m")
"""What a program is linked with, in the order in which one needs the next."""
PACKAGES_FROM = (LOCKS / "frozen.txt",)


class Made(NamedTuple):
    """What is kept: where the interpreter and the compiler are, and where the packages to freeze."""

    interpreter: Path
    packages: Path


def main() -> int:
    """Make everything; 1 with a line or more on stderr when something cannot be made."""
    parser = argparse.ArgumentParser(prog="build/binary.sh", description="Make the programs that need no Python.")
    parser.add_argument("--locked", action="store_true", help="refuse sources other than the locked ones")
    locked: bool = parser.parse_args().locked
    try:
        made = Made(interpreter(locked=locked), kept("frozen-packages", PACKAGES_FROM, install))
        with tempfile.TemporaryDirectory() as work:
            freeze(Path(work), made)
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


def freeze(work: Path, made: Made) -> None:
    """Freeze the modules, link them with the interpreter, and put the programs into dist/. Raises BuildError."""
    python = made.interpreter / "python" / "bin" / "python3.13"
    # Hashes decide the order of sets, which are constants in the code.
    environment = {**os.environ, "PYTHONHASHSEED": "0"}
    run([python, "-s", "-P", HERE / "freeze.py", work, PLUGINS, made.packages], env=environment)
    folder = DIST / "kubectl-pullsecret"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    link(work, made, "pullsecret.entry.kubectl", folder / "kubectl-pullsecret")
    link(work, made, "pullsecret.entry.ibmcloud", DIST / "ibmcloud-pullsecret")
    shutil.copy(DIST / "ibmcloud-pullsecret", folder)  # so that one archive is all that has to be carried
    compile_c(made, ["-O2", "-s", HERE / "complete.c"], folder / "kubectl_complete-pullsecret")
    shutil.copyfile(CHECKOUT / "LICENSE", folder / "LICENSE")
    folder.joinpath("LICENSES-OF-PARTS").write_text("".join(licenses(made)), encoding="utf-8")
    pack(folder, DIST / f"kubectl-pullsecret_v{version()}_linux_{architecture()}.tar.gz")


def link(work: Path, made: Made, entry: str, program: Path) -> None:
    """One program: the interpreter, the modules, and a few lines of C that start it with this module."""
    python = made.interpreter / "python"
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
    compile_c(made, [*options, *sources, *(f"-l{name}" for name in LIBRARIES)], program)


def compile_c(made: Made, words: Sequence[str | Path], program: Path) -> None:
    """Call the compiler, and look at what it made. Raises BuildError."""
    run([made.interpreter / "bin" / "cc", *words, "-Wl,--build-id=none", "-o", program])
    program.chmod(0o755)
    needed = glibc_of(program)
    if needed > GLIBC:
        raise BuildError(f"{program.name} needs glibc {'.'.join(map(str, needed))}")


def glibc_of(file: Path) -> tuple[int, int]:
    """The glibc that a program or library needs."""
    told = subprocess.run(["readelf", "--version-info", "--wide", file], capture_output=True, text=True, check=True)
    return max((int(major), int(minor)) for major, minor in re.findall(r"\bGLIBC_(\d+)\.(\d+)", told.stdout))


def licenses(made: Made) -> Iterator[str]:
    """What the licenses of the parts ask to be passed on with them."""
    versions = [line.split() for line in source_lines((made.interpreter / SOURCES).read_text())]
    versions += re.findall(r"^(pyyaml)==(\S+)", LOCKS.joinpath("pyyaml.txt").read_text(), re.MULTILINE)
    texts = [(name, version, made.interpreter / "python" / "licenses" / name) for name, version in versions]
    for file in sorted(made.packages.glob("*.dist-info/**/LICENSE*")):
        name, _, version = file.relative_to(made.packages).parts[0].removesuffix(".dist-info").partition("-")
        texts.append((name, version, file))
    for name, version, file in texts:
        if file.is_file():
            yield f"=== {name} {version}\n\n{file.read_text(encoding='utf-8')}\n"


def pack(folder: Path, archive: Path) -> None:
    """The folder's content as tar.gz, the same whenever and by whomever: krew takes plain files only, and no links."""
    with (
        archive.open("wb") as file,
        gzip.GzipFile("", "wb", 9, file, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.GNU_FORMAT) as tar,
    ):
        for path in sorted(folder.iterdir()):
            member = tarfile.TarInfo(path.name)
            member.size, member.mtime = path.stat().st_size, int(now().timestamp())
            member.mode = 0o755 if os.access(path, os.X_OK) else 0o644
            with path.open("rb") as content:
                tar.addfile(member, content)


if __name__ == "__main__":
    sys.exit(main())
