"""SHA256SUMS and its signature, verified with sha256sum and openssl."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

import pytest

from packages.offered import dist

if TYPE_CHECKING:
    from pathlib import Path

    from packages.offered import Release

KEYS = {
    "P-256": ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256"],
    "RSA": ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:3072"],
}


def key_in(directory: Path, options: list[str], name: str = "key") -> tuple[Path, Path]:
    """A new private key, and its public half."""
    private, public = directory / f"{name}.pem", directory / f"{name}.pub"
    subprocess.run(["openssl", "genpkey", *options, "-out", private], check=True, capture_output=True)
    subprocess.run(["openssl", "pkey", "-in", private, "-pubout", "-out", public], check=True)
    return private, public


def test_sums_are_those_of_all_files() -> None:
    printed = subprocess.run(
        ["sha256sum", "--check", "--strict", "SHA256SUMS"], cwd=dist(), capture_output=True, text=True, check=True
    ).stdout

    checked = {line.removesuffix(": OK") for line in printed.splitlines()}
    assert checked == {path.name for path in dist().iterdir() if path.is_file() and "SHA256SUMS" not in path.name}


@pytest.mark.parametrize("options", KEYS.values(), ids=KEYS.keys())
def test_signature_is_that_of_the_key(release: Release, tmp_path: Path, options: list[str]) -> None:
    private, public = key_in(tmp_path, options)
    _, of_another = key_in(tmp_path, options, "another")

    release.make(private)

    assert release.is_signed_by(public)
    assert not release.is_signed_by(of_another)


def test_signature_of_changed_hashes_is_bad(release: Release, tmp_path: Path) -> None:
    private, public = key_in(tmp_path, KEYS["P-256"])
    release.make(private)
    sums = release.directory / "SHA256SUMS"

    sums.write_text(sums.read_text().replace("kubectl", "kubectI", 1))

    assert not release.is_signed_by(public)


def test_nothing_is_signed_without_a_key_and_an_old_signature_is_removed(release: Release, tmp_path: Path) -> None:
    private, _ = key_in(tmp_path, KEYS["P-256"])
    release.make(private)

    release.make()

    assert sorted(path.name for path in release.directory.iterdir() if "SHA256SUMS" in path.name) == ["SHA256SUMS"]


def test_key_whose_signature_old_machines_cannot_verify_is_refused(release: Release, tmp_path: Path) -> None:
    private, _ = key_in(tmp_path, ["-algorithm", "ED25519"])

    said = release.make(private, expect=1)

    assert said.endswith("it must be an EC or RSA key; see the output above\n")
    assert not (release.directory / "SHA256SUMS.sig").exists()
