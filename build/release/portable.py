"""Build programs with PyInstaller, for the system that this runs on, in dist/portable/.

kubectl-pullsecret/                                  the programs for kubectl, and their licenses
kubectl-pullsecret_vVERSION_OS_ARCH.tar.gz, .zip     the content of that directory, for krew; .zip on Windows
ibmcloud-pullsecret                                  the plugin of the IBM Cloud CLI, one file; .exe on Windows
"""

from __future__ import annotations

import argparse
import ctypes
import os
import re
import shutil
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path
from typing import TYPE_CHECKING

from release.checkout import CHECKOUT, DIST, EPOCH, LOCKS, BuildError, architecture, run, version
from release.pack import license_entry, pack, package_licenses

if TYPE_CHECKING:
    from collections.abc import Iterator

SPEC = CHECKOUT / "build" / "pyinstaller" / "kubectl-pullsecret.spec"
LOCKED = ("runtime", "pyinstaller")
SYSTEMS = {"linux": "linux", "darwin": "darwin", "win32": "windows"}
"""The names of systems in Go and krew."""
FOLDER = "kubectl-pullsecret"
PARTS = ("frozen.txt", "pyyaml.txt")
"""The locks of what is inside."""
PARTS_TOO = {"pyinstaller", "truststore"}
"""What is inside in addition: PyInstaller's loader, and on macOS and Windows what knows the system's certificates."""


def main() -> int:
    """Build the programs; return 1, with an error on stderr, if they cannot be built."""
    parser = argparse.ArgumentParser(prog="build/portable.sh", description="Build the programs with PyInstaller.")
    parser.add_argument("--dist", type=Path, default=DIST / "portable", help="directory of what is built")
    dist: Path = parser.parse_args().dist.resolve()
    try:
        check_python()
        with tempfile.TemporaryDirectory() as work:
            build(Path(work), dist)
    except BuildError as error:
        sys.stderr.write(f"portable: error: {error}\n")
        return 1
    return 0


def check_python() -> None:
    """Refuse a Python without a shared library, which PyInstaller copies. Raises BuildError."""
    if sys.platform == "win32" or sysconfig.get_config_var("PYTHONFRAMEWORK") or has_shared_library():
        return
    raise BuildError(
        f"{sys.executable} has no shared library, which PyInstaller needs: install it (Debian: "
        f"libpython3.{sys.version_info.minor}), or set PYTHON to a Python that was built with --enable-shared"
    )


def has_shared_library() -> bool:
    """Whether the library of this Python is there: where it says, next to it, or where the system looks."""
    name = sysconfig.get_config_var("INSTSONAME") or ""
    if not sysconfig.get_config_var("Py_ENABLE_SHARED") or not name:
        return False
    places = (sysconfig.get_config_var("LIBDIR") or "", Path(sys.base_prefix, "lib"))
    return any(Path(place, name).is_file() for place in places) or can_load(name)


def can_load(library: str) -> bool:
    """Whether the system finds a library by its name."""
    try:
        ctypes.CDLL(library)
    except OSError:
        return False
    return True


def build(work: Path, dist: Path) -> None:
    """Freeze the programs with the locked packages only, and pack them. Raises BuildError."""
    python = install(work / "environment")
    shutil.rmtree(dist, ignore_errors=True)
    # The order of sets, which are constants in the code, depends on hashes; archives have timestamps.
    fixed = {"PYTHONHASHSEED": "0", "SOURCE_DATE_EPOCH": os.environ.get("SOURCE_DATE_EPOCH") or str(EPOCH)}
    pyinstaller: list[str | Path] = [python, "-m", "PyInstaller", "--noconfirm", "--clean", "--log-level=WARN"]
    own = {"PYINSTALLER_CONFIG_DIR": str(work / "cache")}
    run([*pyinstaller, "--distpath", dist, "--workpath", work / "build", SPEC], env={**os.environ, **fixed, **own})
    folder = dist / FOLDER
    shutil.copyfile(CHECKOUT / "LICENSE", folder / "LICENSE")
    folder.joinpath("LICENSES-OF-PARTS").write_text("".join(licenses(python)), encoding="utf-8", newline="\n")
    kind = "zip" if sys.platform == "win32" else "tar.gz"
    pack(folder, dist / f"{FOLDER}_v{version()}_{SYSTEMS[sys.platform]}_{architecture()}.{kind}")


def install(directory: Path) -> Path:
    """Create an environment with nothing but the locked packages, and return its Python. Raises BuildError."""
    venv.create(directory, with_pip=True)
    python = directory.joinpath("Scripts", "python.exe") if sys.platform == "win32" else directory / "bin" / "python"
    pip: list[str | Path] = [python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    locks = [option for name in LOCKED for option in ("--requirement", LOCKS / f"{name}.txt")]
    run([*pip, "--require-hashes", "--only-binary=:all:", *locks])
    return python


def licenses(python: Path) -> Iterator[str]:
    """Return the licenses of the parts, each with the name and version of its part."""
    places = (Path(sysconfig.get_path("stdlib"), "LICENSE.txt"), Path(sys.base_prefix, "LICENSE.txt"))
    for place in filter(Path.is_file, places):
        yield license_entry("python", sys.version.split()[0], place)
        break
    inside = {name for lock in PARTS for name in names_in(LOCKS / lock)} | PARTS_TOO
    for name, version_there, file in package_licenses(next(python.parents[1].rglob("site-packages"))):
        if name.lower().replace("_", "-") in inside:
            yield license_entry(name, version_there, file)


def names_in(lock: Path) -> list[str]:
    """Return the names of the packages in a lock."""
    return re.findall(r"^([^\s=#]+)==", lock.read_text(encoding="utf-8"), re.MULTILINE)


if __name__ == "__main__":
    sys.exit(main())
