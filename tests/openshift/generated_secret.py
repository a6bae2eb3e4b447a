"""The pull secret of a service account as OpenShift generates it.

First with an empty file, then with a token of the account that ends with this very secret, under the registry's names
(openshift-controller-manager: pkg/internalregistry/controllers/image_pull_secret_controller.go).
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING

from objects import encoded
from openshift.cluster import INTERNAL_HOST

if TYPE_CHECKING:
    from control_plane.api import Api, Object

ACCOUNT = "openshift.io/internal-registry-auth-token.service-account"
BINDING = "openshift.io/internal-registry-auth-token.binding"
IMAGE_PULLERS = "system:image-pullers"


def generate_secret(api: Api, project: str, account: str) -> str:
    """Give a service account its secret and list it, as OpenShift does; returns the secret's name."""
    owner = api.read("ServiceAccount", account, project)
    name = f"{account}-dockercfg-a1b2c"
    empty = _secret(name, owner)
    made = api.create(empty, project)
    token = _token(api, project, account, made)
    entry = {"username": "<token>", "password": token, "auth": encoded(f"<token>:{token}")}
    file = json.dumps({INTERNAL_HOST: entry})
    api.patch("Secret", name, {"data": {".dockercfg": base64.b64encode(file.encode()).decode()}}, project)
    lists = {"imagePullSecrets": [{"name": name}], "secrets": [{"name": name}]}
    api.patch("ServiceAccount", account, lists, project)
    return name


def allow_own_project(api: Api, project: str) -> None:
    """Bind the role that every project has for itself (openshift-controller-manager: defaultrolebindings)."""
    rbac = "rbac.authorization.k8s.io"
    subject = {"apiGroup": rbac, "kind": "Group", "name": f"system:serviceaccounts:{project}"}
    role = {"apiGroup": rbac, "kind": "ClusterRole", "name": "system:image-puller"}
    body = {"kind": "RoleBinding", "metadata": {"name": IMAGE_PULLERS}, "roleRef": role, "subjects": [subject]}
    api.create(body, project)


def _secret(name: str, owner: Object) -> Object:
    account = owner["metadata"]["name"]
    reference = {"apiVersion": "v1", "kind": "ServiceAccount", "name": account, "uid": owner["metadata"]["uid"]}
    metadata = {
        "name": name,
        "annotations": {ACCOUNT: account, BINDING: "bound"},
        "ownerReferences": [reference],
    }
    file = base64.b64encode(b"{}").decode()
    return {"kind": "Secret", "metadata": metadata, "type": "kubernetes.io/dockercfg", "data": {".dockercfg": file}}


def _token(api: Api, project: str, account: str, secret: Object) -> str:
    """A token without audience, so for the API server, that ends with the secret."""
    bound = {"apiVersion": "v1", "kind": "Secret", "name": secret["metadata"]["name"], "uid": secret["metadata"]["uid"]}
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": {"boundObjectRef": bound}}
    path = f"/api/v1/namespaces/{project}/serviceaccounts/{account}/token"
    return str(api.request("POST", path, body)["status"]["token"])
