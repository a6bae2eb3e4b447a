"""The hash of each file in dist/, and a signature of the hashes, which OpenSSL alone can verify."""

from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

from release.checkout import BuildError

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "kubectl-pullsecret"
"""The directory of the programs in the archive."""


def archive(dist: Path, version: str, architecture: str) -> Path:
    """Return the path of the archive that build/binary.sh builds."""
    return dist / f"kubectl-pullsecret_v{version}_linux_{architecture}.tar.gz"


def make(dist: Path) -> None:
    """Write SHA256SUMS, for sha256sum, of all files; directories have archives."""
    files = sorted(path for path in dist.iterdir() if path.is_file() and not path.name.startswith("SHA256SUMS"))
    dist.joinpath("SHA256SUMS").write_text("".join(f"{sha256(file)}  {file.name}\n" for file in files))


def sha256(file: Path) -> str:
    """Return the hash of a file in lowercase hexadecimal, as krew needs it."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def sign(dist: Path) -> None:
    """Write SHA256SUMS.sig with the private key in the file $SIGNING_KEY, if any. Raises BuildError.

    The key must be EC or RSA: OpenSSL 1.1.1, as in RHEL 8, cannot verify an Ed25519 signature of a file.
    """
    signature = dist / "SHA256SUMS.sig"
    signature.unlink(missing_ok=True)
    key = os.environ.get("SIGNING_KEY")
    if not key:
        return
    command: list[str | Path] = ["openssl", "dgst", "-sha256", "-sign", key, "-out", signature, dist / "SHA256SUMS"]
    if subprocess.run(command, check=False).returncode:
        signature.unlink(missing_ok=True)
        raise BuildError(
            "OpenSSL cannot sign with the key of SIGNING_KEY: it must be an EC or RSA key; see the output above"
        )
