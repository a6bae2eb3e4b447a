"""What each archive of programs has: the licenses of its parts, and plain files with the same bytes each time."""

from __future__ import annotations

import gzip
import os
import tarfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from release.checkout import now

if TYPE_CHECKING:
    from collections.abc import Iterator


def pack(folder: Path, archive: Path) -> None:
    """Write a reproducible .zip or .tar.gz of the folder: plain files only, since krew takes no links."""
    if archive.suffix == ".zip":
        pack_zip(folder, archive)
        return
    with (
        archive.open("wb") as file,
        gzip.GzipFile("", "wb", 9, file, mtime=0) as zipped,
        tarfile.open(fileobj=zipped, mode="w", format=tarfile.GNU_FORMAT) as tar,
    ):
        for path in files_in(folder):
            member = tarfile.TarInfo(path.relative_to(folder).as_posix())
            member.size, member.mtime = path.stat().st_size, int(now().timestamp())
            member.mode = 0o755 if os.access(path, os.X_OK) else 0o644
            with path.open("rb") as content:
                tar.addfile(member, content)


def pack_zip(folder: Path, archive: Path) -> None:
    """Write a reproducible .zip of the folder."""
    with zipfile.ZipFile(archive, "w") as packed:
        for path in files_in(folder):
            member = zipfile.ZipInfo(path.relative_to(folder).as_posix(), now().timetuple()[:6])
            packed.writestr(member, path.read_bytes(), zipfile.ZIP_DEFLATED, 9)


def files_in(folder: Path) -> list[Path]:
    """Return all files below a directory, also those that links lead to: a framework of macOS has links."""
    return sorted(Path(place, name) for place, _, names in os.walk(folder, followlinks=True) for name in names)


def package_licenses(packages: Path) -> Iterator[tuple[str, str, Path]]:
    """Return the name, version and license file of the Python packages in a directory, by name."""
    for pattern in ("LICENSE*", "COPYING*"):
        for file in sorted(packages.glob(f"*.dist-info/**/{pattern}")):
            name, _, version = file.relative_to(packages).parts[0].removesuffix(".dist-info").partition("-")
            yield name, version, file


def license_entry(name: str, version: str, file: Path) -> str:
    """Return the entry of a part in LICENSES-OF-PARTS."""
    return f"=== {name} {version}\n\n{file.read_text(encoding='utf-8')}\n"
