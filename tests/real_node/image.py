"""Images of one layer with one static program, a config and a manifest, in the OCI image format."""

from __future__ import annotations

import base64
import hashlib
import http.client
import io
import json
import os
import platform
import ssl
import subprocess
import tarfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, TypeAlias

from control_plane import build
from control_plane.toolchain import find_go

if TYPE_CHECKING:
    from control_plane.api import Object

Blob: TypeAlias = tuple[str, bytes]
"""A media type and the bytes of that type."""

LAYER = "application/vnd.oci.image.layer.v1.tar"
CONFIG = "application/vnd.oci.image.config.v1+json"
MANIFEST = "application/vnd.oci.image.manifest.v1+json"
ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64"}
SOURCES = Path(__file__).parent / "app"


@dataclass(frozen=True, kw_only=True)
class Image:
    """An image whose container is a process `/serve NAME`; `name` is a whole reference, `us.icr.io/acme/web:1`.

    It runs as `user`, root for "".
    """

    name: str
    user: str = ""

    @property
    def repository(self) -> str:
        """The repository in its registry."""
        return self.name.partition("/")[2].rpartition(":")[0]

    @property
    def tag(self) -> str:
        """The tag."""
        return self.name.rpartition(":")[2]

    @property
    def command(self) -> list[str]:
        """The command line of the container's process."""
        return ["/serve", self.name]

    @property
    def blobs(self) -> list[Blob]:
        """Layer and config."""
        return [(LAYER, layer()), (CONFIG, as_json(self._config))]

    @property
    def manifest(self) -> bytes:
        """The manifest; it differs for each name, and so does the image's ID."""
        described = [described_blob(*blob) for blob in self.blobs]
        manifest = {"schemaVersion": 2, "mediaType": MANIFEST, "config": described[1], "layers": described[:1]}
        return as_json(manifest)

    @property
    def _config(self) -> Object:
        machine = platform.machine()
        return {
            "architecture": ARCHITECTURES.get(machine, machine),
            "os": "linux",
            "config": {"Entrypoint": self.command, **({"User": self.user} if self.user else {})},
            "rootfs": {"type": "layers", "diff_ids": [digest_of(layer())]},
        }

    def push(self, host: str, ca: Path, login: tuple[str, str] | None) -> None:
        """Push the image to the registry at `host`."""
        headers = {"Authorization": basic(*login)} if login else {}
        connection = http.client.HTTPSConnection(host, context=ssl.create_default_context(cafile=str(ca)))
        root = f"/v2/{self.repository}"
        for _, content in self.blobs:
            place = ask(connection, "POST", f"{root}/blobs/uploads/", b"", headers)
            octets = {"Content-Type": "application/octet-stream"}
            ask(connection, "PUT", f"{place}&digest={digest_of(content)}", content, headers | octets)
        ask(connection, "PUT", f"{root}/manifests/{self.tag}", self.manifest, headers | {"Content-Type": MANIFEST})
        connection.close()

    def save(self, path: Path) -> None:
        """Write the image as an archive in the OCI image layout, for containerd to import."""
        manifest = described_blob(MANIFEST, self.manifest)
        named = {**manifest, "annotations": {"io.containerd.image.name": self.name}}
        with tarfile.open(path, "w") as archive:
            add(archive, "oci-layout", as_json({"imageLayoutVersion": "1.0.0"}))
            add(archive, "index.json", as_json({"schemaVersion": 2, "manifests": [named]}))
            for _, content in [*self.blobs, (MANIFEST, self.manifest)]:
                add(archive, f"blobs/sha256/{digest_of(content).removeprefix('sha256:')}", content)


def ask(connection: http.client.HTTPConnection, method: str, path: str, body: bytes, headers: dict[str, str]) -> str:
    """Send one request of a push, which must succeed, and return the location for the next one."""
    connection.request(method, path, body, headers)
    answer = connection.getresponse()
    said = answer.read()
    assert answer.status in {201, 202}, (method, path, answer.status, said)
    return answer.getheader("Location", "")


def basic(user: str, password: str) -> str:
    """The value of an Authorization header."""
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


@cache
def layer() -> bytes:
    """A tar archive with the program as /serve."""
    content = io.BytesIO()
    with tarfile.open(fileobj=content, mode="w") as archive:
        add(archive, "serve", program().read_bytes())
    return content.getvalue()


def add(archive: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add an executable file without a modification time, so that the layer is reproducible."""
    entry = tarfile.TarInfo(name)
    entry.size, entry.mode = len(content), 0o755
    archive.addfile(entry, io.BytesIO(content))


def program() -> Path:
    """The static program of all images, compiled unless it is in the cache."""
    digest = hashlib.sha256(b"".join(path.read_bytes() for path in sorted(SOURCES.iterdir()))).hexdigest()[:16]
    home = build.cache().parent / "image"
    path = home / digest / "serve"
    if not path.exists():
        with build.only_one(home):
            compile_to(path)
    return path


def compile_to(path: Path) -> None:
    """Compile the program and move it into place in one step."""
    path.parent.mkdir(exist_ok=True)
    partial = path.with_suffix(".partial")
    environment = {**os.environ, "CGO_ENABLED": "0", "GOTOOLCHAIN": "local"}
    options = ("-trimpath", "-buildvcs=false", "-ldflags=-s -w", "-o", str(partial))
    subprocess.run([find_go(build.cache()), "build", *options, "."], cwd=SOURCES, env=environment, check=True)
    partial.rename(path)


def as_json(value: object) -> bytes:
    """JSON in the form that is stored and hashed."""
    return json.dumps(value).encode()


def digest_of(content: bytes) -> str:
    """The digest of content: `sha256:...`."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def described_blob(media_type: str, content: bytes) -> Object:
    """An OCI content descriptor."""
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}
