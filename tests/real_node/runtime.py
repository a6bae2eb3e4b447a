"""containerd and runc from their packages, with all their files in one directory."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

from control_plane.process import Process
from real_node.image import Image
from registry.package import unpacked

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PACKAGES = ("containerd", "runc")
SANDBOX = Image(name="localhost/sandbox:1")
CONFIG = """\
version = 2
root = "{directory}/root"
state = "{directory}/state"
disabled_plugins = ["io.containerd.internal.v1.opt", "io.containerd.tracing.processor.v1.otlp"]
grpc.address = "{directory}/socket"
[plugins."io.containerd.grpc.v1.cri"]
  sandbox_image = "{sandbox}"
  stream_server_address = "127.0.0.1"
  disable_apparmor = true
  # Without the capability SYS_RESOURCE runc may not lower it, and fails.
  restrict_oom_score_adj = true
  # Plain directories, which every file system can hold.
  containerd.snapshotter = "native"
  registry.config_path = "{hosts}"
  cni.conf_dir = "{directory}/cni"
  cni.bin_dir = "{directory}/plugins"
"""
NETWORK = {"cniVersion": "0.3.1", "name": "none", "plugins": [{"type": "none"}]}
PLUGIN = """\
#!/bin/sh
# A CNI plugin for pods that need no network: they get a network namespace with nothing in it, or with the address of
# the API server's service while the file has the server's own.
if [ "$CNI_COMMAND" = ADD ] && [ "${0##*/}" = none ] && [ -e FILE ]; then
    PYTHON -m real_node.service_address "$CNI_NETNS" FILE || exit 1
fi
[ "$CNI_COMMAND" = DEL ] || cat <<END
{"cniVersion": "0.3.1", "supportedVersions": ["0.3.1"],
 "interfaces": [{"name": "$CNI_IFNAME", "sandbox": "$CNI_NETNS"}],
 "ips": [{"version": "4", "interface": 0, "address": "192.0.2.1/32"}]}
END
"""
"""It answers as the plugins `none` and `loopback`; the address is one for documentation (RFC 5737)."""


class Runtime:
    """containerd, running during the `with` block; `directory` must be empty."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.config = directory / "etc" / "config.toml"
        self.hosts = directory / "hosts"
        self._service = directory / "service"
        self.config.parent.mkdir(parents=True)

    def __enter__(self) -> Self:
        self.config.write_text(CONFIG.format(directory=self.directory, hosts=self.hosts, sandbox=SANDBOX.name))
        self._write_network()
        programs = [str(unpacked(package) / "usr" / part) for package in PACKAGES for part in ("bin", "sbin")]
        self._environment = {**os.environ, "PATH": os.pathsep.join([*programs, os.environ["PATH"]])}
        containerd = unpacked("containerd") / "usr" / "bin" / "containerd"
        self._process = Process(
            [containerd, "--config", self.config], self.directory / "log", environment=self._environment
        )
        self._process.wait_for((self.directory / "socket").exists, "containerd")
        self.load(SANDBOX)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop()

    def _write_network(self) -> None:
        for name in ("cni", "plugins"):
            (self.directory / name).mkdir()
        (self.directory / "cni" / "none.conflist").write_text(json.dumps(NETWORK))
        for name in ("none", "loopback"):
            plugin = self.directory / "plugins" / name
            plugin.write_text(PLUGIN.replace("FILE", str(self._service)).replace("PYTHON", sys.executable))
            plugin.chmod(0o755)

    @property
    def endpoint(self) -> str:
        """The socket for the kubelet."""
        return f"unix://{self.directory}/socket"

    @contextmanager
    def service_address(self, server: str) -> Iterator[None]:
        """Let pods that start in the `with` block reach an API server as they do in a cluster: `https://HOST:PORT`."""
        self._service.write_text(server.removeprefix("https://"))
        try:
            yield
        finally:
            self._service.unlink()

    def trust(self, host: str, ca: Path) -> None:
        """Trust a CA for a registry."""
        place = self.hosts / host
        place.mkdir(parents=True)
        # The table may be empty, but not absent: containerd 1.6 calls such a file invalid.
        lines = (f"server = {json.dumps(f'https://{host}')}", f"ca = {json.dumps(str(ca))}", "[host]")
        (place / "hosts.toml").write_text("\n".join(lines))

    def load(self, image: Image) -> None:
        """Load an image onto the node, as a preloaded image."""
        archive = self.directory / "image.tar"
        image.save(archive)
        self.ctr("images", "import", "--snapshotter", "native", str(archive))
        archive.unlink()

    def ctr(self, *arguments: str) -> str:
        """Run containerd's client in the kubelet's containerd namespace, and return its output."""
        command = ["ctr", "--address", f"{self.directory}/socket", "--namespace", "k8s.io", *arguments]
        return subprocess.run(command, env=self._environment, capture_output=True, text=True, check=True).stdout
