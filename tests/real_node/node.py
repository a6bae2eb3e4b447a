"""A complete kubelet."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Self

from control_plane.access import Access, write_kubeconfig
from control_plane.api import Api
from control_plane.plane import free_port
from control_plane.process import part
from real_node.box import NAME
from real_node.inside import NODE_ADDRESS

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Object
    from real_node.runtime import Runtime


class FullNode:
    """A node of the cluster during the `with` block; pods need its `name` as nodeName, because there is no scheduler.

    Pods that do not use the host's network get one with nothing in it.
    """

    def __init__(self, access: Access, runtime: Runtime, directory: Path, name: str = "node") -> None:
        self.name = name
        self.directory = directory
        self._access = access
        self._runtime = runtime
        directory.mkdir()

    def __enter__(self) -> Self:
        config = self.directory / "config.json"
        config.write_text(json.dumps(self._config()))
        flags = (
            f"--config={config}",
            f"--kubeconfig={write_kubeconfig(self.directory, self._access)}",
            f"--root-dir={self.directory}/root",
            f"--cert-dir={self.directory}/certificates",
            f"--hostname-override={self.name}",
            f"--node-ip={NODE_ADDRESS}",
        )
        self._process = part("full-kubelet", *flags, log=self.directory / "log")
        with Api(self._access) as api:
            self._process.wait_for(lambda: api.find("Node", self.name), f"node {self.name}", within=60)
        return self

    def __exit__(self, *_: object) -> None:
        self._process.stop()

    def _config(self) -> Object:
        return {
            "apiVersion": "kubelet.config.k8s.io/v1beta1",
            "kind": "KubeletConfiguration",
            "address": "127.0.0.1",
            "port": free_port(),
            "healthzPort": 0,
            "authentication": {"anonymous": {"enabled": False}, "webhook": {"enabled": False}},
            "authorization": {"mode": "AlwaysAllow"},
            "containerRuntimeEndpoint": self._runtime.endpoint,
            "failCgroupV1": False,  # 1.36 would refuse a machine with cgroup v1
            "cgroupDriver": "cgroupfs",
            "cgroupRoot": f"/{os.environ[NAME]}",
            "enforceNodeAllocatable": [],
            "localStorageCapacityIsolation": False,
            "makeIPTablesUtilChains": False,
            "evictionHard": {"memory.available": "1Mi"},  # and not for want of disk
            "imageGCHighThresholdPercent": 100,
            "failSwapOn": False,
            "podLogsDir": f"{self.directory}/logs",
            "volumePluginDir": f"{self.directory}/plugins",
            "serializeImagePulls": False,
            "registryPullQPS": 0,  # no limit
            "eventRecordQPS": 500,  # 0 would become client-go's 5
        }


def waiting_reason(body: Object) -> str:
    """The waiting reason of a pod's only container, or ""."""
    return "".join(
        status["state"].get("waiting", {}).get("reason", "") for status in body["status"].get("containerStatuses", ())
    )
