"""Creates certificates for tests with openssl: an authority, a server and clients."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, kw_only=True)
class Certificate:
    """A certificate and its key, as PEM files."""

    path: Path
    key: Path = field(repr=False)


class Authority:
    """A certificate authority in a directory; `extensions` is its section of an openssl configuration."""

    def __init__(
        self, directory: Path, extensions: str = "basicConstraints=critical,CA:true", name: str = "tests"
    ) -> None:
        self.directory = directory
        directory.mkdir(parents=True, exist_ok=True)
        self.certificate = self._self_signed(extensions, name)

    def issue(self, name: str, extensions: str, *, expired: bool = False) -> Certificate:
        """Create a certificate for a name, with these extensions (`subjectAltName=...`)."""
        path, key, request = (self.directory / f"{name}.{suffix}" for suffix in ("crt", "key", "csr"))
        subject = f"/O=testers/CN={name}"
        _openssl("req", "-new", *_new_key(key), "-subj", subject, "-out", request)
        section = self.directory / f"{name}.cnf"
        section.write_text(extensions)
        signer = ("-CA", self.certificate.path, "-CAkey", self.certificate.key, "-CAcreateserial")
        _openssl(
            "x509",
            "-req",
            "-in",
            request,
            *signer,
            "-days",
            "-1" if expired else "2",
            "-extfile",
            section,
            "-out",
            path,
        )
        return Certificate(path=path, key=key)

    def _self_signed(self, extensions: str, name: str) -> Certificate:
        path, key, section = (self.directory / f"ca.{suffix}" for suffix in ("crt", "key", "cnf"))
        section.write_text(f"[req]\ndistinguished_name=name\nx509_extensions=ca\n[name]\n[ca]\n{extensions}\n")
        subject = ("-subj", f"/CN=authority of {name}")
        _openssl("req", "-x509", *_new_key(key), *subject, "-days", "2", "-config", section, "-out", path)
        return Certificate(path=path, key=key)


def _new_key(path: Path) -> tuple[str | Path, ...]:
    return ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-keyout", path)


def _openssl(*arguments: str | Path) -> None:
    subprocess.run(["openssl", *arguments], capture_output=True, check=True)
