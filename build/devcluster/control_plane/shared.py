"""One control plane for several processes: the one that runs it describes it in a file, which the others read."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

from control_plane.access import Access, User, write_kubeconfig
from control_plane.kubectl import find_kubectl

if TYPE_CHECKING:
    from pathlib import Path

    from control_plane.plane import ControlPlane

VARIABLE = "KUBECTL_PULLSECRET_TEST_PLANE"
"""The environment variable with the path of the description."""


def describe(plane: ControlPlane) -> Path:
    """Write the description of a running control plane into its directory, with which it is deleted."""
    users = [{"name": user.name, "token": user.token, "subject": user.subject} for user in plane.users]
    path = plane.directory / "plane.json"
    path.touch(mode=0o600)
    path.write_text(json.dumps({"server": plane.server, "token": plane.admin_token, "users": users}))
    return path


class SharedPlane:
    """A control plane that another process runs, by its description."""

    def __init__(self, description: Path) -> None:
        described = json.loads(description.read_text())
        self.directory = description.parent
        ca = self.directory / "certificates" / "apiserver.crt"
        self.access = Access(server=described["server"], ca=ca, token=described["token"])
        self.admin_kubeconfig = self.admin_kubeconfig_in("default")
        self._users = iter([User(**user) for user in described["users"]])

    @property
    def kubectl(self) -> Path:
        """Return a working kubectl."""
        return find_kubectl()

    def new_user(self) -> User:
        """Return a user that no process has used. Raises StopIteration when none is left."""
        while True:
            user = next(self._users)
            with suppress(FileExistsError):
                (self.directory / f"taken-{user.name}").touch(exist_ok=False)
                return user

    def kubeconfig_for(self, user: User, namespace: str = "default") -> Path:
        """Write a kubeconfig file for the user, whose context has the namespace."""
        access = Access(server=self.access.server, ca=self.access.ca, token=user.token)
        return write_kubeconfig(self.directory, access, namespace)

    def admin_kubeconfig_in(self, namespace: str) -> Path:
        """Write a kubeconfig file for the administrator, whose context has the namespace."""
        return write_kubeconfig(self.directory, self.access, namespace)
