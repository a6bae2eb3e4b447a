"""The cluster that tests build for themselves: etcd, kube-apiserver and the controllers, on this machine."""

from __future__ import annotations

import secrets
import socket
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Self

from control_plane.access import Access, User, write_kubeconfig
from control_plane.api import Api, ApiError
from control_plane.kubectl import find_kubectl
from control_plane.process import Process, ProcessEndedError, part, run_once

if TYPE_CHECKING:
    from collections.abc import Iterator

USERS = 500  # the API server reads its users only when it starts
ATTEMPTS = 3  # another program may take the port between our asking for a free one and the API server's listening
CONTROLLERS = (
    *("serviceaccount-controller", "namespace-controller", "deployment-controller", "replicaset-controller"),
    *("statefulset-controller", "daemonset-controller", "job-controller"),
)


class ControlPlane:
    """A cluster that runs as long as the `with` block, and in no case longer than this process.

    `apiserver_flags` are further ones of kube-apiserver.
    """

    def __init__(self, *apiserver_flags: str) -> None:
        self._more_flags = apiserver_flags
        self._temporary = TemporaryDirectory(prefix="control-plane-")
        self.directory = Path(self._temporary.name)
        self.ca = self.directory / "certificates" / "apiserver.crt"
        self.server = ""
        self.admin_token = secrets.token_urlsafe()
        self._processes: dict[str, Process] = {}
        self._users = self._write_users()

    def __enter__(self) -> Self:
        try:
            self._start()
        except BaseException:
            self.stop()
            raise
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    @property
    def access(self) -> Access:
        """The way in for the administrator, a member of system:masters."""
        return Access(server=self.server, ca=self.ca, token=self.admin_token)

    @property
    def kubectl(self) -> Path:
        """A kubectl, named so."""
        return find_kubectl()

    @property
    def pids(self) -> list[int]:
        """The processes that run."""
        return [process.pid for process in self._processes.values()]

    def new_user(self) -> User:
        """Somebody whom no test has met yet. Raises StopIteration after some hundred."""
        return next(self._users)

    def kubeconfig_for(self, user: User, namespace: str = "default") -> Path:
        """A new kubeconfig file for the user, whose context has the namespace."""
        access = Access(server=self.server, ca=self.ca, token=user.token)
        return write_kubeconfig(self.directory, access, namespace)

    def admin_kubeconfig_in(self, namespace: str) -> Path:
        """A new kubeconfig file for the administrator, whose context has the namespace."""
        return write_kubeconfig(self.directory, self.access, namespace)

    def stop(self) -> None:
        """Stop everything; the API server first, which would wait for its etcd otherwise."""
        for name in ("apiserver", "controllers", "etcd"):
            if name in self._processes:
                self._processes.pop(name).stop()
        self._temporary.cleanup()

    def stop_apiserver(self) -> None:
        """Take the API server away, for tests of what happens then; etcd keeps everything."""
        self._processes.pop("apiserver").stop()

    def start_apiserver(self) -> None:
        """Start the API server and wait until it is ready, at its former address if it had one.

        Raises ProcessEndedError when it ends instead, and TimeoutError.
        """
        port = int(self.server.rpartition(":")[2]) if self.server else free_port()
        process = self._processes["apiserver"] = part(
            "apiserver", *self._apiserver_flags(port), log=self.directory / "apiserver.log"
        )
        self.server = f"https://127.0.0.1:{port}"
        process.wait_for(self._is_ready, "kube-apiserver to be ready", within=60)

    def _start(self) -> None:
        run_once("key", str(self.directory / "key"))
        self._processes["etcd"] = part("etcd", str(self.directory), log=self.directory / "etcd.log")
        self._start_apiserver_somewhere()
        self.admin_kubeconfig = self.admin_kubeconfig_in("default")
        controllers = self._processes["controllers"] = part(
            "controllers", *self._controllers_flags(), log=self.directory / "controllers.log"
        )
        with Api(self.access) as api:
            controllers.wait_for(lambda: api.find("ServiceAccount", "default", "default"), "a default service account")

    def _start_apiserver_somewhere(self) -> None:
        for left in reversed(range(ATTEMPTS)):
            try:
                self.start_apiserver()
            except ProcessEndedError as error:
                self.stop_apiserver()
                if not left or "address already in use" not in str(error):
                    raise
                self.server = ""
            else:
                return

    def _is_ready(self) -> bool:
        return self.ca.exists() and answers(self.access, "/readyz")

    def _write_users(self) -> Iterator[User]:
        """The file of tokens: `token,name,uid,"group,..."` a line."""
        users = [
            User(name=f"u{n}", token=secrets.token_urlsafe(), subject={"kind": "User", "name": f"u{n}"})
            for n in range(1, USERS + 1)
        ]
        lines = [f'{self.admin_token},admin,admin,"system:masters"', *(f"{u.token},{u.name},{u.name}" for u in users)]
        (self.directory / "tokens").write_text("\n".join(lines))
        return iter(users)

    def _apiserver_flags(self, port: int) -> list[str]:
        return [
            f"--etcd-servers=unix://{self.directory}/client.sock",
            "--bind-address=127.0.0.1",
            f"--secure-port={port}",
            f"--cert-dir={self.ca.parent}",
            "--service-account-issuer=https://kubernetes.default.svc",
            f"--service-account-key-file={self.directory}/key",
            f"--service-account-signing-key-file={self.directory}/key",
            f"--token-auth-file={self.directory}/tokens",
            "--authorization-mode=RBAC",
            "--service-cluster-ip-range=10.0.0.0/24",
            *self._more_flags,
        ]

    def _controllers_flags(self) -> list[str]:
        return [
            f"--kubeconfig={self.admin_kubeconfig}",
            f"--controllers={','.join(CONTROLLERS)}",
            f"--service-account-private-key-file={self.directory}/key",
            "--leader-elect=false",
            "--kube-api-qps=500",
            "--kube-api-burst=1000",
            "--secure-port=0",  # nobody asks it anything
        ]


def free_port() -> int:
    """A port of the loopback interface that nobody listens on just now."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def answers(access: Access, path: str) -> bool:
    """Whether the server says 200 to a path."""
    try:
        with Api(access, timeout=2) as api:  # on a port taken meanwhile there may be somebody who never answers
            api.request("GET", path)
    except (OSError, HTTPException, ApiError):
        return False
    return True
