"""The files of the image: the program, what it needs of Debian, and the files that name its user.

glibc is of the current Debian, not of the build machine; it looks names up without further libraries (2.34 and later).
Nothing else runs there: no shell, no package manager.
"""

from __future__ import annotations

import io
import re
import subprocess
import tarfile
from typing import TYPE_CHECKING, NamedTuple

from release.cache import cache_path, create_empty, hold_lock
from release.checkout import CHECKOUT, BuildError, now
from release.resolved import locked_lines, resolve
from release.sums import FOLDER

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK = CHECKOUT / "build" / "image" / "packages.txt"
VERSIONS = "packages.txt"
"""The file beside the packages that lists them."""
USER = 65532
"""The user and group that other images without a shell have, too, under the name nonroot."""
HOME = "home/nonroot"
PROGRAM = "usr/bin/kubectl-pullsecret"
BUNDLE = "etc/ssl/certs/ca-certificates.crt"
AUTHORITY = re.compile(r"usr/share/ca-certificates/mozilla/[^/]+\.crt")
COMMON_LICENSE = re.compile(r"/usr/share/common-licenses/([A-Za-z]+-[\d.]*\d)")
KEPT = ("etc/debian_version", "usr/lib/os-release")
"""What tells the release of Debian to scanners."""


class File(NamedTuple):
    """A file of the image, by its path without a leading slash; a directory without content or link."""

    content: bytes | None = None
    link: str = ""
    mode: int = 0o644
    owner: int = 0


def ensure_packages() -> Path:
    """Return the cached directory of Debian's packages, with a list of them in VERSIONS. Raises BuildError."""
    with hold_lock("image-packages"):
        directory = directory_for(LOCK.read_text())
        if directory.exists():
            return directory
        unfinished = create_empty("image-packages")
        found = resolve(unfinished, LOCK, "--binary")
        (unfinished / "binary" / VERSIONS).write_text(found)
        directory = directory_for(found)
        if not directory.exists():
            (unfinished / "binary").rename(directory)
    return directory


def directory_for(packages: str) -> Path:
    """Return the directory of these packages."""
    return cache_path("image-packages", "\n".join(locked_lines(packages)).encode())


def files(dist: Path, packages: Path) -> dict[str, File]:
    """Return all files of the image but its bill of materials, by path. Raises BuildError if a library is missing."""
    program = dist / FOLDER / "kubectl-pullsecret"
    found = {**written(), PROGRAM: File(program.read_bytes(), mode=0o755)}
    for license_file in sorted((dist / FOLDER).glob("LICENSE*")):
        found[f"usr/share/doc/kubectl-pullsecret/{license_file.name}"] = File(license_file.read_bytes())
    in_debian: dict[str, File] = {}
    for package in sorted(packages.glob("*.deb")):
        name = package.name.partition("_")[0]
        found[f"var/lib/dpkg/status.d/{name}"] = File(dpkg_deb("--field", package))
        in_debian |= files_of(package)
    return found | selected(in_debian, program)


def written() -> dict[str, File]:
    """Return the files that are in no package: the user, how names are looked up, and directories."""
    return {
        "etc/passwd": File(b"root:x:0:0:root:/root:/sbin/nologin\n" + account(f":/{HOME}:/sbin/nologin")),
        "etc/group": File(b"root:x:0:\n" + account("")),
        "etc/nsswitch.conf": File(b"hosts: files dns\n"),
        "etc/os-release": File(link="../usr/lib/os-release"),
        "lib": File(link="usr/lib"),
        "lib64": File(link="usr/lib64"),
        "tmp": File(mode=0o1777),
        HOME: File(mode=0o755, owner=USER),  # read by any user: OpenShift chooses its own
    }


def account(rest: str) -> bytes:
    """Return the line of the image's user in passwd(5), or of its group in group(5) without the rest."""
    numbers = f"{USER}:{USER}:nonroot{rest}" if rest else f"{USER}:"
    return f"nonroot:x:{numbers}\n".encode()


def selected(in_debian: dict[str, File], program: Path) -> dict[str, File]:
    """Return the part of Debian's files that the program needs. Raises BuildError if a library is missing."""
    found = {path: in_debian[path] for path in (*KEPT, *library_paths(in_debian, program))}
    found |= {path: file for path, file in in_debian.items() if re.fullmatch(r"usr/share/doc/[^/]+/copyright", path)}
    texts = b"".join(file.content or b"" for path, file in found.items() if path.endswith("/copyright")).decode()
    for name in sorted(set(COMMON_LICENSE.findall(texts))):
        if file := in_debian.get(path := f"usr/share/common-licenses/{name}"):
            found[path] = file
    authorities = [file.content or b"" for path, file in sorted(in_debian.items()) if AUTHORITY.fullmatch(path)]
    return found | {BUNDLE: File(b"".join(authorities))}


def library_paths(in_debian: dict[str, File], program: Path) -> Iterator[str]:
    """Return the paths of the loader and the libraries that a program names; glibc's need only each other.

    Raises BuildError if one is missing.
    """
    printed = subprocess.run(
        ["readelf", "--wide", "--segments", "--dynamic", program], capture_output=True, text=True, check=True
    ).stdout
    loader = "".join(re.findall(r"program interpreter: /(.+)]", printed))
    libraries = [*re.findall(r"\(NEEDED\).*\[(.+)]", printed), loader.rpartition("/")[2]]
    for name in libraries:
        paths = [path for path, file in in_debian.items() if path.endswith(f"/{name}") and path.startswith("usr/lib")]
        if not paths:
            raise BuildError(f"{LOCK.relative_to(CHECKOUT)} has no package with {name}")
        yield from paths


def files_of(package: Path) -> dict[str, File]:
    """Return the files and links of a package of Debian, by path."""
    found = {}
    with tarfile.open(fileobj=io.BytesIO(dpkg_deb("--fsys-tarfile", package))) as tar:
        for member in tar:
            path = member.name.removeprefix("./")
            if member.issym():
                found[path] = File(link=member.linkname)
            elif content := tar.extractfile(member):
                found[path] = File(content.read(), mode=member.mode)
    return found


def dpkg_deb(option: str, package: Path) -> bytes:
    """Return what dpkg-deb prints of a package."""
    return subprocess.run(["dpkg-deb", option, package], capture_output=True, check=True).stdout


def layer_of(content: dict[str, File]) -> bytes:
    """Return a reproducible tar archive of the files, with the directories that they are in."""
    parents = {str(parent) for path in content for parent in parents_of(path)}
    every = {**{path: File(mode=0o755) for path in parents}, **content}
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.GNU_FORMAT) as tar:
        for path, file in sorted(every.items()):
            tar.addfile(member_of(path, file), io.BytesIO(file.content or b""))
    return packed.getvalue()


def parents_of(path: str) -> Iterator[str]:
    """Return the directories above a path."""
    parent = path.rpartition("/")[0]
    if parent:
        yield parent
        yield from parents_of(parent)


def member_of(path: str, file: File) -> tarfile.TarInfo:
    """Return the entry of a file in the layer."""
    member = tarfile.TarInfo(path)
    member.mtime, member.mode, member.uid, member.gid = int(now().timestamp()), file.mode, file.owner, file.owner
    if file.link:
        member.type, member.linkname, member.mode = tarfile.SYMTYPE, file.link, 0o777
    elif file.content is None:
        member.type = tarfile.DIRTYPE
    else:
        member.size = len(file.content)
    return member
