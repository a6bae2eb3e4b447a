"""Three control planes at once, and kubeconfigs whose contexts reach them, or nothing, in several ways."""

from __future__ import annotations

import json
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Self

from control_plane.access import Access
from control_plane.api import Api
from control_plane.plane import ControlPlane, free_port
from objects import named

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.api import Object

PLUGIN = """
import json, os, sys, time
with open({log!r}, "a") as log:
    print("begins", *sys.argv[1:], file=log, flush=True)
    print("ends", *sys.argv[1:], file=log, flush=True)
status = {{"token": os.environ["TOKEN"]}}
print(json.dumps({{"apiVersion": "client.authentication.k8s.io/v1", "kind": "ExecCredential", "status": status}}))
"""
"""A credential plugin that records when it begins and ends, and prints the token of its environment."""


@dataclass(frozen=True, kw_only=True)
class Place:
    """A context: its server, its user as kubeconfig has it, and its namespace."""

    access: Access
    user: Object
    namespace: str = "default"


class ThreePlanes:
    """Three lean control planes, which start together, and clients of their administrators."""

    def __init__(self) -> None:
        self.planes = [ControlPlane(lean=True) for _ in range(3)]
        self.apis: list[Api] = []
        self._opened = ExitStack()

    def __enter__(self) -> Self:
        with ExitStack() as started, ThreadPoolExecutor(len(self.planes)) as pool:
            list(pool.map(started.enter_context, self.planes))
            self.apis = [started.enter_context(Api(plane.access)) for plane in self.planes]
            self._opened = started.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self._opened.close()

    def admin(self, number: int, namespace: str = "default") -> Place:
        """The administrator of a plane."""
        access = self.planes[number].access
        return Place(access=access, user={"token": access.token}, namespace=namespace)

    def user(self, number: int) -> Place:
        """A new user of a plane, without any rights."""
        plane = self.planes[number]
        user = plane.new_user()
        return Place(access=replace(plane.access, token=user.token), user={"token": user.token})

    def dead(self) -> Place:
        """A server that does not exist: nothing listens on the port."""
        access = Access(
            server=f"https://127.0.0.1:{free_port()}", ca=self.planes[0].ca, token=self.planes[0].admin_token
        )
        return Place(access=access, user={"token": access.token})

    def make_namespaces(self, *names: str) -> None:
        """Create these namespaces everywhere, with their default service accounts."""
        for api in self.apis:
            for name in names:
                api.create(named("Namespace", name))
        for api in self.apis:
            for name in names:
                api.wait_for("ServiceAccount", "default", name)


def with_plugin(place: Place, log: Path, *words: str) -> Place:
    """The same place with a login by a credential plugin that records its runs in `log`."""
    environment = [{"name": "TOKEN", "value": place.access.token}]
    plugin = {
        "apiVersion": "client.authentication.k8s.io/v1",
        "command": sys.executable,
        "args": ["-c", PLUGIN.format(log=str(log)), *words],
        "env": environment,
        "interactiveMode": "Never",
    }
    return Place(access=place.access, user={"exec": plugin}, namespace=place.namespace)


def write_contexts(directory: Path, places: dict[str, Place]) -> Path:
    """Write a kubeconfig with these contexts, each with a cluster and a user entry of its own."""
    config = {
        "apiVersion": "v1",
        "kind": "Config",
        "current-context": "",
        "contexts": [
            {"name": name, "context": {"cluster": name, "user": name, "namespace": place.namespace}}
            for name, place in places.items()
        ],
        "clusters": [
            {"name": name, "cluster": {"server": place.access.server, "certificate-authority": str(place.access.ca)}}
            for name, place in places.items()
        ],
        "users": [{"name": name, "user": place.user} for name, place in places.items()],
    }
    path = directory / "contexts"
    path.touch(mode=0o600)
    path.write_text(json.dumps(config))
    return path
