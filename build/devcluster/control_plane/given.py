"""An existing cluster with the same interface as the built one. It should be disposable."""

from __future__ import annotations

import base64
import json
import secrets
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol, Self

from control_plane.access import Access, User, write_kubeconfig
from control_plane.api import Api, Object
from control_plane.kubectl import find_kubectl
from control_plane.waiting import until

VARIABLE = "KUBECTL_PULLSECRET_TEST_KUBECONFIG"
"""The environment variable with the path of the kubeconfig."""
TOKEN_SECONDS = 6 * 60 * 60  # longer than any run


class Cluster(Protocol):
    """What tests need from a cluster, built (plane.ControlPlane) or given."""

    admin_kubeconfig: Path

    @property
    def access(self) -> Access: ...
    @property
    def kubectl(self) -> Path: ...
    def new_user(self) -> User: ...
    def kubeconfig_for(self, user: User, namespace: str = "default") -> Path: ...
    def admin_kubeconfig_in(self, namespace: str) -> Path: ...


class GivenCluster:
    """The cluster of a kubeconfig's current context, whose user is cluster-admin.

    Users, and the tests' administrator, are service accounts with tokens, in one namespace, which is deleted with
    the `with` block. Raises subprocess.CalledProcessError if kubectl cannot make them.
    """

    def __init__(self, kubeconfig: Path) -> None:
        self._kubeconfig = kubeconfig
        self._temporary = TemporaryDirectory(prefix="given-cluster-")
        self.directory = Path(self._temporary.name)
        self._home = f"pullsecret-tests-{secrets.token_hex(3)}"

    def __enter__(self) -> Self:
        self._run("create", "namespace", self._home)
        self._run("create", "serviceaccount", "admin", "--namespace", self._home)
        admin = f"--serviceaccount={self._home}:admin"
        self._run("create", "clusterrolebinding", self._home, "--clusterrole=cluster-admin", admin)
        token = self._run("create", "token", "admin", "--namespace", self._home, f"--duration={TOKEN_SECONDS}s")
        self.access = self._access_with(token.strip())
        self.admin_kubeconfig = self.admin_kubeconfig_in("default")
        self._api = Api(self.access)
        until(self._admin_may, "the tests' administrator to have rights")
        return self

    def __exit__(self, *_: object) -> None:
        self._api.close()
        self._run("delete", "clusterrolebinding", self._home)
        self._run("delete", "namespace", self._home, "--wait=false")
        self._temporary.cleanup()

    @property
    def kubectl(self) -> Path:
        """Return a working kubectl."""
        return find_kubectl()

    def new_user(self) -> User:
        """Create a user without permissions: a service account."""
        name = f"u{secrets.token_hex(4)}"
        self._api.create({"kind": "ServiceAccount", "metadata": {"name": name}}, self._home)
        request: Object = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest"}
        request["spec"] = {"expirationSeconds": TOKEN_SECONDS}
        path = f"/api/v1/namespaces/{self._home}/serviceaccounts/{name}/token"
        token = self._api.request("POST", path, request)["status"]["token"]
        subject = {"kind": "ServiceAccount", "name": name, "namespace": self._home}
        return User(name=f"system:serviceaccount:{self._home}:{name}", token=token, subject=subject)

    def kubeconfig_for(self, user: User, namespace: str = "default") -> Path:
        """Write a kubeconfig file for the user, whose context has the namespace."""
        access = Access(server=self.access.server, ca=self.access.ca, token=user.token)
        return write_kubeconfig(self.directory, access, namespace)

    def admin_kubeconfig_in(self, namespace: str) -> Path:
        """Write a kubeconfig file for the administrator, whose context has the namespace."""
        return write_kubeconfig(self.directory, self.access, namespace)

    def _admin_may(self) -> bool:
        review = {"kind": "SelfSubjectAccessReview", "spec": {"resourceAttributes": {"verb": "*", "resource": "*"}}}
        return bool(self._api.create({**review, "metadata": {}})["status"]["allowed"])

    def _access_with(self, token: str) -> Access:
        config = json.loads(self._run("config", "view", "--minify", "--flatten", "--raw", "--output=json"))
        cluster = config["clusters"][0]["cluster"]
        ca = self.directory / "ca.crt" if "certificate-authority-data" in cluster else None
        if ca:
            ca.write_bytes(base64.b64decode(cluster["certificate-authority-data"]))
        return Access(server=cluster["server"], ca=ca, token=token)

    def _run(self, *arguments: str) -> str:
        """Return kubectl's output, run with the given kubeconfig."""
        command = [str(find_kubectl()), f"--kubeconfig={self._kubeconfig}", *arguments]
        return subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True).stdout
