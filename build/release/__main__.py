"""Build all artifacts of a release, in dist/; they are reproducible, except for the signature.

kubectl-pullsecret_VERSION_ARCH.deb, -VERSION.ARCH.rpm    for the system's package manager
kubectl_pullsecret-VERSION-py3-none-any.whl, .tar.gz      for pip, pipx and uv: the wheel, and its source
wheels-vVERSION-linux_ARCH/, .tar                         the wheel and its dependencies, for machines without an index
kubectl-pullsecret-image_vVERSION_linux_ARCH.tar          the container image, an archive in the OCI image layout
kubectl-pullsecret_vVERSION_linux_ARCH.cdx.json           the bill of materials (CycloneDX 1.6), and the image's own
pullsecret.yaml                                           krew's manifest
SHA256SUMS, SHA256SUMS.sig                                the hash of each file, and the signature of the hashes
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from release import image, krew, native, python, sbom, sums
from release.checkout import CHECKOUT, DIST, BuildError, architecture, version

IMAGE = f"{image.NAME}_*"
OURS = (
    "*.deb",
    "*.rpm",
    "*.whl",
    "kubectl_pullsecret-*",
    "wheels-*",
    IMAGE,
    "*.cdx.json",
    "pullsecret.yaml",
    "SHA256SUMS*",
)


def main() -> int:
    """Build everything, or only a part; return 1, with an error on stderr, if that fails."""
    asked = command_line().parse_args()
    dist = asked.dist.resolve()
    try:
        if asked.what == "image":
            make_image(dist)
            return 0
        if asked.what == "all":
            make_files(dist)
        sum_up(dist)
    except BuildError as error:
        sys.stderr.write(f"packages: error: {error}\n")
        return 1
    return 0


def command_line() -> argparse.ArgumentParser:
    """Return the parser of the command line."""
    parser = argparse.ArgumentParser(prog="build/packages.sh", description="Build all artifacts of a release.")
    parser.add_argument(
        "what",
        nargs="?",
        choices=["all", "image", "sums"],
        default="all",
        help="image: only the container image; sums: only what describes all files",
    )
    parser.add_argument("--dist", type=Path, default=DIST, help="directory of the programs and of what is built")
    return parser


def make_files(dist: Path) -> None:
    """Build everything for this architecture, and remove what an earlier run left. Raises BuildError."""
    make_programs(dist)
    for old in {path for pattern in OURS for path in dist.glob(pattern)}:
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    sbom.make(dist)
    image.make(dist)
    native.make(dist)
    wheel = python.make(dist)
    python.make_offline(dist, wheel)


def make_image(dist: Path) -> None:
    """Build the container image alone. Raises BuildError."""
    make_programs(dist)
    sbom.make(dist)
    image.make(dist)


def make_programs(dist: Path) -> None:
    """Build the programs, if they are missing."""
    if dist == DIST and not sums.archive(dist, version(), architecture()).exists():
        subprocess.run([CHECKOUT / "build" / "binary.sh"], check=True)


def sum_up(dist: Path) -> None:
    """Write what describes all files, including those of other architectures. Raises BuildError."""
    krew.make(dist)
    sums.make(dist)
    sums.sign(dist)


if __name__ == "__main__":
    sys.exit(main())
