"""A node whose kubelet is real and whose registries share one list of accepted credentials."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from control_plane.access import Access, write_kubeconfig
from control_plane.api import Api
from control_plane.process import part

PUBLIC = "public.example"
"""The registry whose images need no credential (images.go); every other image needs an accepted one."""


@dataclass(frozen=True, kw_only=True)
class Pull:
    """One attempt of the kubelet to pull an image; user and password are empty if it sent no credentials."""

    image: str
    namespace: str
    pod: str
    user: str
    password: str = field(repr=False)


class Node:
    """A node of the cluster while the `with` block runs; pods get its `name` as nodeName, as there is no scheduler."""

    def __init__(self, access: Access, name: str = "node") -> None:
        self.name = name
        self._access = access
        self._temporary = TemporaryDirectory(prefix="control-plane-node-")
        self.directory = Path(self._temporary.name)
        self.accepted = self.directory / "accepted"
        self._pulls = self.directory / "pulls"
        self._credentials: list[str] = []

    def __enter__(self) -> Self:
        kubeconfig = write_kubeconfig(self.directory, self._access)
        log = self.directory / "kubelet.log"
        self._process = part("kubelet", str(kubeconfig), self.name, str(self.directory), log=log)
        try:
            with Api(self._access) as api:
                self._process.wait_for(lambda: api.find("Node", self.name), f"node {self.name}")
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        try:
            with Api(self._access) as api:
                api.delete("Node", self.name)
        finally:
            self.stop()

    @property
    def pid(self) -> int:
        """The kubelet's process id."""
        return self._process.pid

    def accept(self, user: str, password: str) -> None:
        """Make every registry accept these credentials, too."""
        self._rewrite([*self._credentials, f"{user}:{password}"])

    def refuse(self, user: str, password: str) -> None:
        """Make every registry reject these credentials."""
        self._rewrite([line for line in self._credentials if line != f"{user}:{password}"])

    def records(self, namespace: str = "") -> list[Pull]:
        """Return the attempted pulls, oldest first; with a namespace, those of its pods."""
        lines = self._pulls.read_text().splitlines() if self._pulls.exists() else []
        pulls = [Pull(**json.loads(line)) for line in lines]
        return [pull for pull in pulls if namespace in ("", pull.namespace)]

    def stop(self) -> None:
        """Kill the kubelet; only the Node object remains."""
        self._process.stop()
        self._temporary.cleanup()

    def _rewrite(self, credentials: list[str]) -> None:
        """Replace the file atomically, so that the kubelet never reads half of it."""
        self._credentials = credentials
        new = self.accepted.with_suffix(".new")
        new.touch(mode=0o600)
        new.write_text("".join(f"{line}\n" for line in credentials))
        new.replace(self.accepted)
