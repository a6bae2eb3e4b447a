"""The container image, read from its archive, and run in a directory that has nothing else."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import tarfile
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator

from binary.debian import within
from kubeconfig.files import encoded, simple
from objects import docker_config_secret, registry_entry
from packages.offered import architecture, dist, the
from program import Program
from pullsecret import __version__

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Api
    from control_plane.given import Cluster
    from namespaces import Namespaces

NONROOT = "65532:65532"
BILL = "usr/share/doc/kubectl-pullsecret/kubectl-pullsecret-image.cdx.json"
FOLDERS = {"etc", "home", "lib", "lib64", "tmp", "usr", "var"}


@dataclass(frozen=True, kw_only=True)
class Archive:
    """What the archive holds: its files in order, and the image that its index names."""

    files: dict[str, bytes]
    index: dict[str, Any]
    manifest: dict[str, Any]
    config: dict[str, Any]
    layer: bytes

    @property
    def members(self) -> dict[str, tarfile.TarInfo]:
        """The entries of the layer by path."""
        with tarfile.open(fileobj=io.BytesIO(self.layer)) as tar:
            return {member.name: member for member in tar}

    def content(self, path: str) -> bytes:
        """The content of a file in the layer."""
        with tarfile.open(fileobj=io.BytesIO(self.layer)) as tar:
            found = tar.extractfile(path)
            assert found
            return found.read()


@pytest.fixture(scope="module")
def archive() -> Archive:
    """The archive of the release."""
    with tarfile.open(the("kubectl-pullsecret-image_v*.tar")) as tar:
        files = {member.name: found.read() for member in tar if (found := tar.extractfile(member))}
    index = json.loads(files["index.json"])
    (named,) = index["manifests"]
    manifest = json.loads(blob(files, named))
    (packed,) = manifest["layers"]
    return Archive(
        files=files,
        index=index,
        manifest=manifest,
        config=json.loads(blob(files, manifest["config"])),
        layer=gzip.decompress(blob(files, packed)),
    )


def blob(files: dict[str, bytes], described: dict[str, Any]) -> bytes:
    """What a descriptor describes, whose digest and size must be right."""
    content = files[f"blobs/{described['digest'].replace(':', '/')}"]
    assert (hashlib.sha256(content).hexdigest(), len(content)) == (described["digest"][7:], described["size"])
    return content


def test_archive_is_an_oci_layout_with_one_image(archive: Archive) -> None:
    described = [*archive.index["manifests"], archive.manifest["config"], *archive.manifest["layers"]]

    assert json.loads(archive.files["oci-layout"]) == {"imageLayoutVersion": "1.0.0"}
    assert set(archive.files) == {
        "oci-layout",
        "index.json",
        *(f"blobs/{one['digest'].replace(':', '/')}" for one in described),
    }
    assert [one["mediaType"] for one in described] == [
        "application/vnd.oci.image.manifest.v1+json",
        "application/vnd.oci.image.config.v1+json",
        "application/vnd.oci.image.layer.v1.tar+gzip",
    ]
    assert archive.config["rootfs"]["diff_ids"] == [f"sha256:{hashlib.sha256(archive.layer).hexdigest()}"]


def test_archive_is_small() -> None:
    assert the("kubectl-pullsecret-image_v*.tar").stat().st_size <= 15_000_000


def test_image_runs_the_program_as_nonroot(archive: Archive) -> None:
    config = archive.config["config"]

    assert (archive.config["os"], archive.config["architecture"]) == ("linux", architecture())
    assert (config["User"], config["Entrypoint"]) == (NONROOT, ["/usr/bin/kubectl-pullsecret"])
    assert f"nonroot:x:{NONROOT}:" in archive.content("etc/passwd").decode()


def test_labels_name_the_release(archive: Archive) -> None:
    labels = archive.config["config"]["Labels"]

    assert labels["org.opencontainers.image.version"] == f"v{__version__}"
    assert labels["org.opencontainers.image.licenses"] == "Apache-2.0"
    assert labels == archive.manifest["annotations"]
    assert archive.index["manifests"][0]["annotations"] == {
        "org.opencontainers.image.ref.name": f"v{__version__}",
        "io.containerd.image.name": f"localhost/kubectl-pullsecret:v{__version__}",
    }


def test_program_is_the_only_command(archive: Archive) -> None:
    """No shell and no package manager; beside the program, only the loader and glibc are executable code."""
    members = archive.members
    code = {path for path, one in members.items() if one.isreg() and archive.content(path).startswith(b"\x7fELF")}

    assert {path.split("/")[0] for path in members} == FOLDERS
    assert [path for path, one in members.items() if one.isreg() and "/bin/" in path] == ["usr/bin/kubectl-pullsecret"]
    assert all(path.startswith("usr/lib/") for path in code - {"usr/bin/kubectl-pullsecret"})
    assert (
        archive.content("usr/bin/kubectl-pullsecret")
        == (dist() / "kubectl-pullsecret" / "kubectl-pullsecret").read_bytes()
    )


def test_nothing_can_be_changed_by_its_user(archive: Archive) -> None:
    """Only /tmp and the user's home are writable, and no file has the rights of another user."""
    members = archive.members
    writable = {path for path, one in members.items() if not one.issym() and (one.uid or one.gid or one.mode & 0o022)}

    assert writable == {"tmp", "home/nonroot"}
    assert not [path for path, one in members.items() if one.mode & 0o6000]


def test_bill_has_the_program_and_debian_s_parts(archive: Archive) -> None:
    text = the("kubectl-pullsecret-image_v*.cdx.json").read_text()
    bill = json.loads(text)
    parts = {part["name"]: part.get("version") for part in bill["components"]}
    (program,) = bill["metadata"]["component"]["components"]

    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert archive.content(BILL).decode() == text
    inside = archive.content("usr/bin/kubectl-pullsecret")
    assert program["hashes"][0]["content"] == hashlib.sha256(inside).hexdigest()
    assert {"cpython", "openssl", "kubernetes"} <= set(parts)
    for name in ("libc6", "ca-certificates", "base-files"):
        status = archive.content(f"var/lib/dpkg/status.d/{name}").decode()  # where scanners look
        assert f"\nVersion: {parts[name]}\n" in status
        assert f"usr/share/doc/{name}/copyright" in archive.members


@pytest.mark.mounts
def test_program_in_the_image_reaches_a_cluster(
    archive: Archive, tmp_path: Path, plane: Cluster, api: Api, namespaces: Namespaces
) -> None:
    source, target = namespaces(2)
    api.create(docker_config_secret("regcred", {"registry.example.com": registry_entry()}), source)
    root, home = tmp_path / "root", tmp_path / "home"
    home.mkdir()
    with tarfile.open(fileobj=io.BytesIO(archive.layer)) as tar:
        tar.extractall(root, filter="tar")
    (root / "mnt").mkdir()
    assert plane.access.ca
    server = {"server": plane.access.server, "certificate-authority-data": encoded(plane.access.ca)}
    simple(home / "config", server, {"token": plane.access.token}).chmod(0o644)
    place, (chroot, *rest) = within(root, mnt=home)[:-2], within(root)[-2:]
    program = Program([*place, chroot, f"--userspec={NONROOT}", *rest, "/usr/bin/kubectl-pullsecret"], home)
    env = {"KUBECONFIG": "/mnt/config"}

    assert program("version").stdout == f"{__version__}\n"
    program("copy", "regcred", "--from", source, "--to", target, "--attach", env=env)

    assert api.read("Secret", "regcred", target)["data"] == api.read("Secret", "regcred", source)["data"]
