"""Make the programs that need no Python, in dist/; what takes long is made once, and kept in the user's cache.

dist/kubectl-pullsecret/                                  LICENSE and the two programs, which belong together
dist/kubectl-pullsecret_vVERSION_linux_ARCH.tar.gz        what is in that folder
dist/ibmcloud-pullsecret                                  the plug-in of the IBM Cloud CLI, one file
"""

from __future__ import annotations

import fcntl
import gzip
import hashlib
import os
import platform
import re
import shutil
import subprocess
import sys
import tarfile
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

CHECKOUT = Path(__file__).resolve().parents[2]
BUILD = CHECKOUT / "build"
LOCKS = BUILD / "locks"
INTERPRETER = BUILD / "interpreter"
HERE = BUILD / "release"
PLUGINS = CHECKOUT / "plugins"
DIST = CHECKOUT / "dist"

GLIBC = (2, 28)
"""RHEL 8's: nothing here may need a newer one."""
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
"""What Go, and so krew, calls this machine's processor."""
LIBRARIES = ("python3.13", "_yaml", "yaml", "ssl", "crypto", "ffi", "z", "expat", "mpdec", "Hacl_Hash_SHA2", "m")
"""What a program is linked with, in the order in which one needs the next."""
EPOCH = 315532800
"""What the archive says of its files' time, unless $SOURCE_DATE_EPOCH says otherwise: 1980, which all formats know."""


class BuildError(Exception):
    """Something cannot be made; the message says what, and what was said about it."""


class Made(NamedTuple):
    """What is kept: where the interpreter and the compiler are, and where the packages to freeze."""

    interpreter: Path
    packages: Path


def main() -> int:
    """Make everything; 1 with a line or more on stderr when something cannot be made."""
    try:
        made = Made(
            kept("interpreter", INTERPRETER_FROM, make_interpreter), kept("frozen-packages", PACKAGES_FROM, install)
        )
        with tempfile.TemporaryDirectory() as work:
            freeze(Path(work), made)
    except BuildError as error:
        say(f"error: {error}")
        return 1
    return 0


# --- what is made once

INTERPRETER_FROM = (
    INTERPRETER / "interpreter.sh",
    INTERPRETER / "sources.txt",
    LOCKS / "compiler.txt",
    LOCKS / "pyyaml.txt",
)
PACKAGES_FROM = (LOCKS / "frozen.txt",)


def kept(name: str, sources: tuple[Path, ...], make: Callable[[Path], None]) -> Path:
    """The directory of that name in the user's cache, made first unless it was made from the same sources before."""
    home = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "kubectl-pullsecret" / name
    digest = hashlib.sha256(platform.machine().encode())
    for source in sources:
        digest.update(source.read_bytes() + b"\0")
    directory = home / digest.hexdigest()[:16]
    home.mkdir(parents=True, exist_ok=True)
    with only_one(home / "lock"):
        if not directory.exists():
            unfinished = home / "unfinished"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            make(unfinished)
            unfinished.rename(directory)
    return directory


@contextmanager
def only_one(lock: Path) -> Iterator[None]:
    """Wait while another process makes it; the system frees the lock when its holder dies."""
    with lock.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def make_interpreter(directory: Path) -> None:
    """Compile it, and keep what is needed to use it. Raises BuildError with the end of what the compiler said."""
    say("making CPython, OpenSSL, zlib, libffi and libyaml for an old glibc: once, about 5 minutes with 2 cores")
    done = subprocess.run([INTERPRETER / "interpreter.sh", directory, sys.executable], check=False)
    if done.returncode:
        logs = sorted(directory.glob("*.log"), key=lambda log: log.stat().st_mtime)
        words = [line for log in logs[-1:] for line in log.read_text(errors="replace").splitlines()[-20:]]
        raise BuildError("\n".join(["the interpreter cannot be made", *words]))
    for one in directory.iterdir():
        if one.name not in {"python", "compiler", "bin", "cache"}:
            shutil.rmtree(one) if one.is_dir() else one.unlink()


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
    versions = [line.split() for line in INTERPRETER.joinpath("sources.txt").read_text().splitlines() if line[0] != "#"]
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
    time = int(os.environ.get("SOURCE_DATE_EPOCH") or EPOCH)
    with (
        archive.open("wb") as file,
        gzip.GzipFile("", "wb", 9, file, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.GNU_FORMAT) as tar,
    ):
        for path in sorted(folder.iterdir()):
            member = tarfile.TarInfo(path.name)
            member.size, member.mtime = path.stat().st_size, time
            member.mode = 0o755 if os.access(path, os.X_OK) else 0o644
            with path.open("rb") as content:
                tar.addfile(member, content)


def version() -> str:
    """The program's."""
    found = re.search(r'__version__ = "([^"]+)"', (PLUGINS / "pullsecret" / "__init__.py").read_text())
    if not found:
        raise BuildError("plugins/pullsecret/__init__.py tells no version")
    return found[1]


def architecture() -> str:
    """This machine's, as in the names of krew's archives. Raises BuildError where none was thought of."""
    try:
        return ARCHITECTURES[platform.machine()]
    except KeyError as error:
        raise BuildError(f"no program can be made on a machine of the kind {error}") from None


def run(command: Sequence[str | Path], env: dict[str, str] | None = None) -> None:
    """Run a command. Raises BuildError; its own words are on stderr."""
    if subprocess.run(command, env=env, check=False).returncode:
        raise BuildError(f"{Path(command[0]).name} failed; its words are above")


def say(text: str) -> None:
    """Tell who waits."""
    sys.stderr.write(f"binary: {text}\n")


if __name__ == "__main__":
    sys.exit(main())
