"""The hash of each file in dist/, and a signature of those, which OpenSSL alone can check anywhere."""

from __future__ import annotations

import hashlib
import os
import subprocess
from typing import TYPE_CHECKING

from release.checkout import BuildError

if TYPE_CHECKING:
    from pathlib import Path

FOLDER = "kubectl-pullsecret"
"""Where the programs are that the archive holds."""


def archive(dist: Path, version: str, architecture: str) -> Path:
    """The archive that build/binary.sh makes."""
    return dist / f"kubectl-pullsecret_v{version}_linux_{architecture}.tar.gz"


def make(dist: Path) -> None:
    """Write SHA256SUMS, as sha256sum reads it. Directories are carried as archives."""
    files = sorted(path for path in dist.iterdir() if path.is_file() and not path.name.startswith("SHA256SUMS"))
    dist.joinpath("SHA256SUMS").write_text("".join(f"{sha256(file)}  {file.name}\n" for file in files))


def sha256(file: Path) -> str:
    """A file's hash in lower-case hexadecimal, the only kind that krew takes."""
    with file.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def sign(dist: Path) -> None:
    """Write SHA256SUMS.sig with the private key that $SIGNING_KEY names, or none. Raises BuildError.

    An EC or RSA key, as RHEL 8's OpenSSL 1.1.1 checks no Ed25519 signature of a file.
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
            "OpenSSL cannot sign with the key of SIGNING_KEY: it must be an EC or RSA key; its words are above"
        )
