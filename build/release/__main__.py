"""Make what a release offers, in dist/; the same programs give the same bytes, but for the signature.

kubectl-pullsecret_VERSION_ARCH.deb, -VERSION.ARCH.rpm    for the system's package manager
kubectl_pullsecret-VERSION-py3-none-any.whl, .tar.gz      for pip, pipx and uv: the wheel, and the source of it
wheels-vVERSION-linux_ARCH/, .tar                         the wheel and all that it needs, for where there is no index
kubectl-pullsecret_vVERSION_linux_ARCH.cdx.json           what is inside the programs (CycloneDX 1.6)
pullsecret.yaml                                           krew's manifest
SHA256SUMS, SHA256SUMS.sig                                the hash of each file, and the signature of that file
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

from release import krew, native, python, sbom, sums
from release.checkout import CHECKOUT, DIST, BuildError, architecture, version

OURS = ("*.deb", "*.rpm", "*.whl", "kubectl_pullsecret-*", "wheels-*", "*.cdx.json", "pullsecret.yaml", "SHA256SUMS*")


def main() -> int:
    """Make everything, or only what is about all files; 1 with words on stderr when something cannot be made."""
    asked = command_line().parse_args()
    try:
        if asked.what == "all":
            make_files(asked.dist.resolve())
        sum_up(asked.dist.resolve())
    except BuildError as error:
        sys.stderr.write(f"packages: error: {error}\n")
        return 1
    return 0


def command_line() -> argparse.ArgumentParser:
    """What can be asked for."""
    parser = argparse.ArgumentParser(prog="build/packages.sh", description="Make what a release offers.")
    parser.add_argument("what", nargs="?", choices=["all", "sums"], default="all", help="sums: only what is about all")
    parser.add_argument("--dist", type=Path, default=DIST, help="where the programs are, and the rest goes")
    return parser


def make_files(dist: Path) -> None:
    """Everything for this machine's kind of processor, and nothing left of an earlier run. Raises BuildError."""
    if dist == DIST and not sums.archive(dist, version(), architecture()).exists():
        subprocess.run([CHECKOUT / "build" / "binary.sh"], check=True)
    for old in {path for pattern in OURS for path in dist.glob(pattern)}:
        shutil.rmtree(old) if old.is_dir() else old.unlink()
    native.make(dist)
    wheel = python.make(dist)
    python.make_offline(dist, wheel)
    sbom.make(dist)


def sum_up(dist: Path) -> None:
    """What is about all files, also about those that other machines have made. Raises BuildError."""
    krew.make(dist)
    sums.make(dist)
    sums.sign(dist)


if __name__ == "__main__":
    sys.exit(main())
