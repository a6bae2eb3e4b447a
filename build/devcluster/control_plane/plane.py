"""A local cluster for tests: etcd, kube-apiserver and the controllers."""

from __future__ import annotations

import secrets
import socket
from http.client import HTTPException
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Self

from control_plane.access import Access, User, write_kubeconfig
from control_plane.api import Api, ApiError
from control_plane.kubectl import find_kubectl
from control_plane.process import Process, ProcessEndedError, part, run_once

USERS = 1000  # the API server reads its users only when it starts
ATTEMPTS = 3  # another program may take the free port before the API server listens on it
NAMESPACES = ("serviceaccount-controller", "namespace-controller")
WORKLOADS = (
    *("deployment-controller", "replicaset-controller", "statefulset-controller", "daemonset-controller"),
    "job-controller",
    "clusterrole-aggregation-controller",
)
"""Those that more than a lean cluster has."""
ROOT_CA = "root-ca-certificate-publisher-controller"


class ControlPlane:
    """A cluster that runs while the `with` block lasts, and never longer than this process.

    `apiserver_flags` are further ones of kube-apiserver. A lean one has no controllers of workloads and roles. With
    `has_root_ca`, namespaces get the ConfigMap without which pods cannot trust the API server.
    """

    def __init__(self, *apiserver_flags: str, lean: bool = False, has_root_ca: bool = False) -> None:
        self._more_flags = apiserver_flags
        self._controllers = NAMESPACES if lean else (*NAMESPACES, *WORKLOADS)
        self._has_root_ca = has_root_ca
        self._temporary = TemporaryDirectory(prefix="control-plane-")
        self.directory = Path(self._temporary.name)
        self.ca = self.directory / "certificates" / "apiserver.crt"
        self.server = ""
        self.admin_token = secrets.token_urlsafe()
        self._processes: dict[str, Process] = {}
        self.users = self._write_users()
        self._new_users = iter(self.users)

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
        """The administrator's access: a member of system:masters."""
        return Access(server=self.server, ca=self.ca, token=self.admin_token)

    @property
    def kubectl(self) -> Path:
        """Return a working kubectl."""
        return find_kubectl()

    @property
    def pids(self) -> list[int]:
        """The running processes."""
        return [process.pid for process in self._processes.values()]

    def new_user(self) -> User:
        """Return a new user. Raises StopIteration after several hundred."""
        return next(self._new_users)

    def kubeconfig_for(self, user: User, namespace: str = "default") -> Path:
        """Write a kubeconfig file for the user, whose context has the namespace."""
        access = Access(server=self.server, ca=self.ca, token=user.token)
        return write_kubeconfig(self.directory, access, namespace)

    def admin_kubeconfig_in(self, namespace: str) -> Path:
        """Write a kubeconfig file for the administrator, whose context has the namespace."""
        return write_kubeconfig(self.directory, self.access, namespace)

    def stop(self) -> None:
        """Stop everything; the API server first, since it would wait for etcd."""
        for name in ("apiserver", "controllers", "etcd"):
            if name in self._processes:
                self._processes.pop(name).stop()
        self._temporary.cleanup()

    def stop_apiserver(self) -> None:
        """Stop the API server, to test an outage; etcd keeps all data."""
        self._processes.pop("apiserver").stop()

    def start_apiserver(self) -> None:
        """Start the API server and wait until it is ready, at its former address if any.

        Raises ProcessEndedError if it ends instead, and TimeoutError.
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

    def _write_users(self) -> list[User]:
        """The file of tokens: one line `token,name,uid,"group,..."` per user."""
        users = [
            User(name=f"u{n}", token=secrets.token_urlsafe(), subject={"kind": "User", "name": f"u{n}"})
            for n in range(1, USERS + 1)
        ]
        lines = [f'{self.admin_token},admin,admin,"system:masters"', *(f"{u.token},{u.name},{u.name}" for u in users)]
        (self.directory / "tokens").write_text("\n".join(lines))
        return users

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
        root_ca = [f"--root-ca-file={self.ca}"] if self._has_root_ca else []
        controllers = (*self._controllers, *([ROOT_CA] if self._has_root_ca else []))
        return [
            f"--kubeconfig={self.admin_kubeconfig}",
            f"--controllers={','.join(controllers)}",
            *root_ca,
            f"--service-account-private-key-file={self.directory}/key",
            "--leader-elect=false",
            "--kube-api-qps=500",
            "--kube-api-burst=1000",
            "--secure-port=0",  # it serves no requests
        ]


def free_port() -> int:
    """Return a free port of the loopback interface."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def answers(access: Access, path: str) -> bool:
    """Whether the server answers a path with 200."""
    try:
        with Api(access, timeout=2) as api:  # another program on the port may never answer
            api.request("GET", path)
    except (OSError, HTTPException, ApiError):
        return False
    return True
