"""The container image: an archive in the OCI image layout, made without a container engine, and its bill of materials.

The layer is compressed with gzip, which every runtime and registry accepts. The image is for one architecture.
"""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from release import AUTHORS, LICENSE, PROJECT_URL, SUMMARY, sbom
from release.checkout import BuildError, architecture, now, version
from release.image_files import HOME, PROGRAM, USER, VERSIONS, File, ensure_packages, files, layer_of
from release.resolved import locked_lines

if TYPE_CHECKING:
    from pathlib import Path

NAME = "kubectl-pullsecret-image"
BILL = "usr/share/doc/kubectl-pullsecret/kubectl-pullsecret-image.cdx.json"
"""Where the bill of materials is in the image."""
TYPE = "application/vnd.oci.image"
LICENSES = {
    "libc6": "LGPL-2.1-or-later",
    "ca-certificates": "MPL-2.0 AND GPL-2.0-or-later",
    "base-files": "GPL-2.0-or-later",
}
"""The licenses of Debian's packages, as their copyright files have them."""
LARGEST = 15_000_000
"""Bytes of the archive: it is carried to clusters without internet."""


def make(dist: Path) -> None:
    """Write the archive and its bill of materials, from the programs here and their bill. Raises BuildError."""
    packages = ensure_packages()
    bill = as_json(bill_of(dist, packages))
    layer = layer_of({**files(dist, packages), BILL: File(bill)})
    blobs = image_of(layer)
    bill_path(dist).write_bytes(bill)
    with archive_path(dist).open("wb") as file, tarfile.open(fileobj=file, mode="w", format=tarfile.GNU_FORMAT) as tar:
        add(tar, "oci-layout", as_json({"imageLayoutVersion": "1.0.0"}))
        add(tar, "index.json", as_json(index_of(blobs[-1])))
        for blob in blobs:
            add(tar, f"blobs/sha256/{digest_of(blob).removeprefix('sha256:')}", blob)
    if archive_path(dist).stat().st_size > LARGEST:
        raise BuildError(f"the image is larger than {LARGEST} bytes")


def archive_path(dist: Path) -> Path:
    """Return the path of the archive."""
    return dist / f"{NAME}_v{version()}_linux_{architecture()}.tar"


def bill_path(dist: Path) -> Path:
    """Return the path of the bill of materials, which is in the image, too."""
    return dist / f"{NAME}_v{version()}_linux_{architecture()}.cdx.json"


def labels() -> dict[str, str]:
    """Return the labels of the image (OCI image spec, annotations)."""
    said = {
        "title": "kubectl-pullsecret",
        "description": SUMMARY,
        "version": f"v{version()}",
        "licenses": LICENSE,
        "authors": AUTHORS,
        "url": PROJECT_URL,
        "source": PROJECT_URL,
        "created": created(),
    }
    return {f"org.opencontainers.image.{name}": text for name, text in said.items()}


def created() -> str:
    """Return the time of all files, as images have it (RFC 3339)."""
    return now().isoformat().replace("+00:00", "Z")


def image_of(layer: bytes) -> tuple[bytes, bytes, bytes]:
    """Return the compressed layer, the configuration and the manifest of an image (OCI image spec)."""
    packed = gzip.compress(layer, 9, mtime=0)
    config = as_json(
        {
            "created": created(),
            "author": AUTHORS,
            "architecture": architecture(),
            "os": "linux",
            "config": {
                "User": f"{USER}:{USER}",
                "Env": ["PATH=/usr/bin", f"HOME=/{HOME}"],
                "Entrypoint": [f"/{PROGRAM}"],
                "WorkingDir": "/",
                "Labels": labels(),
            },
            "rootfs": {"type": "layers", "diff_ids": [digest_of(layer)]},
            "history": [{"created": created(), "created_by": "build/image.sh"}],
        }
    )
    manifest = {
        "schemaVersion": 2,
        "mediaType": f"{TYPE}.manifest.v1+json",
        "config": described(f"{TYPE}.config.v1+json", config),
        "layers": [described(f"{TYPE}.layer.v1.tar+gzip", packed)],
        "annotations": labels(),
    }
    return packed, config, as_json(manifest)


def index_of(manifest: bytes) -> dict[str, Any]:
    """Return the index of the archive; containerd takes the second name as it is, other programs the tag alone."""
    tag = f"v{version()}"
    names = {
        "org.opencontainers.image.ref.name": tag,
        "io.containerd.image.name": f"localhost/kubectl-pullsecret:{tag}",
    }
    platform = {"architecture": architecture(), "os": "linux"}
    named = {**described(f"{TYPE}.manifest.v1+json", manifest), "platform": platform, "annotations": names}
    return {"schemaVersion": 2, "mediaType": f"{TYPE}.index.v1+json", "manifests": [named]}


def bill_of(dist: Path, packages: Path) -> dict[str, Any]:
    """Return the bill of materials: the program's, and what the image has of Debian (CycloneDX 1.6)."""
    bill: dict[str, Any] = json.loads(sbom.path(dist).read_text())
    parts = [*bill["components"], *debian_parts(packages)]
    program = bill["metadata"]["component"]
    program["type"], program["name"], program["bom-ref"] = "container", NAME, NAME
    program["components"] = [one for one in program["components"] if one["name"] == sbom.PROGRAMS[0]]
    bill["serialNumber"] = sbom.serial_number(json.dumps([program, parts]))
    bill["components"] = parts
    bill["dependencies"] = [{"ref": NAME, "dependsOn": sorted(part["bom-ref"] for part in parts)}]
    bill["compositions"] = [{"aggregate": "complete", "assemblies": [NAME]}]
    return bill


def debian_parts(packages: Path) -> list[dict[str, Any]]:
    """Return the components from packages of Debian."""
    parts = []
    for line in locked_lines((packages / VERSIONS).read_text()):
        name, number = line.split()
        purl = f"pkg:deb/debian/{name}@{quote(number, safe='~')}?arch={architecture()}&distro=trixie"
        parts.append({**sbom.component(name, number, LICENSES[name]), "purl": purl})
    return parts


def add(tar: tarfile.TarFile, name: str, content: bytes) -> None:
    """Add a file to the archive."""
    member = tarfile.TarInfo(name)
    member.size, member.mtime = len(content), int(now().timestamp())
    tar.addfile(member, io.BytesIO(content))


def described(media_type: str, content: bytes) -> dict[str, Any]:
    """Return the descriptor of a blob."""
    return {"mediaType": media_type, "digest": digest_of(content), "size": len(content)}


def digest_of(content: bytes) -> str:
    """Return the digest of a blob: `sha256:...`."""
    return f"sha256:{hashlib.sha256(content).hexdigest()}"


def as_json(document: object) -> bytes:
    """Return a document as it is stored."""
    return (json.dumps(document, indent=2) + "\n").encode()
